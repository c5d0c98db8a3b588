"""What the desk says of a domain's DNS: where mail goes, and whether programs come by what they are told."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from msgspec import structs
from pytest_django.fixtures import Settings

from accounts.models import Customer, User
from mailsetup.discovery.dns_watch import DnsWatcher, watcher
from mailsetup.hosting.models import Domain, Server
from tests.faults import FaultyNameServer
from tests.html import Element
from tests.support.conftest import StaffWith
from tests.support.test_address import ANNA, page, reasons, section

pytestmark = pytest.mark.django_db
PORTAL = "setup.hoster.example"
HERE = {(PORTAL, "A"): ("192.0.2.7",), (PORTAL, "AAAA"): ("2001:db8::7",)}
Records = dict[tuple[str, str], tuple[str, ...]]
Looked = Callable[..., None]


@pytest.fixture
def looked(settings: Settings, owner: User) -> Looked:
    """Somebody has looked at the domains, of which DNS says these records; silent without any."""
    settings.PORTAL_URL = f"https://{PORTAL}"
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, dns_look_timeout_seconds=0.2)
    Server.objects.update(software="dovecot")

    def look(records: Records | None, *domains: str) -> None:
        answers: dict[str, Any] = {"rcode": None} if records is None else {}
        with FaultyNameServer(HERE | (records or {}), **answers) as server:
            settings.PROBE_RESOLVER = server.address
            for domain in domains or ("example.com",):
                watcher.look_at(domain)

    return look


def mail_of(shown: Element) -> dict[str, str]:
    rows = section(shown, "Domains").one("tbody").all("tr")
    return {row.one("th").all("a")[0].text: row.all("td")[1].text for row in rows}


def told(shown: Element) -> dict[str, str]:
    """Of each format what stands beside it."""
    summaries = section(shown, "What each app would be told").all("summary")
    return {
        summary.all("span")[0].text.split()[0]: summary.one("span", "served").text for summary in summaries
    }


# --- Where mail goes ------------------------------------------------------------------------------------


def test_a_customers_domains_say_where_their_mail_goes(desk: Client, looked: Looked) -> None:
    customer = Customer.objects.get(external_id="whmcs:1234")
    for name in ("elsewhere.test", "nowhere.test", "both.test", "not-yet.test"):
        Domain.objects.create(name=name, server=Server.objects.get(), customer=customer)
    looked(
        {
            ("example.com", "MX"): ("10 a.mx.hoster.example.",),
            ("elsewhere.test", "MX"): ("20 mx2.oldhost.example.", "10 mx.oldhost.example."),
            ("nowhere.test", "MX"): ("0 .",),
            ("both.test", "MX"): ("10 filter.example.", "20 b.mx.hoster.example."),
        },
        *("example.com", "elsewhere.test", "nowhere.test", "both.test"),
    )
    shown = page(desk, f"/desk/customers/{customer.pk}/")
    assert mail_of(shown) == {
        "both.test": "To us",
        "elsewhere.test": "Elsewhere mx.oldhost.example",
        "example.com": "To us",
        "not-yet.test": "Not looked up yet",
        "nowhere.test": "No MX",
    }
    assert "“Elsewhere”: new mail goes to the host that is named there." in section(shown, "Domains").text


def test_elsewhere_is_explained_where_it_stands_alone(desk: Client, looked: Looked, owner: User) -> None:
    looked({("example.com", "MX"): ("10 a.mx.hoster.example.",)})
    assert "Elsewhere" not in page(desk, f"/desk/customers/{owner.customers.get().pk}/").text


def test_without_patterns_nobody_can_say_whose_a_host_is(desk: Client, looked: Looked, owner: User) -> None:
    Server.objects.update(mx_patterns=[])
    looked({("example.com", "MX"): ("10 a.mx.hoster.example.",)})
    assert mail_of(page(desk, f"/desk/customers/{owner.customers.get().pk}/")) == {
        "example.com": "a.mx.hoster.example"
    }


def test_a_server_without_patterns_has_nothing_to_compare_with_however_many_another_has(
    desk: Client, looked: Looked, owner: User
) -> None:
    customer, old = owner.customers.get(), Server.objects.create(name="old1", software="dovecot")
    for name in ("shop.test", "front.test"):
        Domain.objects.create(name=name, server=old, customer=customer)
    looked(
        {
            ("example.com", "MX"): ("10 mx.old1.example.",),
            ("shop.test", "MX"): ("10 mx.old1.example.",),
            ("front.test", "MX"): ("10 a.mx.hoster.example.",),
        },
        *("example.com", "shop.test", "front.test"),
    )
    assert mail_of(page(desk, f"/desk/customers/{customer.pk}/")) == {
        "example.com": "Elsewhere mx.old1.example",
        "front.test": "To us",
        "shop.test": "mx.old1.example",
    }
    said = reasons(page(desk, "/desk/domains/shop.test/"), "Why there are no settings")["MX"]
    assert said.startswith("New mail goes to mx.old1.example. ")


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (
            {("example.com", "MX"): ("10 a.mx.hoster.example.", "20 filter.example.")},
            "New mail goes to us, to a.mx.hoster.example.",
        ),
        (
            {("example.com", "MX"): ("10 filter.example.", "20 b.mx.hoster.example.")},
            "New mail goes to filter.example or to us, to b.mx.hoster.example.",
        ),
        (
            {("example.com", "MX"): ("10 mx.oldhost.example.",)},
            "New mail goes elsewhere, to mx.oldhost.example.",
        ),
        ({}, "example.com has no MX."),
        (None, "The DNS gives no answer."),
    ],
)
def test_the_page_of_an_address_says_so_among_the_reasons(
    desk: Client, looked: Looked, records: Records | None, said: str
) -> None:
    looked(records)
    assert reasons(page(desk))["MX"] == f"{said} Who is on the list needs no MX to be known."


# --- What reaches a program -----------------------------------------------------------------------------


def test_each_format_says_whether_it_gets_there(desk: Client, looked: Looked) -> None:
    looked({("autoconfig.example.com", "CNAME"): (f"{PORTAL}.",)})
    said = told(page(desk))
    assert said["autoconfig"] == "Served"
    assert said["autodiscover"] == "Not reachable No DNS entry for autodiscover.example.com"
    assert said["pacc"].startswith("Nothing to say")
    assert said["mobileconfig"] == "Served"
    assert said["text"] == "Served"
    of_the_domain = told(page(desk, "/desk/domains/example.com/"))
    assert of_the_domain["autoconfig"] == "Served"
    assert of_the_domain["autodiscover"] == said["autodiscover"]
    assert of_the_domain["pacc"] == of_the_domain["mobileconfig"] == "Nothing to say"


def test_a_name_of_a_domain_in_another_script_is_told_as_people_write_it(
    desk: Client, looked: Looked
) -> None:
    Domain.objects.filter(name="example.com").update(name="xn--bcher-kva.example")
    looked({}, "xn--bcher-kva.example")
    said = told(page(desk, "/desk/addresses/anna@xn--bcher-kva.example/"))
    assert said["autoconfig"] == "Not reachable No DNS entry for autoconfig.bücher.example"


def test_what_leads_elsewhere_is_no_missing_entry(desk: Client, looked: Looked) -> None:
    records: Records = {("autodiscover.example.com", "CNAME"): ("mail.example.com.",)}
    looked(records)
    assert told(page(desk))["autodiscover"] == "Not reachable autodiscover.example.com leads elsewhere"
    Server.objects.update(software="smartermail")
    assert (
        told(page(desk))["autodiscover"] == "Left to the mail server autodiscover.example.com leads elsewhere"
    )


def test_a_signed_profile_says_that_it_is_signed(
    desk: Client, looked: Looked, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Signer:
        def sign(self, body: bytes) -> bytes:
            return b"\x30\x82\xff" + body

    monkeypatch.setattr("mailsetup.discovery.documents.signer", Signer)
    said = told(page(desk))
    assert said["mobileconfig"] == "Served, signed"
    assert said["text"] == "Served"


def test_an_alias_is_looked_at_by_its_own_name(desk: Client, looked: Looked) -> None:
    looked({("autoconfig.example.com", "CNAME"): (f"{PORTAL}.",)}, "example.com", "example.net")
    said = told(page(desk, "/desk/addresses/anna@example.net/"))
    assert said["autoconfig"] == "Not reachable No DNS entry for autoconfig.example.net"


def test_a_portal_without_a_name_says_that_nothing_can_lead_to_it(
    desk: Client, looked: Looked, settings: Settings
) -> None:
    settings.PORTAL_URL = "http://127.0.0.1:8000"
    assert told(page(desk))["autoconfig"] == (
        "Not reachable This portal has no name that autoconfig.example.com could lead to."
    )


# --- When nobody knows ----------------------------------------------------------------------------------


def test_what_nobody_has_looked_at_is_said_to_be_so(desk: Client, looked: Looked, owner: User) -> None:
    said = told(page(desk))
    assert said["autoconfig"] == said["autodiscover"] == "Not looked up yet"
    assert mail_of(page(desk, f"/desk/customers/{owner.customers.get().pk}/")) == {
        "example.com": "Not looked up yet"
    }


def test_a_silent_dns_is_said_to_be_so(desk: Client, looked: Looked, owner: User) -> None:
    looked(None)
    assert told(page(desk))["autoconfig"] == "The DNS gives no answer"
    assert mail_of(page(desk, f"/desk/customers/{owner.customers.get().pk}/")) == {
        "example.com": "The DNS gives no answer"
    }


def test_a_silence_of_long_ago_says_nothing_of_today(
    desk: Client, looked: Looked, owner: User, settings: Settings
) -> None:
    looked(None)
    later = timezone.now() + timedelta(seconds=settings.DISCOVERY.dns_look_again_seconds + 1)
    with time_machine.travel(later, tick=False):
        assert told(page(desk))["autoconfig"] == "Not looked up yet"
        assert reasons(page(desk))["MX"].startswith("Not looked up yet. ")


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch, looked: Looked) -> DnsWatcher:
    """A watcher with its threads, as each web process has."""
    started = DnsWatcher()
    started.start()
    monkeypatch.setattr("mailsetup.support.addresses.watcher", started)
    return started


def test_the_first_page_mostly_knows(
    desk: Client, working: DnsWatcher, settings: Settings, owner: User
) -> None:
    settings.HOSTING = structs.replace(settings.HOSTING, mx_timeout_seconds=10)
    records = {("example.com", "MX"): ("10 a.mx.hoster.example.",)}
    with FaultyNameServer(HERE | records) as server:
        settings.PROBE_RESOLVER = server.address
        assert mail_of(page(desk, f"/desk/customers/{owner.customers.get().pk}/")) == {"example.com": "To us"}
        assert told(page(desk))["autoconfig"].startswith("Not reachable No DNS entry")


def test_a_page_never_waits_longer_than_a_moment_for_dns(
    desk: Client, working: DnsWatcher, settings: Settings, owner: User
) -> None:
    settings.HOSTING = structs.replace(settings.HOSTING, mx_timeout_seconds=0.2)
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, dns_look_timeout_seconds=3)
    customer = owner.customers.get()
    for number in range(30):
        Domain.objects.create(name=f"shop{number}.test", server=Server.objects.get(), customer=customer)
    paths = (f"/desk/customers/{customer.pk}/", ANNA)
    with FaultyNameServer({}, rcode=None) as silent:
        settings.PROBE_RESOLVER = silent.address
        began = time.monotonic()
        shown = [page(desk, path) for path in paths]
        assert time.monotonic() - began < 3
    assert set(mail_of(shown[0]).values()) == {"Not looked up yet"}
    assert told(shown[1])["autoconfig"] == "Not looked up yet"
    while not working._queue.empty():  # the threads outlive the test
        working._queue.get_nowait()


def test_a_customers_page_asks_the_database_as_often_for_one_domain_as_for_many(
    desk: Client, owner: User, django_assert_max_num_queries: Any
) -> None:
    customer = owner.customers.get()
    path = f"/desk/customers/{customer.pk}/"
    page(desk, path)
    for number in range(20):
        Domain.objects.create(name=f"shop{number}.test", server=Server.objects.get(), customer=customer)
    with django_assert_max_num_queries(16):
        page(desk, path)


def test_nobody_is_shown_dns_without_the_domains(staff_with: StaffWith, looked: Looked, owner: User) -> None:
    looked({("example.com", "MX"): ("10 mx.oldhost.example.",)})
    path = f"/desk/customers/{owner.customers.get().pk}/"
    assert "oldhost" not in staff_with("view_customer").get(path).content.decode()
