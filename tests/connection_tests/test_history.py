"""Tests in a list: the history, and what the start page says of the latest ones."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import reaper
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.conftest import Later, Limits
from tests.connection_tests.runs import START, Found, findings, finished, queued, running, without_sign_in
from tests.html import Element, read

pytestmark = pytest.mark.django_db
PUSH_MISSING = (0, Finding(Step.PUSH, Status.WARNING, Code.IDLE_MISSING, 7))
BROKEN = (1, Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 7))
EXPIRED, NOT_TAKEN = "The server’s certificate ran out", "The server didn’t accept the password"
REFUSED = (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7))


def rows(browser: Client) -> list[Element]:
    return read(browser.get("/tests/")).one("main").all("tr")[1:]


def lately(browser: Client) -> list[Element]:
    main = read(browser.get("/")).one("main")
    return [item for track in main.all("ol", "track") for item in track.all("li")]


@pytest.mark.parametrize(
    ("found", "state", "words"),
    [
        (findings(), "ok", "Everything works"),
        (without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1), "ok", "Works up to the sign-in"),
        (without_sign_in(Protocol.IMAP, Code.UNVERIFIED, 1), "ok", "Works up to the sign-in"),
        (findings(Protocol.IMAP, PUSH_MISSING), "warn", "Works, with a limit"),
        (findings(Protocol.IMAP, REFUSED), "bad", f"Receiving: {NOT_TAKEN}"),
        (findings(Protocol.IMAP, BROKEN), "bad", f"Sending: {EXPIRED}"),
        (findings(Protocol.IMAP, REFUSED, BROKEN), "bad", f"Receiving: {NOT_TAKEN}; Sending: {EXPIRED}"),
        (findings(Protocol.IMAP, (0, BROKEN[1]), BROKEN), "bad", f"Receiving and sending: {EXPIRED}"),
    ],
    ids=["passed", "no-password", "unverified", "warning", "failed", "sending", "both", "alike"],
)
def test_what_came_of_a_test(owner: User, browser: Client, found: Found, state: str, words: str) -> None:
    test = finished(queued(owner), found)
    (row,) = rows(browser)
    assert row.one("span", "tag")["data-state"] == state
    assert row.one("span", "tag").text == words
    assert row.one("a")["href"] == f"/tests/{test.reference}/"
    (entry,) = lately(browser)
    assert (entry["data-state"], entry.one("a").text) == (state, words)
    assert entry.one("a")["href"] == f"/tests/{test.reference}/"


@pytest.mark.parametrize("lost", [False, True])
def test_a_test_that_runs_or_was_lost(owner: User, browser: Client, *, lost: bool) -> None:
    test = running(queued(owner))
    if lost:
        reaper.mark_lost(test)
    state, words = ("bad", "The test couldn’t run") if lost else ("run", "Running…")
    for shown in (rows(browser)[0].one("span", "tag"), lately(browser)[0]):
        assert shown["data-state"] == state
        assert words in shown.text


@pytest.mark.parametrize(
    ("client", "protocol", "words"),
    [
        ("windows-live-mail", Protocol.POP3, "Windows Live Mail, POP3"),
        ("", Protocol.IMAP, "IMAP"),
        ("an-app-of-before", Protocol.IMAP, "IMAP"),
    ],
)
def test_what_was_tested(owner: User, browser: Client, client: str, protocol: Protocol, words: str) -> None:
    queued(owner, client=client, protocol=protocol)
    assert rows(browser)[0].one("th").text == f"anna@example.com {words}"


def test_of_a_test_that_support_started_it_says_so(owner: User, browser: Client) -> None:
    staff = User.objects.create_superuser("support@hoster.example", "a long password of staff")
    theirs = finished(queued(owner), findings())
    ConnectionTest.objects.update(user=staff)
    mine = finished(queued(owner), findings())
    shown = {row.one("code").text: row.one("th").text for row in rows(browser)}
    assert shown == {
        theirs.reference: "anna@example.com IMAP, by support",
        mine.reference: "anna@example.com IMAP",
    }
    assert ["by support" in entry.text for entry in lately(browser)] == [False, True]


@pytest.mark.parametrize(
    ("now", "when"),
    [
        (START, "Today, 09:00"),
        (datetime(2026, 3, 2, 23, 59, 59, tzinfo=START.tzinfo), "Today, 09:00"),
        (datetime(2026, 3, 3, 0, 0, tzinfo=START.tzinfo), "Yesterday, 09:00"),
        (datetime(2026, 3, 4, 0, 0, tzinfo=START.tzinfo), "2 March"),
        (START + timedelta(days=179), "2 March"),
        (START + timedelta(days=180), "2 March 2026"),
    ],
    ids=str,
)
def test_when_it_was(owner: User, later: Later, signed_in: Any, now: datetime, when: str) -> None:
    later(0)
    queued(owner)
    later((now - START).total_seconds())
    browser = signed_in(owner)
    time = rows(browser)[0].one("time")
    assert (time.text, time["datetime"]) == (when, "2026-03-02T09:00:00+00:00")
    assert when in lately(browser)[0].text


def test_days_are_those_of_the_portals_time_zone(
    owner: User, later: Later, signed_in: Any, settings: Any
) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    later(0)
    queued(owner)
    assert rows(signed_in(owner))[0].one("time").text == "Today, 22:00"
    later(2 * 3600)
    assert rows(signed_in(owner))[0].one("time").text == "Yesterday, 22:00"


def test_the_latest_come_first_and_only_so_many(
    owner: User, browser: Client, later: Later, limits: Limits
) -> None:
    limits(history_limit=3, recent_tests_limit=2)
    references = []
    for minute in range(4):
        later(minute * 60)
        references.append(queued(owner).reference)
        ConnectionTest.objects.update(state="done")
    latest = references[::-1]
    assert [row.one("code").text for row in rows(browser)] == latest[:3]
    assert [entry.one("a")["href"] for entry in lately(browser)] == [f"/tests/{one}/" for one in latest[:2]]


def test_a_hundred_and_three_unless_set_otherwise(owner: User, browser: Client) -> None:
    test = finished(queued(owner), findings())
    ConnectionTest.objects.bulk_create(
        ConnectionTest(
            reference=f"AAAA-{number:04}", address=test.address, user=owner, protocol="imap", state="done"
        )
        for number in range(100)
    )
    assert len(rows(browser)) == 100
    assert len(lately(browser)) == 3


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (90, "Your tests from the last 90 days. After that we delete them."),
        (1, "Your tests from the last day. After that we delete them."),
    ],
)
def test_it_says_how_long_tests_are_kept(browser: Client, limits: Limits, days: int, sentence: str) -> None:
    limits(history_days=days)
    page = read(browser.get("/tests/")).one("main")
    assert page.one("p", "lede").text == sentence
    assert "No test yet." in page.text


def test_an_address_that_was_tested_lately_says_so(owner: User, browser: Client) -> None:
    def questions() -> str:
        return read(browser.get("/")).one("form", "asks").text

    assert "Tested lately" not in questions()
    queued(owner)
    assert "Tested lately" in questions()
