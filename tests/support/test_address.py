"""One page says what an address gets, why, and what its programs are told; and helps whoever is calling."""

import json
import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from mailsetup.clientconfig import Protocol, parse_address, resolve
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword
from mailsetup.connection_tests.tasks import BrokerUnavailable
from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.guides.clients import GUIDES
from mailsetup.hosting import dns
from mailsetup.hosting.models import Domain, Mailbox, Server, Service
from mailsetup.hosting.selectors import find_hosting
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.services import revoke_setup_links
from tests.connection_tests.runs import findings, finished, queued, running
from tests.html import Element, read
from tests.provider import MakeLink
from tests.support.conftest import REFUSED, StaffWith

pytestmark = pytest.mark.django_db

ANNA = "/desk/addresses/anna@example.com/"


def page(desk: Client, path: str = ANNA) -> Element:
    answer = desk.get(path)
    assert answer.status_code == 200
    return read(answer)


def section(shown: Element, heading: str) -> Element:
    (found,) = [each for each in shown.all("section") if each.all("h2") and each.all("h2")[0].text == heading]
    return found


def reasons(shown: Element, heading: str = "Why these") -> dict[str, str]:
    items = section(shown, heading).all("li")
    return {item.one("h3").text: item.one("p").text for item in items}


# --- Settings and why ----------------------------------------------------------------------------------


def test_every_way_is_listed_in_the_providers_order(desk: Client, owner: User) -> None:
    rows = section(page(desk), "Settings").one("tbody").all("tr")
    said = [[cell.text for cell in (*row.all("th"), *row.all("td"))][:3] for row in rows]
    assert said == [
        ["Receiving IMAP, told first", "mail.example.com as anna@example.com", "993 , SSL/TLS"],
        ["Receiving POP3, told first", "mail.example.com as anna@example.com", "995 , SSL/TLS"],
        ["Sending SMTP, told first", "mail.example.com as anna@example.com", "587 , STARTTLS"],
    ]
    copied = [button["data-copy"] for button in section(page(desk), "Settings").all("button", "copy")]
    assert copied[0] == "mail.example.com:993"


def test_a_domain_is_why(desk: Client, owner: User) -> None:
    assert reasons(page(desk)) == {
        "Domain": "example.com is on the list: Lindqvist AB.",
        "MX": "Not looked up yet. Who is on the list needs no MX to be known.",
        "Server": "smarter1, smartermail.",
    }


def test_an_alias_is_why(desk: Client, owner: User) -> None:
    shown = reasons(page(desk, "/desk/addresses/anna@example.net/"))
    assert shown["Alias"] == "example.net is an alias of example.com and gets its settings."
    Server.objects.update(alias_uses_primary=False)
    shown = reasons(page(desk, "/desk/addresses/anna@example.net/"))
    assert shown["Alias"] == "example.net is an alias of example.com; host and user names are its own."


def test_mx_records_are_why(desk: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "mx_hosts", lambda *_: ("a.mx.hoster.example",))
    shown = page(desk, "/desk/addresses/anna@by-mx.example/")
    assert reasons(shown) == {"MX": "The MX records of by-mx.example lead to our server."}
    assert "mail.by-mx.example" in section(shown, "Settings").text


def test_what_is_not_ours_says_so(desk: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "mx_hosts", lambda *_: ("mx.elsewhere.test",))
    shown = page(desk, "/desk/addresses/anna@foreign.example/")
    assert reasons(shown, "Why there are no settings") == {
        "Not ours": "foreign.example is not on the list, and its MX records lead to no server of ours."
    }
    assert not [link for link in shown.links() if "Thunderbird" in link]
    assert desk.post("/desk/addresses/anna@foreign.example/link/", {"hours": 4}).status_code == 404


