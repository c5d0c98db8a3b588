"""Before and since: what the other tests of an address say beside the report of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import services
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.runs import Found, findings, finished, queued, running, without_sign_in
from tests.html import read
from tests.support.conftest import REFUSED

pytestmark = pytest.mark.django_db
# A Tuesday, 14:00 in Stockholm.
NOON = datetime(2026, 3, 3, 13, 0, tzinfo=UTC)
SAME = "Stopped at the same place."
CERTIFICATE = Finding(Step.TLS, Status.FAILED, Code.CERT_WRONG_NAME, 9)
WELL, LIMITED = (
    findings(),
    findings(Protocol.IMAP, (0, Finding(Step.PUSH, Status.WARNING, Code.IDLE_MISSING))),
)
BAD, REFUSAL = findings(Protocol.IMAP, (0, CERTIFICATE)), findings(Protocol.IMAP, (0, REFUSED))
At = Callable[..., ConnectionTest]


@pytest.fixture(autouse=True)
def in_stockholm(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Stockholm"
    settings.CONNECTION_TESTS = msgspec.structs.replace(
        settings.CONNECTION_TESTS,
        **dict.fromkeys(
            ("person_unfinished_limit", "mailbox_unfinished_limit", "mailbox_rejected_limit"), 1000
        ),
    )


@pytest.fixture
def at(owner: User, time_machine: TimeMachineFixture) -> At:
    """A finished test that was started so many minutes after two in the afternoon; it stays that late."""

    def finish(minutes: float, found: Found | None = None, client: str = "", **how: Any) -> ConnectionTest:
        time_machine.move_to(NOON + timedelta(minutes=minutes), tick=False)
        test = queued(owner, client=client, **how)
        return test if found is None else finished(test, found)

    return finish


@dataclass(frozen=True)
class Line:
    state: str
    title: str
    text: str
    links: tuple[str, ...]


def lines(desk: Client, test: ConnectionTest) -> list[Line]:
    page = read(desk.get(f"/desk/tests/{test.reference}/"))
    (card,) = [part for part in page.all("section", "card") if part.one("h2").text == "Before and since"]
    return [
        Line(
            item["data-state"],
            "".join(heading.text for heading in item.all("h3")),
            item.one("p").text,
            tuple(item.links().values()),
        )
        for item in card.all("li")
    ]


def said(desk: Client, test: ConnectionTest) -> list[tuple[str, str, str]]:
    return [(line.state, line.title, line.text) for line in lines(desk, test)]


def test_the_last_good_test_then_those_that_stopped_there_then_this_one(desk: Client, at: At) -> None:
    """As it is drawn."""
    good = at(-1420, WELL, "thunderbird")
    before = [at(12, BAD, "windows-live-mail"), at(16, BAD, "windows-live-mail")]
    own = at(20, BAD, "windows-live-mail")
    assert said(desk, own) == [
        (
            "ok",
            "Yesterday, 14:20 , Thunderbird",
            "Everything worked. The settings were the same, so the server and the password were fine then.",
        ),
        ("bad", "14:12 and 14:16 , Windows Live Mail", SAME),
        (
            "bad",
            "14:20 , this test, Windows Live Mail",
            "Receiving: The server’s certificate is for a different name. 3 in a row.",
        ),
        ("skip", "", "No test since."),
    ]
    shown = lines(desk, own)
    assert shown[0].links == (f"/desk/tests/{good.reference}/",)
    assert shown[1].links == tuple(f"/desk/tests/{test.reference}/" for test in before)
    assert shown[2].links == ()


def test_what_stopped_elsewhere_is_named_and_ends_the_row(desk: Client, at: At) -> None:
    at(1, BAD)
    at(2, REFUSAL)
    at(3, BAD)
    own = at(4, BAD)
    assert [line.text for line in lines(desk, own)] == [
        SAME,
        "Receiving: The server didn’t accept the password.",
        SAME,
        "Receiving: The server’s certificate is for a different name. 2 in a row.",
        "No test since.",
    ]


def test_a_row_is_one_of_several_apps_and_of_one_protocol(desk: Client, at: At) -> None:
    at(1, findings(Protocol.POP3, (0, CERTIFICATE)), "windows-live-mail", protocol=Protocol.POP3)
    at(2, BAD, "thunderbird")
    own = at(3, BAD, "windows-live-mail")
    shown = said(desk, own)
    assert shown[0][1:] == (
        "14:01 , Windows Live Mail, POP3",
        "Receiving: The server’s certificate is for a different name.",
    )
    assert shown[1][1:] == ("14:02 , Thunderbird", SAME)
    assert shown[2][2].endswith(" 2 in a row.")


def test_what_came_before_the_last_good_test_is_not_told(desk: Client, at: At) -> None:
    at(1, BAD)
    at(2, WELL)
    own = at(3, BAD)
    assert [line.state for line in lines(desk, own)] == ["ok", "bad", "skip"]
    assert "in a row" not in lines(desk, own)[1].text


def test_a_test_up_to_the_sign_in_is_no_proof_of_the_password(desk: Client, at: At) -> None:
    at(1, without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1), password="")
    assert [line.text for line in lines(desk, at(2, REFUSAL))][:1] == ["Works up to the sign-in."]


def test_a_limit_is_said_of_the_last_good_one(desk: Client, at: At) -> None:
    at(1, LIMITED)
    assert said(desk, at(2, REFUSAL))[0] == (
        "warn",
        "14:01",
        "It worked, with a limit. The settings were the same, so the server and the password were fine then.",
    )


def test_nothing_follows_from_a_test_of_other_settings(desk: Client, at: At) -> None:
    good = at(1, WELL)
    moved = [{**service, "hostname": "old.example.com"} for service in good.services]
    ConnectionTest.objects.filter(pk=good.pk).update(services=moved)
    text = lines(desk, at(2, BAD))[0].text
    assert text == "Everything worked. It had other settings than this test."


def test_what_follows_is_said_beside_a_failure_alone(desk: Client, at: At) -> None:
    at(1, WELL)
    assert [line.text for line in lines(desk, at(2, WELL))][:2] == ["Everything worked.", "Everything works."]


def test_what_was_tested_since_stands_below(desk: Client, at: At, owner: User) -> None:
    own = at(1, BAD)
    at(2, BAD)
    at(3, WELL)
    running(at(4))
    shown = lines(desk, own)
    assert [(line.state, line.text) for line in shown] == [
        ("bad", "Receiving: The server’s certificate is for a different name."),
        ("bad", SAME),
        ("ok", "Everything works."),
        ("run", "Running…."),
    ]


def test_one_that_never_ran_interrupts_no_row(desk: Client, at: At) -> None:
    at(1, BAD)
    services.cancel_connection_test(at(2))
    own = at(3, BAD)
    services.cancel_connection_test(at(4))
    assert [line.text for line in lines(desk, own)] == [
        SAME,
        "Receiving: The server’s certificate is for a different name. 2 in a row.",
        "Stopped.",
    ]


def test_while_it_runs_nobody_says_that_none_came_since(desk: Client, at: At) -> None:
    at(1, BAD)
    assert [line.text for line in lines(desk, running(at(2)))][1:] == ["Running…."]


def test_tests_of_other_addresses_are_none_of_it(desk: Client, at: At) -> None:
    at(1, BAD, address="bert@example.com")
    assert len(lines(desk, at(2, BAD))) == 2


def test_a_long_row_is_counted_as_far_as_it_is_looked_at(desk: Client, at: At, settings: Settings) -> None:
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_tests_limit=3)
    tests = [at(minute, BAD) for minute in range(7)]
    shown = lines(desk, tests[3])
    assert shown[0].title == "14:00 , 14:01 and 14:02"
    assert shown[1].text.endswith("At least 4 in a row.")
    assert shown[2].title == "14:04 , 14:05 and 14:06"
    assert [line.text.endswith("different name. 3 in a row.") for line in lines(desk, tests[2])][1]


def test_a_row_that_ends_within_what_is_looked_at_is_counted_in_full(
    desk: Client, at: At, settings: Settings
) -> None:
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_tests_limit=3)
    for minute, found in enumerate((BAD, BAD, REFUSAL, BAD)):
        at(minute, found)
    assert lines(desk, at(5, BAD))[-2].text.endswith("different name. 2 in a row.")


def test_each_app_has_a_line_of_its_own(desk: Client, at: At) -> None:
    at(1, BAD, "thunderbird")
    at(2, BAD, "windows-live-mail")
    own = at(3, BAD, "windows-live-mail")
    assert [line.title for line in lines(desk, own)][:2] == [
        "14:01 , Thunderbird",
        "14:02 , Windows Live Mail",
    ]


def test_one_up_to_the_sign_in_is_not_like_one_with_the_password(desk: Client, at: At) -> None:
    own = at(1, BAD)
    at(2, without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1))
    at(3, WELL)
    texts = [line.text for line in lines(desk, own)]
    assert texts[1:] == ["Works up to the sign-in.", "Everything works."]


def test_nobody_counts_what_went_well(desk: Client, at: At) -> None:
    up_to_sign_in = without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1)
    at(1, up_to_sign_in)
    assert [line.text for line in lines(desk, at(2, up_to_sign_in))][:2] == ["Works up to the sign-in."] * 2


def test_the_day_is_said_once_and_in_full_when_it_is_long_ago(desk: Client, at: At) -> None:
    at(-3 * 1440, BAD)
    at(-3 * 1440 + 5, BAD)
    at(-1440, BAD)
    assert lines(desk, at(0, BAD))[0].title == "28 Feb 2026, 14:00 , 14:05 and Yesterday, 14:00"


def test_beside_a_test_of_another_day_today_is_said(desk: Client, at: At) -> None:
    own = at(-3 * 1440, BAD)
    at(0, BAD)
    at(2, BAD)
    assert lines(desk, own)[1].title == "Today, 14:00 and 14:02"


def test_many_tests_cost_no_more_questions(desk: Client, at: At) -> None:
    def asked(test: ConnectionTest) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"/desk/tests/{test.reference}/").status_code == 200
        return [query["sql"] for query in queries if "connection_tests_" in query["sql"]]

    at(1, BAD)
    own = at(2, BAD)
    at(3, BAD)
    few = asked(own)
    # The test with its steps, transcripts, links; the last good one; each side with what it stopped at.
    assert len(few) == 8
    for minute in range(4, 9):
        at(minute, REFUSAL)
    at(9, WELL)
    middle = at(10, BAD)
    at(11, BAD)
    assert [len(asked(test)) for test in (own, middle)] == [8, 8]
