"""One search box: whatever is typed leads to the page that is meant, or to what comes close."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.access import DeskRights
from accounts.models import Customer, Membership, User
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Domain, DomainAlias, Server
from mailsetup.hosting.provisioning import provision
from mailsetup.setup_links.codes import CODE_ALPHABET
from mailsetup.support import results
from mailsetup.watch.models import WatchedServer, WatchedService
from tests.connection_tests.runs import queued
from tests.html import Element, read
from tests.support.conftest import PERMISSIONS, StaffWith

pytestmark = pytest.mark.django_db


def opens(desk: Client, text: str) -> str:
    """Where the search leads at once; empty where it shows a list."""
    return str(desk.get("/desk/", {"q": text}).headers.get("location", ""))


def page(desk: Client, text: str) -> Element:
    answer = desk.get("/desk/", {"q": text})
    assert answer.status_code == 200
    return read(answer)


def listed(desk: Client, text: str) -> list[str]:
    return [match.one("b").text for match in page(desk, text).all("a", "app")]


@pytest.fixture
def customer(owner: User) -> Customer:
    return Customer.objects.get(external_id="whmcs:1234")


# --- References -----------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{bare}", "{small}", "{spaced}", "{dotted}"])
def test_a_reference_opens_its_test_in_any_spelling(
    desk: Client, refused: ConnectionTest, owner: User, spelling: str
) -> None:
    queued(owner)
    bare = refused.reference.replace("-", "")
    text = spelling.format(
        refused.reference, bare=bare, small=bare.lower(), spaced=" ".join(bare), dotted="–".join(bare)
    )
    assert opens(desk, text) == f"/desk/tests/{refused.reference}/"


@pytest.mark.parametrize(
    "text",
    [
        "reference {}",
        "Reference: {}.",
        "my test {spaced}, it failed",
        "https://mail.hoster.example/tests/{}/",
        "https://mail.hoster.example/s/some-token/tests/{}/?step=2#receiving",
        "mail.hoster.example/tests/{}",
    ],
)
def test_a_reference_is_found_in_what_was_pasted(
    desk: Client, refused: ConnectionTest, owner: User, text: str
) -> None:
    queued(owner)
    spaced = refused.reference.replace("-", " ").lower()
    assert opens(desk, text.format(refused.reference, spaced=spaced)) == f"/desk/tests/{refused.reference}/"


def test_a_reference_with_a_slip_behind_a_word_is_offered(desk: Client, refused: ConnectionTest) -> None:
    wrong = CODE_ALPHABET[(CODE_ALPHABET.index(refused.reference[0]) + 7) % 31] + refused.reference[1:]
    assert listed(desk, f"reference {wrong}") == [refused.reference]


@pytest.mark.parametrize("place", range(8))
def test_a_reference_with_one_wrong_character_is_offered_and_not_opened(
    desk: Client, refused: ConnectionTest, place: int
) -> None:
    bare = refused.reference.replace("-", "")
    for wrong in (CODE_ALPHABET[(CODE_ALPHABET.index(bare[place]) + 7) % 31], "0", "l"):
        text = bare[:place] + wrong + bare[place + 1 :]
        assert refused.reference in listed(desk, text)
        assert "One character of it may be wrong." in page(desk, text).text
        assert opens(desk, text) == ""


def test_a_reference_with_two_that_changed_places_is_offered(desk: Client, refused: ConnectionTest) -> None:
    bare = refused.reference.replace("-", "")
    place = next(place for place in range(7) if bare[place] != bare[place + 1])
    assert listed(desk, bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]) == [
        refused.reference
    ]


def test_a_word_of_eight_letters_is_a_name_as_well(
    desk: Client, owner: User, refused: ConnectionTest
) -> None:
    found = Customer.objects.create(external_id="whmcs:77", name="Bergmann & Söhne")
    assert opens(desk, "bergmann") == f"/desk/customers/{found.pk}/"


# --- Addresses and domains --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("anna@example.com", "/desk/addresses/anna@example.com/"),
        (" Anna@Example.COM ", "/desk/addresses/anna@example.com/"),
        ("nobody.yet@example.com", "/desk/addresses/nobody.yet@example.com/"),
        ("anna@example.net", "/desk/addresses/anna@example.net/"),
        ("anna@exam", ""),
        ("anna@example.c", ""),
        ("example.com", "/desk/domains/example.com/"),
        ("EXAMPLE.net.", "/desk/domains/example.net/"),
        ("bücher.example", "/desk/domains/xn--bcher-kva.example/"),
        ("bücher", "/desk/domains/xn--bcher-kva.example/"),
        ("kontakt@Bücher.example", "/desk/addresses/kontakt@xn--bcher-kva.example/"),
        ("elsewh", "/desk/domains/elsewhere.example/"),
        ("Anna Lindqvist <anna@example.com>", "/desk/addresses/anna@example.com/"),
        ("it is anna@example.com.", "/desk/addresses/anna@example.com/"),
        (
            "https://mail.hoster.example/desk/addresses/anna%40example.com/",
            "/desk/addresses/anna@example.com/",
        ),
        ("https://[", ""),
    ],
)
def test_an_address_a_domain_or_an_alias_opens_its_page(
    desk: Client, owner: User, text: str, where: str
) -> None:
    Domain.objects.create(name="xn--bcher-kva.example", server=Domain.objects.first().server)  # type: ignore[union-attr]
    Domain.objects.create(name="exams.example", server=Domain.objects.first().server)  # type: ignore[union-attr]
    assert opens(desk, text) == where


def test_a_domain_that_is_switched_off_is_found(desk: Client, owner: User) -> None:
    Domain.objects.filter(name="example.com").update(enabled=False)
    assert opens(desk, "anna@example.com") == "/desk/addresses/anna@example.com/"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("exampel.com", "example.com"),
        ("exmple.com", "example.com"),
        ("eexample.com", "example.com"),
        ("example.con", "example.com"),
        ("example.nett", "example.net"),
        ("anna@exanple.com", "anna@example.com"),
    ],
)
def test_a_name_with_one_wrong_character_is_offered_and_not_opened(
    desk: Client, owner: User, text: str, match: str
) -> None:
    assert match in listed(desk, text)
    assert opens(desk, text) == ""


def test_part_of_a_name_lists_what_has_it(desk: Client, owner: User) -> None:
    # The owner's customer is called Lindqvist AB.
    server = Domain.objects.get(name="example.com").server
    Domain.objects.create(name="lindqvist.example", server=server)
    DomainAlias.objects.create(name="foto-lindqvist.example", domain=Domain.objects.get(name="example.com"))
    assert listed(desk, "lindqvist") == ["foto-lindqvist.example", "lindqvist.example", "Lindqvist AB"]
    assert page(desk, "lindqvist").one("h1").text == "3 matches"
    assert listed(desk, "anna@lindq") == ["anna@foto-lindqvist.example", "anna@lindqvist.example"]


# --- Customers and people -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Lindqvist AB", "lindqvist", "whmcs:1234", "1234"])
def test_a_customer_is_found_by_name_and_number(desk: Client, customer: Customer, text: str) -> None:
    assert opens(desk, text) == f"/desk/customers/{customer.pk}/"


@pytest.mark.parametrize(
    "text",
    ["owner@lindqvist.example", "Owner <Owner@Lindqvist.example>", "Ann-Sofi", "okafor", "Okafor Ann-Sofi"],
)
def test_a_person_is_found_by_name_and_sign_in_and_marked_at_the_customer(
    desk: Client, customer: Customer, owner: User, text: str
) -> None:
    User.objects.filter(pk=owner.pk).update(name="Ann-Sofi Okafor")
    url = f"/desk/customers/{customer.pk}/?person={owner.pk}#person-{owner.pk}"
    assert opens(desk, text) == url
    people = read(desk.get(url)).one("main").all("li", "section-head")
    assert [one.attributes.get("aria-current") for one in people] == ["true"]
    assert people[0]["id"] == f"person-{owner.pk}"
    for odd in ("9" * 5000, "x", ""):
        assert 'aria-current="true"' not in desk.get(f"/desk/customers/{customer.pk}/?person={odd}").text


def test_a_person_of_two_customers_is_listed_with_both(desk: Client, customer: Customer, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(name="Ann-Sofi Okafor")
    other = Customer.objects.create(external_id="whmcs:77", name="Bergmann")
    Membership.objects.create(user=owner, customer=other)
    shown = page(desk, "okafor")
    assert [match.one("b").text for match in shown.all("a", "app")] == ["Ann-Sofi Okafor"] * 2
    assert customer.name in shown.text
    assert "Bergmann" in shown.text


# --- Servers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["mx7", "MX7.hoster", "mx7.hoster.example", "Seventh", "the seventh"])
def test_a_server_is_found_by_its_name_and_its_host_name(desk: Client, owner: User, text: str) -> None:
    server = Server.objects.create(name="The seventh")
    server.services.create(position=0, type="imap", hostname="mx7.hoster.example", port=993)
    assert opens(desk, text) == f"/admin/hosting/server/{server.pk}/change/"


def test_a_host_below_a_domain_opens_the_domain(desk: Client, owner: User) -> None:
    assert opens(desk, "mail.example.com") == "/desk/domains/example.com/"
    assert opens(desk, "imap.mail.example.net") == "/desk/domains/example.net/"
    assert opens(desk, "https://www.example.com/contact?x=1") == "/desk/domains/example.com/"
    assert opens(desk, "https://example.com/contact?x=1") == "/desk/domains/example.com/"


# --- What is nothing ----------------------------------------------------------------------------------

NOTHING = (
    "%",
    "_",
    "'",
    "x" * 300,
    "+46 70 123 45 67",
    "a@b.example",
    "@",
    "a@",
    "\x00",
    "“”",
    "-- ;",
    "\\",
    ".",
)


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_nothing_finds_nothing(desk: Client, refused: ConnectionTest, text: str) -> None:
    shown = page(desk, text)
    if text == "\x00":
        assert shown.one("h1").text == "Who’s calling?"
    elif text == ".":
        assert len(shown.all("a", "app")) == 2, "every domain has one in it"
    else:
        assert shown.one("h1").text == "Nothing found"
        assert shown.all("a", "app") == []


@pytest.mark.parametrize("text", [*NOTHING, "anna@example.com", "bergmann"])
def test_whatever_is_typed_stays_in_the_box(desk: Client, owner: User, text: str) -> None:
    if not opens(desk, text):
        (box,) = [
            field for field in page(desk, text).all("input") if field.attributes.get("type") == "search"
        ]
        assert box["value"] == " ".join(text.replace("\x00", " ").split())[:254]


def test_a_test_whose_domain_is_gone_is_found_by_its_address(desk: Client, refused: ConnectionTest) -> None:
    Domain.objects.get(name="example.com").delete()
    assert opens(desk, "anna@example.com") == "/desk/addresses/anna@example.com/"
    shown = read(desk.get("/desk/addresses/anna@example.com/")).text
    assert refused.reference in shown
    assert "is not on the list" in shown


# --- Rights ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permission", "text"),
    [
        ("view_connectiontest", "example.com"),
        ("view_connectiontest", "anna@example.com"),
        ("view_connectiontest", "lindqvist"),
        ("view_domain", "lindqvist"),
        ("view_domain", "{reference}"),
        ("view_domain", "owner@lindqvist.example"),
        ("view_customer", "example.com"),
        ("view_customer", "{reference}"),
        ("view_customer", "owner@lindqvist.example"),
        ("view_customer", "okafor"),
        ("view_user", "okafor"),
        ("view_domain", "smarter1"),
        ("view_customer", "smarter1"),
    ],
)
def test_what_may_not_be_seen_is_not_found(
    staff_with: StaffWith, refused: ConnectionTest, permission: str, text: str
) -> None:
    User.objects.filter(email="owner@lindqvist.example").update(name="Ann-Sofi Okafor")
    browser = staff_with(permission)
    if permission == "view_user":
        assert browser.get("/desk/", {"q": text}).status_code == 404
        return
    assert page(browser, text.format(reference=refused.reference)).one("h1").text == "Nothing found"


def test_the_start_lists_what_failed_lately_to_who_may_see_it(
    desk: Client, staff_with: StaffWith, refused: ConnectionTest
) -> None:
    assert refused.reference in read(desk.get("/desk/")).text
    other = staff_with("view_domain", email="other@hoster.example")
    assert refused.reference not in read(other.get("/desk/")).text


def test_what_failed_lately_says_who_can_fix_it(desk: Client, refused: ConnectionTest) -> None:
    row = read(desk.get("/desk/")).one("tbody").all("tr")[0]
    assert "Receiving: The server didn’t accept the password" in row.text
    assert "Customer can fix it" in row.text
    assert row.one("th").one("a")["href"] == f"/desk/addresses/{refused.address}/"


def test_the_start_lists_what_one_opened_lately_the_last_first(
    desk: Client, staff_with: StaffWith, refused: ConnectionTest, customer: Customer, settings: Settings
) -> None:
    assert "You opened lately" not in read(desk.get("/desk/")).text
    test, domain, person = (
        f"/desk/tests/{refused.reference}/",
        "/desk/domains/example.com/",
        f"/desk/customers/{customer.pk}/",
    )
    for page in (test, domain, person, test, "/desk/customers/999/"):
        desk.get(page)
    assert opened(desk) == [
        (test, refused.reference),
        (person, customer.name),
        (domain, "example.com"),
    ]
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_opened_limit=2)
    desk.get("/desk/addresses/anna@example.com/")
    assert [url for url, _title in opened(desk)] == ["/desk/addresses/anna@example.com/", test]
    assert opened(staff_with("view_domain", email="other@hoster.example")) == [], "it is one's own"


def opened(desk: Client) -> list[tuple[str, str]]:
    lists = [part for part in read(desk.get("/desk/")).all("section") if "You opened lately" in part.text]
    return [(link["href"], link.text) for part in lists for link in part.all("a")]


@pytest.fixture
def troubled(owner: User) -> Server:
    """The watch has found one server that fails, and one that doesn't."""
    now = timezone.now()
    working = Server.objects.get()
    failing = Server.objects.create(name="mail2")
    Domain.objects.create(name="on-mail2.example", server=failing)
    for server, state in ((working, "works"), (failing, "fails")):
        WatchedServer.objects.create(server=server, due_at=now, checked_at=now)
        WatchedService.objects.create(
            server=server,
            type="imap",
            hostname="mail.hoster.example",
            port=993,
            socket_type="SSL",
            state=state,
            code="cert_expired" if state == "fails" else "ok",
            since=now,
        )
    return failing