def test_a_domain_that_is_switched_off_says_so(desk: Client, owner: User) -> None:
    Domain.objects.filter(name="example.com").update(enabled=False)
    shown = reasons(page(desk), "Why there are no settings")
    assert shown == {
        "Switched off": "example.com is on the list and switched off. Programs are told nothing."
    }


def test_a_server_that_lacks_a_service_says_so(desk: Client, owner: User) -> None:
    Server.objects.get().services.exclude(type="imap").delete()
    assert reasons(page(desk))["Server"] == "smarter1, smartermail. It has no POP3. It has no way to send."
    Server.objects.get().services.all().delete()
    assert page(desk).one("h1").text == "anna@example.com"


def test_a_domain_alone_has_its_page(desk: Client, owner: User, refused: ConnectionTest) -> None:
    shown = page(desk, "/desk/domains/example.com/")
    assert shown.one("h1").text == "example.com"
    assert "as the whole address" in section(shown, "Settings").text
    assert "%EMAIL" not in section(shown, "Settings").text
    Service.objects.update(username="%EMAILLOCALPART%@login.example")
    assert "as …@login.example" in section(page(desk, "/desk/domains/example.com/"), "Settings").text
    assert refused.reference in section(shown, "Last tests").text
    assert section(shown, "Known addresses").links() == {"anna@example.com": ANNA}
    assert "made for one address" in section(shown, "What each app would be told").text
    for path in ("/desk/domains/no dots/", "/desk/domains/%00.example/", "/desk/addresses/no-at/"):
        assert desk.get(path).status_code == 404


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("ana@example.com", ["anna@example.com"]),
        ("anan+shop@example.com", ["anna@example.com"]),
        ("annaa@example.net", ["anna@example.net"]),
        ("nobody@example.com", []),
    ],
)
def test_an_address_that_is_not_among_the_known_ones_says_so(
    desk: Client, owner: User, typed: str, near: list[str]
) -> None:
    shown = page(desk, f"/desk/addresses/{typed}/")
    (note,) = shown.all("p", "note")
    assert f"{typed} is not among the addresses that we know of this domain." in note.text
    assert list(note.links()) == near
    assert ("Did you mean" in note.text) == bool(near)


@pytest.mark.parametrize("known", ["anna@example.com", "anna+shop@example.com", "anna@example.net"])
def test_a_known_address_has_no_such_word(desk: Client, owner: User, known: str) -> None:
    assert "not among" not in page(desk, f"/desk/addresses/{known}/").text


def test_where_nobody_named_the_addresses_none_is_unknown(desk: Client, owner: User) -> None:
    Mailbox.objects.all().delete()
    for path in ("/desk/addresses/ana@example.com/", "/desk/domains/example.com/"):
        assert "not among" not in page(desk, path).text


def test_tests_and_links_stand_above_the_long_list_of_formats(desk: Client, owner: User) -> None:
    headings = [each.text for each in page(desk).one("main").all("h2")]
    for heading in ("Last tests", "Open set-up links", "A link for the caller"):
        assert headings.index(heading) < headings.index("What each app would be told")


# --- What programs are told ------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize("slug", list(FORMATS))
def test_every_format_stands_there_as_it_is_served(
    desk: Client, owner: User, slug: str, protocol: Protocol
) -> None:
    hosting, _domain = find_hosting(parse_address("anna@example.com"), display_name="Northwind Hosting")
    config = resolve(parse_address("anna@example.com"), hosting, protocol)
    shown = page(desk, f"{ANNA}?protocol={protocol}")
    told = section(shown, "What each app would be told")
    (one,) = [each for each in told.all("details") if each.one("summary").text.startswith(f"{slug} ")]
    assert FORMATS[slug].readers[0].app in one.one("summary").text
    file = desk.get(f"{ANNA}files/{slug}/{protocol}/")
    try:
        body = documents.for_config(FORMATS[slug], config)
    except NothingToOffer as nothing:
        body, problem = b"", str(nothing)
    if not body:
        assert problem in one.text
        assert file.status_code == 404
        return
    assert one.one("button", "copy")["data-copy"] == body.decode()
    assert "".join(one.one("pre").content) == body.decode()  # type: ignore[arg-type]
    assert file.content == body
    assert file.headers["content-type"] == FORMATS[slug].media_type


