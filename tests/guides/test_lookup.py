"""Where a guide says "Just type your address", we answer that app and the domain's DNS leads it to us."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Authentication, Protocol, SocketType, parse_address, resolve
from mailsetup.discovery.dns_watch import watcher
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.guides.clients import GUIDES, Guide
from mailsetup.guides.lookup import Lookup, lookup
from mailsetup.hosting import dns
from mailsetup.hosting.models import Domain, Server
from tests.faults import FaultyNameServer
from tests.guides.page import Page
from tests.guides.shapes import EVERY_PAGE, SHAPES, page

PORTAL = "setup.hoster.example"
CARD = "Just type your address"
BY_HAND = "This is the way by hand, and it always works."
ASKED = [
    (guide.slug, protocol)
    for guide in GUIDES.values()
    for protocol in guide.protocols
    if protocol in guide.asks
]
every_app_that_asks = pytest.mark.parametrize(("slug", "protocol"), ASKED)


@pytest.fixture
def dns_leads_here(settings: Any, provider: None) -> Callable[..., None]:
    """Somebody has looked at a domain, below which these names lead to the portal."""
    settings.PORTAL_URL = f"https://{PORTAL}"
    Server.objects.update(software="dovecot")

    def looked_at(domain: str, *names: str) -> None:
        records = {(f"{name}.{domain}", "CNAME"): (f"{PORTAL}.",) for name in names}
        with FaultyNameServer(records) as server:
            settings.PROBE_RESOLVER = server.address
            watcher.look_at(domain)

    return looked_at


def guide_page(browser: Client, slug: str, protocol: str = "imap", address: str = "anna@example.com") -> Page:
    return Page(browser.get(f"/setup/{address}/{slug}/{protocol}/").content.decode())


# --- The page -------------------------------------------------------------------------------------------


@every_app_that_asks
@pytest.mark.django_db
def test_where_dns_leads_here_typing_the_address_comes_first(
    slug: str, protocol: Protocol, dns_leads_here: Callable[..., None], owner: User, signed_in: Any
) -> None:
    dns_leads_here("example.com", GUIDES[slug].asks[protocol])
    shown = guide_page(signed_in(owner), slug, protocol)
    assert shown.text.index(CARD) < shown.text.index("Step by step")
    assert "anna@example.com" in next(shown.root.parts("ol")).text
    assert "DNS" not in shown.text
    assert BY_HAND not in shown.text


@every_app_that_asks
@pytest.mark.django_db
def test_where_dns_does_not_lead_here_the_name_is_told_and_the_way_by_hand_comes_first(
    slug: str, protocol: Protocol, dns_leads_here: Callable[..., None], owner: User, signed_in: Any
) -> None:
    """No word of a missing record: the name may lead elsewhere. And the app may find us in other ways."""
    (other,) = {"autoconfig", "autodiscover"} - {GUIDES[slug].asks[protocol]}
    dns_leads_here("example.com", other)
    shown = guide_page(signed_in(owner), slug, protocol)
    assert CARD not in shown.text
    assert (
        f"{GUIDES[slug].asks[protocol]}.example.com doesn’t lead here, so {GUIDES[slug].name} may not find "
        "the settings by itself: type them in as below. In the domain’s DNS that name should be a CNAME to "
        f"{PORTAL} . Whoever looks after that DNS can change it. If that isn’t you or a colleague, ask "
        "support."
    ) in shown.text
    assert "What’s missing" not in shown.text


@every_app_that_asks
@pytest.mark.django_db
def test_before_anybody_has_looked_the_way_by_hand_comes_first_and_nothing_is_claimed(
    slug: str, protocol: Protocol, owner: User, signed_in: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PORTAL_URL = f"https://{PORTAL}"
    monkeypatch.setattr(dns, "published_records", nobody_asks_dns)
    shown = guide_page(signed_in(owner), slug, protocol)
    assert CARD not in shown.text
    assert BY_HAND in shown.text
    assert "DNS" not in shown.text


def nobody_asks_dns(*_args: Any) -> None:
    raise AssertionError("a page has asked DNS")


@every_app_that_asks
@pytest.mark.django_db
def test_a_server_that_programs_are_told_nothing_of_is_typed_in(
    slug: str, protocol: Protocol, dns_leads_here: Callable[..., None], owner: User, signed_in: Any
) -> None:
    dns_leads_here("example.com", "autoconfig", "autodiscover")
    Server.objects.get().services.filter(type="smtp").update(socket_type=SocketType.PLAIN.value)
    shown = guide_page(signed_in(owner), slug, protocol)
    assert CARD not in shown.text
    assert BY_HAND in shown.text


@pytest.mark.parametrize("authentication", list(Authentication))
@pytest.mark.django_db
def test_typing_the_address_comes_first_for_outlook_only_where_autodiscover_has_an_answer(
    authentication: Authentication, dns_leads_here: Callable[..., None], owner: User, signed_in: Any
) -> None:
    dns_leads_here("example.com", "autodiscover")
    for kind in ("imap", "smtp"):
        Server.objects.get().services.update(authentication=Authentication.PASSWORD_CLEARTEXT.value)
        Server.objects.get().services.filter(type=kind).update(authentication=authentication.value)
        services = tuple(service.as_settings() for service in Server.objects.get().services.all())
        hosting = replace(SHAPES["ssl"], services=services)
        config = resolve(parse_address("anna@example.com"), hosting, Protocol.IMAP)
        try:
            answer = FORMATS["autodiscover"].render(config)
        except NothingToOffer:
            answer = b""
        promised = CARD in guide_page(signed_in(owner), "outlook-classic").text
        assert promised == (b"<Type>IMAP</Type>" in answer)
        assert promised == (authentication is Authentication.PASSWORD_CLEARTEXT)


@pytest.mark.parametrize("slug", ["fairemail", "geary", "mailspring"])
@pytest.mark.django_db
def test_nothing_is_promised_to_an_app_that_asks_by_https_alone(
    slug: str, dns_leads_here: Callable[..., None], owner: User, signed_in: Any
) -> None:
    """Customers' names answer by plain HTTP: nobody has a certificate for each of them."""
    for names in (("autoconfig", "autodiscover"), ()):
        dns_leads_here("example.com", *names)
        shown = guide_page(signed_in(owner), slug)
        assert CARD not in shown.text
        assert "DNS" not in shown.text
        assert "Step by step" in shown.text