@pytest.mark.usefixtures("troubled")
def test_the_start_says_which_server_has_trouble_to_who_may_see_it(staff_with: StaffWith) -> None:
    assert "mail2" not in read(staff_with("view_domain").get("/desk/")).text
    shown = read(staff_with("view_domain", "view_watchedserver").get("/desk/"))
    assert shown.text.count("mail2") == 1
    assert "smarter1" not in shown.text
    WatchedServer.objects.update(checked_at=timezone.now() - timedelta(days=1))
    assert "mail2" not in read(staff_with("view_watchedserver", "view_domain").get("/desk/")).text, (
        "it is old"
    )


# --- Speed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "7k4q29xm",
        "nobody@nowhere.example",
        "nowhere.example",
        "nobody",
        "anna@nowh",
        "lindqvist",
        "anna lindq",
        "mail1.nowhere.example",
        "7K4Q-29XM anna",
    ],
)
def test_a_search_asks_the_database_a_few_times(desk: Client, refused: ConnectionTest, text: str) -> None:
    desk.get("/desk/", {"q": text})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        desk.get("/desk/", {"q": text})
    asked = [query["sql"] for query in queries if not _is_about_who_asks(query["sql"])]
    assert len(asked) <= 6, asked
    assert len(queries) <= 10


def _is_about_who_asks(sql: str) -> bool:
    return any(
        table in sql for table in ("django_session", "auth_permission", "mfa_", 'FROM "accounts_user"')
    )