def test_a_new_format_appears_by_itself(desk: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "brand-new", FORMATS["text"])
    told = section(page(desk), "What each app would be told")
    assert len(told.all("details")) == len(FORMATS)


def test_every_guide_is_there_as_text(desk: Client, owner: User) -> None:
    with_steps = [
        guide for guide in GUIDES.values() if Protocol.IMAP in guide.protocols and guide.status != "retired"
    ]
    links = section(page(desk), "Guides with this address filled in").links()
    assert list(links) == [guide.name for guide in with_steps]
    for url in list(links.values())[:5]:
        answer = desk.get(url)
        assert answer.headers["content-type"].startswith("text/plain")
        assert "mail.example.com" in answer.content.decode()
    assert desk.get(f"{ANNA}guides/no-such-app/imap/").status_code == 404


# --- Links, tests, people ------------------------------------------------------------------------------


def test_a_link_is_made_shown_once_and_opens(desk: Client, owner: User) -> None:
    posted = desk.post(f"{ANNA}link/", {"hours": "4"})
    assert posted.headers["location"] == ANNA, "who loads the page again makes no second link"
    assert "shown this once" not in page(desk, "/desk/addresses/bert@example.com/").text
    answer = desk.get(ANNA)
    made = read(answer).one("p", "note").one("code").text
    assert answer.headers["cache-control"] == "private, no-store"
    link = SetupLink.objects.get()
    assert link.created_by == User.objects.get(email="sam@hoster.example")
    assert (link.address, link.one_device) == ("anna@example.com", False)
    assert timedelta(hours=3, minutes=59) < link.expires_at - timezone.now() <= timedelta(hours=4)
    assert Client().get(made.partition("testserver")[2] or made[made.index("/s/") :]).status_code == 200
    assert made not in page(desk).text


def test_a_link_for_one_device(desk: Client, owner: User) -> None:
    desk.post(f"{ANNA}link/", {"hours": "1", "one_device": "on"})
    assert SetupLink.objects.get().one_device


@pytest.mark.parametrize("hours", ["", "0", "5", "-1", "100000", "x", "1' OR 1"])
def test_a_time_that_is_not_offered_makes_no_link(desk: Client, owner: User, hours: str) -> None:
    answer = desk.post(f"{ANNA}link/", {"hours": hours})
    assert answer.status_code == 422
    assert "Choose one of these times." in read(answer).text
    assert not SetupLink.objects.exists()


def test_times_go_up_to_the_longest_that_may_be(desk: Client, owner: User, settings: Settings) -> None:
    settings.SETUP_LINKS = msgspec.structs.replace(
        settings.SETUP_LINKS, setup_link_hours=2, setup_link_max_hours=5
    )
    offered = section(page(desk), "A link for the caller").all("option")
    assert [each.text for each in offered] == ["1 hour", "2 hours", "4 hours"]
    assert [each.text for each in offered if "selected" in each.attributes] == ["2 hours"]
    assert desk.post(f"{ANNA}link/", {"hours": "2"}).status_code == 302
    assert SetupLink.objects.count() == 1


def test_what_was_chosen_stays_chosen_when_something_is_wrong(desk: Client, owner: User) -> None:
    def chosen(answer: Any) -> tuple[list[str], bool]:
        form = section(read(answer), "A link for the caller")
        options = [each.text for each in form.all("option") if "selected" in each.attributes]
        (box,) = [each for each in form.all("input") if each["name"] == "one_device"]
        return options, "checked" in box.attributes

    assert chosen(desk.get(ANNA)) == (["24 hours"], True)
    assert chosen(desk.post(f"{ANNA}link/", {"hours": "5"})) == ([], False)
    assert chosen(desk.post(f"{ANNA}link/", {"hours": "5", "one_device": "on"})) == ([], True)


