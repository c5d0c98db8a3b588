"""The page of a guide for whoever opens it: by their address, by a link, on their device, after a test."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients import GUIDES, Platform
from mailsetup.hosting.models import Server
from tests.guides.page import Page
from tests.guides.shapes import page
from tests.provider import MakeLink

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/140.0"
SETUP = "/setup/anna@example.com"

STEP_GUIDES = [guide.slug for guide in GUIDES.values() if guide.protocols]
BOTH = [guide.slug for guide in GUIDES.values() if len(guide.protocols) == 2]

every_guide = pytest.mark.parametrize("slug", STEP_GUIDES)
every_guide_with_both = pytest.mark.parametrize("slug", BOTH)


@pytest.mark.parametrize(
    "path",
    ["no-such-app/imap/", "thunderbird/smtp/", "thunderbird/jmap/", "Thunderbird/imap/", "base/imap/"],
)
@pytest.mark.django_db
def test_no_such_app_or_protocol(path: str, owner: User, signed_in: Any) -> None:
    assert signed_in(owner).get(f"{SETUP}/{path}").status_code == 404


@pytest.mark.parametrize("protocol", Protocol)
@pytest.mark.django_db
def test_a_protocol_that_the_server_lacks_is_said_and_the_other_one_offered(
    protocol: Protocol, owner: User, signed_in: Any
) -> None:
    Server.objects.get().services.filter(type=protocol.value).delete()
    browser = signed_in(owner)
    (other,) = set(Protocol) - {protocol}
    for slug in BOTH:
        answer = browser.get(f"{SETUP}/{slug}/{protocol}/")
        shown = Page(answer.content.decode())
        assert answer.status_code == 200
        assert f"{protocol.upper()} isn’t offered for this address" in shown.text
        assert f"The server of anna@example.com has no {protocol.upper()} service." in shown.text
        assert f"{SETUP}/{slug}/{other}/" in shown.links
        assert not shown.steps


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("outlook-classic/imap/", "Set up Outlook (classic) for Windows with IMAP"),
        ("outlook-mac/imap/", "Set up Outlook for Mac with IMAP"),
        ("windows-live-mail/pop3/", "Set up Windows Live Mail with POP3"),
        ("apple-mail-iphone/imap/", "Set up Mail on iPhone and iPad with IMAP"),
        ("thunderbird/pop3/", "Set up Thunderbird with POP3"),
        ("other/imap/", "Set up any mail app with IMAP"),
        ("geary/pop3/", "Geary and POP3"),
        ("windows-mail/imap/", "Mail for Windows 10 and 11 no longer works"),
        ("thunderbird/imap/print/", "Thunderbird, IMAP, to print"),
    ],
)
def test_a_page_is_called_what_people_would_type(path: str, title: str, owner: User, signed_in: Any) -> None:
    html = signed_in(owner).get(f"{SETUP}/{path}").content.decode()
    assert f"<title>{title} · Northwind Hosting</title>" in html


@pytest.mark.django_db
def test_no_two_guides_are_called_the_same(owner: User, signed_in: Any) -> None:
    browser = signed_in(owner)
    pages = [f"{SETUP}/{slug}/{each}/" for slug, guide in GUIDES.items() for each in guide.protocols]
    titles = [re.findall("<title>(.*?)</title>", browser.get(each).content.decode())[0] for each in pages]
    assert len(set(titles)) == len(pages) > 50


@every_guide_with_both
def test_one_can_switch_to_the_other_protocol_and_sees_which_one_it_is(slug: str) -> None:
    links = {link.text: link.attributes for link in page(slug, Protocol.POP3).root.parts("a")}
    assert links["IMAP"]["href"] == f"/setup/anna@kiosk.example/{slug}/imap/"
    assert links["POP3"]["href"] == f"/setup/anna@kiosk.example/{slug}/pop3/"
    assert "aria-current" not in links["IMAP"]
    assert links["POP3"]["aria-current"] == "true"


@pytest.mark.parametrize(
    ("shape", "protocol"),
    [("imap-only", Protocol.IMAP), ("pop3-only", Protocol.POP3)],
    ids=lambda part: str(part),
)
@every_guide_with_both
def test_nothing_to_switch_to_when_the_server_has_one_protocol(
    slug: str, shape: str, protocol: Protocol
) -> None:
    shown = page(slug, protocol, shape)
    assert not [link for link in shown.links if link.endswith(("/imap/", "/pop3/")) and "/files/" not in link]


@pytest.mark.parametrize(
    "slug", [guide.slug for guide in GUIDES.values() if guide.protocols == (Protocol.IMAP,)]
)
def test_an_app_without_pop3_says_so_and_offers_what_works(slug: str) -> None:
    assert not [link for link in page(slug).links if link.endswith("/pop3/")]
    instead = page(slug, Protocol.POP3)
    assert f"{GUIDES[slug].name} doesn’t know POP3" in instead.text
    assert not instead.steps
    others = [link for link in instead.links if link.endswith("/pop3/")]
    assert f"/setup/anna@kiosk.example/{slug}/imap/" in instead.links
    assert others
    for link in others:
        name = link.split("/")[-3]
        assert Protocol.POP3 in GUIDES[name].protocols
        assert set(GUIDES[name].platforms) & set(GUIDES[slug].platforms)


def test_an_app_that_can_not_express_the_encryption_says_so_and_names_others() -> None:
    shown = page("windows-live-mail", Protocol.POP3, "starttls")
    assert "Windows Live Mail can’t connect to this server safely" in shown.text
    assert "mail.hoster.example encrypts with STARTTLS on port 110" in shown.text
    assert "/setup/anna@kiosk.example/thunderbird/pop3/" in shown.links
    assert "/setup/anna@kiosk.example/windows-live-mail/pop3/" not in shown.links
    assert not shown.steps


@pytest.mark.django_db
def test_the_other_protocol_is_offered_where_the_app_can_express_it(owner: User, signed_in: Any) -> None:
    Server.objects.get().services.filter(type="imap").update(socket_type="STARTTLS", port=143)
    answer = signed_in(owner).get(f"{SETUP}/windows-live-mail/imap/")
    links = Page(answer.content.decode()).links
    assert f"{SETUP}/windows-live-mail/pop3/" in links
    assert f"{SETUP}/windows-live-mail/imap/" not in links


@pytest.mark.parametrize("slug", [guide.slug for guide in GUIDES.values() if guide.status == "retired"])
@pytest.mark.parametrize("protocol", Protocol)
def test_a_retired_app_says_so_and_where_to_go(slug: str, protocol: Protocol) -> None:
    guide = GUIDES[slug]
    shown = page(slug, protocol)
    assert f"{guide.name} no longer works" in shown.text
    assert f"/setup/anna@kiosk.example/{guide.instead}/{protocol}/" in shown.links
    assert not shown.steps


@every_guide
def test_it_leads_back_and_on_to_the_test_of_this_app_and_protocol(slug: str) -> None:
    protocol = GUIDES[slug].protocols[-1]
    links = page(slug, protocol, "ssl").links
    assert "/" in links
    assert f"/setup/anna@kiosk.example/test/?protocol={protocol}&app={slug}" in links


@every_guide
def test_who_comes_from_a_test_is_told_so_at_the_step_and_finds_it_open(slug: str) -> None:
    came = page(slug, shape="ssl", query="?from=7K4Q-29XM")
    told = "Your test sent you here"
    assert all(told in step.part.text for step in came.steps)
    assert told not in page(slug, shape="ssl").text
    closed = [
        folded
        for folded in came.root.parts("details")
        if any(way in came.ways for way in folded.parts("ol")) and "open" not in folded.attributes
    ]
    assert not closed


def test_the_manual_way_is_folded_while_there_is_a_shorter_one() -> None:
    for slug, shape, folded in (
        ("apple-mail-iphone", "odd", True),
        ("apple-mail-iphone", "plain", False),
    ):
        shown = page(slug, shape=shape)
        (manual,) = (part for part in shown.root.parts("details") if shown.ways[-1] in part.children)
        assert ("open" not in manual.attributes) == folded, (slug, shape)


@pytest.mark.parametrize("slug", [guide.slug for guide in GUIDES.values() if guide.profile])
@pytest.mark.parametrize("shape", ["odd", "plain"])
def test_the_profile_is_one_tap_away_and_never_comes_by_itself(slug: str, shape: str) -> None:
    shown = page(slug, Protocol.POP3, shape, query="?profile=open", agent=IPHONE)
    assert not [part for part in shown.root.parts("meta") if "http-equiv" in part.attributes]
    assert ("/setup/anna@kiosk.example/files/mobileconfig/pop3/" in shown.links) == (shape != "plain")


@pytest.mark.parametrize("agent", [IPHONE, WINDOWS, ""])
@pytest.mark.parametrize("shape", ["ssl", "plain"])
@every_guide
def test_a_code_for_the_phone_is_offered_once_unless_this_is_the_device(
    slug: str, shape: str, agent: str
) -> None:
    device = {IPHONE: Platform.IOS, WINDOWS: Platform.WINDOWS}.get(agent)
    on_device = device in GUIDES[slug].platforms
    forms = [form.attributes["action"] for form in page(slug, shape=shape, agent=agent).root.parts("form")]
    phone = "/setup/anna@kiosk.example/phone/"
    assert forms.count(phone) == (0 if on_device else 1)
    assert set(forms) - {phone} == {f"/setup/anna@kiosk.example/{slug}/imap/print/"}


@every_guide
@pytest.mark.django_db
def test_behind_a_link_everything_stays_behind_it(slug: str, setup_link: MakeLink, client: Client) -> None:
    _link, token = setup_link()
    shown = Page(client.get(f"/s/{token}/{slug}/imap/").content.decode())
    assert shown.links >= {f"/s/{token}/", f"/s/{token}/test/?protocol=imap&app={slug}"}
    both = len(GUIDES[slug].protocols) > 1
    assert (f"/s/{token}/{slug}/pop3/" in shown.links) == both, "an app with IMAP alone has no switch"
    assert not [link for link in shown.links if link.startswith("/setup/")]
    assert {form.attributes["action"] for form in shown.root.parts("form")} == {
        f"/s/{token}/phone/",
        f"/s/{token}/{slug}/imap/print/",
    }
    assert f"/s/{token}/{slug}/imap/steps.txt" in shown.links
    assert "Lindqvist" not in shown.text, "a link knows the address, not who has an account"


@every_guide
@pytest.mark.django_db
def test_the_owner_gets_their_own_name_and_address(slug: str, owner: User, signed_in: Any) -> None:
    owner.name = "Anna Ek"
    owner.save()
    shown = Page(signed_in(owner).get(f"{SETUP}/{slug}/imap/").content.decode())
    assert "anna@example.com" in shown.root.values
    # What the terminal reads has no name in it.
    assert ("Anna Ek" in shown.root.values) == (GUIDES[slug].way != "file")


@pytest.mark.parametrize(
    ("slug", "socket_type"),
    [
        (slug, socket_type)
        for slug in STEP_GUIDES
        for socket_type in SocketType
        if not GUIDES[slug].receiving or socket_type in (*GUIDES[slug].receiving, SocketType.PLAIN)
    ],
)
@pytest.mark.django_db
def test_its_sentences_know_the_numbers_of_the_page(
    slug: str, socket_type: SocketType, owner: User, signed_in: Any
) -> None:
    """Also of steps that are still to come, with a profile and without."""
    Server.objects.get().services.update(socket_type=socket_type.value)
    answer = signed_in(owner).get(f"{SETUP}/{slug}/imap/")
    steps = Page(answer.content.decode()).steps
    shown = {name: step.number for step in steps for name in step.anchors if not name.startswith("step-")}
    # Making the outline renders the template too; the page is the one that knows its reader.
    page_context = next(context for context in answer.context if "setup" in context)
    assert page_context["steps"].number == shown


@pytest.mark.django_db
def test_a_profile_offers_one_password_for_one_user_name_only(owner: User, signed_in: Any) -> None:
    """The link on the page leads to the file, and the file keeps two sign-ins apart."""
    profile = f"{SETUP}/files/mobileconfig/imap/"
    browser = signed_in(owner)
    shared = b"<key>OutgoingPasswordSameAsIncomingPassword</key>\n\t\t\t<true/>"
    assert profile in Page(browser.get(f"{SETUP}/apple-mail-iphone/imap/").content.decode()).links
    assert shared in browser.get(profile).content
    Server.objects.get().services.filter(type="smtp").update(username="sender@example.com")
    own = browser.get(profile).content
    assert shared not in own
    assert b"<string>sender@example.com</string>" in own


@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        ("Anna Lindqvist", "anna@example.com", True),
        ("Anna Lindqvist", "a.lindqvist@example.com", True),
        ("Anna Lindqvist", "office@example.com", False),
        ("Anna Lindqvist", "bo@example.com", False),
        ("A", "office@example.com", False),
    ],
)
@pytest.mark.django_db
def test_the_name_of_whoever_asks_is_not_put_on_an_address_of_all(
    owner: User, signed_in: Any, name: str, address: str, shown: bool
) -> None:
    owner.name = name
    owner.save()
    page = Page(signed_in(owner).get(f"/setup/{address}/thunderbird/imap/").content.decode())
    assert (name in page.root.values) == shown


@every_guide
def test_a_page_is_small(slug: str) -> None:
    for protocol in GUIDES[slug].protocols:
        assert len(page(slug, protocol, "ssl").html.encode()) <= 40_000