def test_a_crowd_of_matches_is_cut(desk: Client, provider_file: dict[str, Any], owner: User) -> None:
    provider_file["domains"] += [{"name": f"shop{n}.example", "server": "smarter1"} for n in range(40)]
    provision(json.dumps(provider_file).encode())
    assert len(listed(desk, "shop")) == 8
    assert len(PERMISSIONS) == 17


@pytest.mark.parametrize(("typed", "asked"), [("op4999", False), ("+46 70 123", False), ("lindqvist", True)])
def test_nobody_is_looked_for_by_a_name_with_digits(owner: User, typed: str, *, asked: bool) -> None:
    """Among 50,000 people it would take as long as all the rest."""
    rights = DeskRights(see_customers=True, see_people=True)
    with CaptureQueriesContext(connection) as queries:
        results.find(typed, rights)
    assert any('FROM "accounts_user"' in query["sql"] for query in queries.captured_queries) is asked


def test_only_for_short_names_nearly_the_same_ones_are_looked_for(
    desk: Client, owner: User, settings: Settings
) -> None:
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_near_max_characters=11)
    assert listed(desk, "exampel.com") == ["example.com"]
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_near_max_characters=10)
    assert listed(desk, "exampel.com") == []


def test_the_server_that_has_failed_longest_comes_first(
    staff_with: StaffWith, troubled: Server, settings: Settings
) -> None:
    settings.TIME_ZONE = "UTC"
    WatchedService.objects.update(since=timezone.now() - timedelta(hours=1))
    longest = Server.objects.create(name="mail9")
    Domain.objects.create(name="on-mail9.example", server=longest)
    unused = Server.objects.create(name="mail10")
    for server in (longest, unused):
        WatchedServer.objects.create(server=server, due_at=timezone.now(), checked_at=timezone.now())
        WatchedService.objects.create(
            server=server,
            type="imap",
            hostname="mail.hoster.example",
            port=993,
            socket_type="SSL",
            state="fails",
            code="cert_expired",
            since=timezone.now() - timedelta(hours=2),
        )
    shown = read(staff_with("view_domain", "view_watchedserver").get("/desk/"))
    (card,) = [part for part in shown.all("section", "card") if part.one("h2").text == "Servers with trouble"]
    assert [row.one("b").text for row in card.all("li")] == ["mail9", "mail2"]