def test_every_link_of_a_page_after_a_mistake_opens(desk: Client, owner: User) -> None:
    answer = desk.post(f"{ANNA}link/", {"hours": "5"})
    told = section(read(answer), "What each app would be told").links()
    assert told["POP3"] == f"{ANNA}?protocol=pop3"


def head(shown: Element) -> str:
    return shown.one("div", "desk-head").text


def test_the_head_says_how_many_links_were_opened_on_a_device(
    owner: User, staff_with: StaffWith, setup_link: MakeLink, time_machine: TimeMachineFixture
) -> None:
    def opened(path: str = ANNA) -> str:
        return head(page(staff_with("view_domain", "view_setuplink"), path))

    time_machine.move_to("2026-11-24T12:00:00Z", tick=False)
    links = [setup_link(one_device=True) for _number in range(3)]
    setup_link(address="per@example.com", one_device=True)
    assert "opened" not in opened()
    assert Client().get(f"/s/{links[0][1]}/", follow=True).status_code == 200
    assert opened().endswith("1 set-up link opened on a device, 24 November")
    time_machine.move_to("2026-11-25T11:00:00Z", tick=False)
    for_any_device = setup_link()
    for link, token in (links[1], for_any_device):
        link.refresh_from_db()
        SetupLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() + timedelta(hours=1))
        Client().get(f"/s/{token}/", follow=True)
        revoke_setup_links([link])
    time_machine.move_to("2026-11-26T12:00:00Z", tick=False)
    assert opened().endswith("2 set-up links opened on a device each, the last 25 November")
    assert "opened" not in opened("/desk/addresses/per@example.com/")
    assert "opened" not in opened("/desk/domains/example.com/")


def test_what_was_opened_is_for_who_may_see_links(
    staff_with: StaffWith, owner: User, setup_link: MakeLink
) -> None:
    _link, token = setup_link(one_device=True)
    Client().get(f"/s/{token}/", follow=True)
    assert "opened" not in head(page(staff_with("view_domain")))


def test_open_links_are_listed_and_revoked(desk: Client, owner: User, setup_link: MakeLink) -> None:
    link, token = setup_link()
    setup_link(hours=-1)
    setup_link("bert@example.com")
    listed = section(page(desk), "Open set-up links")
    assert len(listed.all("li")) == 1
    form = listed.one("form")
    assert desk.post(form["action"]).headers["location"] == ANNA
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert Client().get(f"/s/{token}/").status_code == 410
    assert "None." in section(page(desk), "Open set-up links").text
    assert len(section(page(desk, "/desk/domains/example.com/"), "Open set-up links").all("li")) == 1


def test_a_test_goes_up_to_the_sign_in_whatever_is_sent(
    desk: Client, owner: User, no_broker: dict[int, str]
) -> None:
    answer = desk.post(f"{ANNA}test/", {"protocol": "pop3", "password": "correct horse", "round_trip": "1"})
    test = ConnectionTest.objects.get()
    assert answer.headers["location"] == f"/desk/tests/{test.reference}/"
    assert (test.protocol, test.round_trip, test.address) == ("pop3", False, "anna@example.com")
    assert test.user == User.objects.get(email="sam@hoster.example")
    assert test.pk in no_broker
    assert not SealedPassword.objects.exists()