@pytest.mark.parametrize(("shape", "recommended"), [("ssl", True), ("both", True), ("pop3-only", False)])
def test_thunderbird_recommends_imap_only_where_it_is_told_of_it(shape: str, recommended: bool) -> None:
    shown = page("thunderbird", Protocol.POP3, shape, lookup=Lookup.WORKS)
    assert ("marks the other one as recommended" in shown.text) == recommended


@pytest.mark.django_db
def test_thunderbird_is_not_told_of_imap_without_encryption(
    dns_leads_here: Callable[..., None], owner: User, signed_in: Any
) -> None:
    dns_leads_here("example.com", "autoconfig")
    browser = signed_in(owner)
    assert "as recommended" in guide_page(browser, "thunderbird", "pop3").text
    Server.objects.get().services.filter(type="imap").update(socket_type=SocketType.PLAIN.value)
    shown = guide_page(browser, "thunderbird", "pop3")
    assert CARD in shown.text
    assert "as recommended" not in shown.text


@pytest.mark.parametrize("slug", ["outlook-classic", "em-client"])
@pytest.mark.django_db
def test_a_mail_server_that_answers_autodiscover_itself_promises_nothing(
    slug: str, dns_leads_here: Callable[..., None], owner: User, signed_in: Any
) -> None:
    """It may set up something else than what stands on the page, and nobody has a record to add."""
    Server.objects.update(software="SmarterMail 100")
    for names in (("autodiscover",), ()):
        dns_leads_here("example.com", *names)
        Server.objects.update(software="SmarterMail 100")
        shown = guide_page(signed_in(owner), slug)
        assert CARD not in shown.text
        assert "DNS" not in shown.text


@pytest.mark.django_db
def test_each_name_of_a_domain_has_its_own_records(
    dns_leads_here: Callable[..., None], owner: User, signed_in: Any
) -> None:
    dns_leads_here("example.com", "autoconfig")
    dns_leads_here("example.net")
    browser = signed_in(owner)
    assert CARD in guide_page(browser, "thunderbird").text
    of_alias = guide_page(browser, "thunderbird", address="anna@example.net")
    assert CARD not in of_alias.text
    assert "autoconfig.example.net" in of_alias.text


@pytest.mark.django_db
def test_a_domain_that_its_mx_records_led_to_us_is_not_looked_at(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PORTAL_URL = f"https://{PORTAL}"
    monkeypatch.setattr(watcher, "leads_here", nobody_asks_dns)
    assert lookup(GUIDES["thunderbird"], Protocol.IMAP, None, "somebody.example") is Lookup.UNSURE
    domain = Domain(name="example.com", server=Server())
    assert lookup(GUIDES["gmail-app"], Protocol.IMAP, domain, "example.com") is Lookup.UNSURE


@pytest.mark.parametrize("slug", dict.fromkeys(slug for slug, _protocol in ASKED))
def test_the_numbered_steps_are_the_same_whatever_dns_says(slug: str) -> None:
    """Ticks and links from findings would lead elsewhere the moment a record is added."""
    for where in EVERY_PAGE:
        if where[0] != slug or where[2] not in ("ssl", "plain"):
            continue
        steps = [
            [(step.number, step.anchors, step.part.text) for step in page(*where, lookup=state).steps]
            for state in Lookup
        ]
        assert steps[0] == steps[1] == steps[2] != []


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_an_app_that_asks_us_is_one_that_sets_itself_up_by_an_address(guide: Guide) -> None:
    assert bool(guide.asks) == (guide.way == "type_address")
    assert set(guide.asks) <= set(guide.protocols)
    assert all(FORMATS[asked].public for asked in guide.asks.values())
    for protocol in set(guide.protocols) - set(guide.asks):
        assert "asks us for" not in page(guide.slug, protocol, "ssl").text