def notes(desk: Client, text: str) -> list[str]:
    return [match.one("span", "way").text for match in page(desk, text).all("a", "app")]


def test_beside_a_domain_stands_whose_it_is_and_whether_it_is_on(desk: Client, owner: User) -> None:
    assert notes(desk, "exampel.com") == ["Lindqvist AB"]
    assert notes(desk, "example.nett") == ["Alias of example.com, Lindqvist AB"]
    Domain.objects.filter(name="example.com").update(enabled=False)
    assert notes(desk, "exampel.com") == ["Lindqvist AB, switched off"]
    Domain.objects.filter(name="example.com").update(customer=None, enabled=True)
    assert notes(desk, "exampel.com") == ["No customer"]


def test_beside_a_person_stands_what_they_are_there_and_how_they_sign_in(
    desk: Client, customer: Customer, owner: User
) -> None:
    User.objects.filter(pk=owner.pk).update(name="Ann-Sofi Okafor")
    other = Customer.objects.create(external_id="whmcs:77", name="Bergmann")
    Membership.objects.create(user=owner, customer=other)
    assert notes(desk, "okafor") == [
        f"owner, Lindqvist AB, {owner.email}",
        f"member, Bergmann, {owner.email}",
    ]


def test_what_one_opened_lately_has_its_time(
    desk: Client, refused: ConnectionTest, settings: Settings, time_machine: TimeMachineFixture
) -> None:
    settings.TIME_ZONE = "UTC"
    time_machine.move_to("2026-11-26T06:12:00Z", tick=False)
    desk.get("/desk/domains/example.com/")
    lists = [part for part in read(desk.get("/desk/")).all("section") if "You opened lately" in part.text]
    assert [time.text for part in lists for time in part.all("time")] == ["06:12"]