def test_what_stands_against_a_test_is_said(
    desk: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.post(f"{ANNA}test/", {"protocol": "imap"}).status_code == 302
    answer = desk.post(f"{ANNA}test/", {"protocol": "imap"}, follow=True)
    assert "This mailbox is being tested. That’s over in" in read(answer).text
    ConnectionTest.objects.all().delete()

    def refuse(*_: Any, **__: Any) -> None:
        raise BrokerUnavailable

    monkeypatch.setattr("mailsetup.support.views.addresses.enqueue_connection_test", refuse)
    answer = desk.post(f"{ANNA}test/", {"protocol": "imap"}, follow=True)
    assert "The test service isn’t answering" in read(answer).text
    assert desk.post(f"{ANNA}test/", {"protocol": "gopher"}).status_code == 404


@pytest.mark.parametrize(
    ("reason", "seconds", "sentence"),
    [
        ("busy", 20, "As many tests of yours run as may. The first is over in 20 seconds at most."),
        ("mailbox", 20, "This mailbox is being tested. That’s over in 20 seconds at most."),
        ("crowded", 50, "Others of this customer are testing. The first is over in 50 seconds at most."),
        ("often", 300, "There were very many tests of yours, this mailbox or this customer. Wait 5 minutes."),
        ("refusing", 119, "The mail server is turning us away. So that it doesn’t block us, wait 2 minutes."),
    ],
)
def test_each_refusal_of_a_test_says_what_there_is_too_much_of(
    desk: Client, owner: User, monkeypatch: pytest.MonkeyPatch, reason: Any, seconds: int, sentence: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise TooManyTests(reason, seconds)

    monkeypatch.setattr("mailsetup.connection_tests.limits.refuse_too_many", refuse)
    answer = desk.post(f"{ANNA}test/", {"protocol": "imap"}, follow=True)
    assert sentence in read(answer).text


def test_who_can_sign_in_is_listed_with_the_way_to_look_as_they_do(
    desk: Client, owner: User, colleague: User
) -> None:
    people = section(page(desk), "Who can sign in here")
    assert [person.one("b").text for person in people.all("li")] == [owner.email, colleague.email]
    assert people.links()["View as"] == f"{ANNA}?person={colleague.pk}#view-as"
    colleague.is_staff = True
    colleague.save()
    assert len(section(page(desk), "Who can sign in here").links()) == 1


def test_what_somebody_calls_themselves_is_shown_as_text(desk: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(name="<script>alert(1)</script>")
    assert "<script>alert" not in desk.get(ANNA).content.decode()
    assert "<script>alert(1)</script>" in json.dumps(page(desk).text)


def test_each_test_has_both_of_its_lanes_in_miniature(desk: Client, refused: ConnectionTest) -> None:
    receiving, sending = section(page(desk), "Last tests").all("span", "mini-lane")
    assert [mark["data-state"] for mark in receiving.all("i")] == [*["ok"] * 5, "bad", "skip", "skip"]
    assert receiving.one("span", "mini")["aria-label"] == "Receiving: 5 of 8 checks passed"
    assert "The server didn’t accept the password" in receiving.text
    assert "bad" not in [mark["data-state"] for mark in sending.all("i")]
    assert sending.text == "Works"
    running(queued(refused.user))
    first = section(page(desk), "Last tests").all("span", "mini-lane")[0]
    assert {mark["data-state"] for mark in first.all("i")} <= {"run", "wait"}


@pytest.mark.django_db
def test_the_head_says_when_the_last_test_was(desk: Client, refused: ConnectionTest) -> None:
    """What was wrong an hour ago may be well by now."""
    day = timezone.now() - timedelta(days=1)
    ConnectionTest.objects.filter(pk=refused.pk).update(created_at=day)
    head = read(desk.get(f"/desk/addresses/{refused.address}/")).one("div", "desk-head")
    assert f"Yesterday, {timezone.localtime(day):%H:%M}" in head.text


def test_open_links_say_whom_they_are_for_and_until_when_the_newest_first(
    desk: Client, owner: User, setup_link: MakeLink, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-11-24T12:00:00Z", tick=False)
    setup_link(hours=4, one_device=True)
    time_machine.shift(timedelta(hours=1))
    setup_link(hours=4)
    rows = [row.all("span")[0].text for row in section(page(desk), "Open set-up links").all("li")]
    assert [row.partition(" Command")[0] for row in rows] == ["For any device", "For one device"]
    assert [row.rpartition("Ends ")[2] for row in rows] == ["24 Nov 2026, 17:00", "24 Nov 2026, 16:00"]


def test_who_asks_for_the_head_alone_uses_up_no_link(desk: Client, owner: User) -> None:
    desk.post(f"{ANNA}link/", {"hours": "4"})
    assert desk.head(ANNA).status_code == 200
    assert "shown this once" in page(desk).text


def test_a_file_is_saved_under_its_own_name(desk: Client, owner: User) -> None:
    saved = desk.get(f"{ANNA}files/mobileconfig/imap/").headers["content-disposition"]
    assert re.fullmatch(r'attachment; filename="[\w@.-]+\.mobileconfig"', saved)


def test_a_domain_lists_as_many_known_addresses_as_have_room(
    desk: Client, owner: User, settings: Settings
) -> None:
    for name in ("bert", "per"):
        Domain.objects.get(name="example.com").mailboxes.create(local_part=name)
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_mailboxes_limit=2)
    shown = page(desk, "/desk/domains/example.com/")
    assert list(section(shown, "Known addresses").links()) == ["anna@example.com", "bert@example.com"]


def test_a_domain_that_is_gone_has_the_tests_of_its_own_addresses(
    desk: Client, owner: User, refused: ConnectionTest
) -> None:
    other = queued(owner, address="bert@example.com")
    ConnectionTest.objects.filter(pk=other.pk).update(address="bert@not-example.com")
    Domain.objects.get(name="example.com").delete()
    shown = section(page(desk, "/desk/domains/example.com/"), "Last tests").text
    assert refused.reference in shown
    assert other.reference not in shown


def test_in_miniature_what_failed_is_said_before_what_has_a_limit(desk: Client, owner: User) -> None:
    soon = Finding(Step.TLS, Status.WARNING, Code.CERT_EXPIRES_SOON, 7, {"valid_days": 3})
    finished(queued(owner), findings(Protocol.IMAP, (0, soon), (0, REFUSED)))
    receiving = section(page(desk), "Last tests").all("span", "mini-lane")[0]
    assert receiving.text == "The server didn’t accept the password"


def test_the_head_says_whether_the_domain_is_on_and_tests_what_the_page_shows(
    desk: Client, owner: User
) -> None:
    shown = page(desk, f"{ANNA}?protocol=pop3").one("div", "desk-head")
    assert "Domain is on" in shown.text
    (form,) = [form for form in shown.all("form") if form["action"] == f"{ANNA}test/"]
    assert form.text == "Test POP3 up to the sign-in"
    assert [field["value"] for field in form.all("input") if field["name"] == "protocol"] == ["pop3"]
    Domain.objects.update(enabled=False)
    assert "Domain is off" in head(page(desk))


def test_an_open_link_says_who_made_it_and_whether_it_was_opened(
    desk: Client, owner: User, setup_link: MakeLink
) -> None:
    desk.post(f"{ANNA}link/", {"hours": "4"})
    made = page(desk).one("p", "note").one("code").text
    (row,) = section(page(desk), "Open set-up links").all("li")
    assert row.all("span")[0].text.startswith("For any device Sam, ")
    Client().get(made[made.index("/s/") :])
    (row,) = section(page(desk), "Open set-up links").all("li")
    assert row.all("span")[0].text.startswith("For any device, opened Sam, ")


def test_the_tests_of_a_domain_say_of_which_address_they_are(
    desk: Client, owner: User, refused: ConnectionTest
) -> None:
    row = section(page(desk, "/desk/domains/example.com/"), "Last tests").one("tbody").one("th")
    assert "anna@example.com" in row.text
    assert "anna@example.com" not in section(page(desk), "Last tests").one("tbody").one("th").text
