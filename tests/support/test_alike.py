"""The desk begins with what several addresses met alike: the second caller needs no looking for."""

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

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.runs import findings, finished, queued
from tests.html import Element, read
from tests.support.conftest import REFUSED, StaffWith

pytestmark = pytest.mark.django_db
ENDED = Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 40, {"hostname": "mail.example.com"})
SILENT = Finding(Step.GREETING, Status.FAILED, Code.SILENT, 40, {})


@pytest.fixture(autouse=True)
def morning(time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """Twelve minutes past six."""
    time_machine.move_to("2026-11-26T06:12:00Z", tick=False)
    return time_machine


@pytest.fixture
def fails(owner: User, morning: TimeMachineFixture) -> Any:
    """Somebody's tests fail, each a minute after the one before."""

    def run(*names: str, found: Finding = ENDED, server: str = "") -> ConnectionTest:
        for name in names:
            test = finished(queued(owner, address=f"{name}@example.com"), findings(Protocol.IMAP, (0, found)))
            if server:
                ConnectionTest.objects.filter(pk=test.pk).update(server=server)
            morning.shift(timedelta(minutes=1))
        return test

    return run


def notes(desk: Client) -> list[Element]:
    return read(desk.get("/desk/")).one("main").all("p", "note")


def test_several_addresses_with_one_cause_are_one_thing(desk: Client, fails: Any) -> None:
    fails("anna", "per", "anna")
    assert notes(desk) == []
    last = fails("siv")
    (note,) = notes(desk)
    assert note.text.startswith(
        "3 addresses failed the same way since 06:12 on smarter1. Receiving: The server’s certificate ran "
        "out. Ours to fix. The last one at 06:15."
    )
    assert note.links()["See the last test"] == f"/desk/tests/{last.reference}/"


def test_another_cause_another_server_and_an_older_day_are_not_the_same(
    staff_with: StaffWith, fails: Any, morning: TimeMachineFixture
) -> None:
    fails("anna")
    morning.shift(timedelta(hours=13))
    desk = staff_with("view_connectiontest")
    fails("per")
    fails("siv", found=SILENT)
    fails("jo", server="smarter2")
    fails("li")
    assert notes(desk) == []
    fails("bo")
    assert len(notes(desk)) == 1


def test_wrong_passwords_are_no_news(desk: Client, fails: Any) -> None:
    fails("anna", "per", "siv", "jo", found=REFUSED)
    assert notes(desk) == []


def test_tests_of_before_servers_were_noted_are_left_out(desk: Client, fails: Any) -> None:
    fails("anna", "per", "siv")
    ConnectionTest.objects.update(server="")
    assert notes(desk) == []


def test_a_code_that_is_no_more_breaks_nothing(desk: Client, fails: Any) -> None:
    fails("anna", "per", "siv")
    ConnectionTest.objects.update(causes=["of_before"])
    assert notes(desk)[0].text.startswith("3 addresses failed")
    ConnectionTest.objects.update(causes=[])
    assert desk.get("/desk/").status_code == 200


def test_a_later_test_that_passed_is_told(
    desk: Client, fails: Any, owner: User, morning: TimeMachineFixture
) -> None:
    finished(queued(owner), findings())
    morning.shift(timedelta(minutes=1))
    fails("anna", "per", "siv")
    assert "A later test" not in notes(desk)[0].text
    finished(queued(owner), findings())
    assert "A later test of this server passed, at 06:16." in notes(desk)[0].text
    morning.shift(timedelta(minutes=1))
    fails("anna", "per", "siv", found=SILENT)
    said = {"ran out" in note.text: "A later test" in note.text for note in notes(desk)}
    assert said == {True: True, False: False}, "it passed before the others failed"


def test_the_most_addresses_come_first_and_a_few_causes_are_named(
    desk: Client, fails: Any, settings: Settings
) -> None:
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_alike_count=2, desk_alike_limit=2)
    fails("anna", "per", server="one")
    fails("anna", "per", "siv", server="two")
    fails("anna", "per", server="three")
    said = [(note.text.split()[0], note.one("b").text.split()[-1]) for note in notes(desk)]
    assert said == [("3", "two."), ("2", "one.")]
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_alike_limit=0)
    assert notes(desk) == []


def test_of_very_many_failures_the_newest_count(desk: Client, fails: Any, settings: Settings) -> None:
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_alike_tests_limit=3)
    fails("anna", "per", "siv", "jo")
    assert notes(desk)[0].text.startswith("3 addresses failed the same way since 06:13 on smarter1.")


def test_it_is_for_who_may_see_tests_and_leads_where_they_may_go(staff_with: StaffWith, fails: Any) -> None:
    fails("anna", "per", "siv")
    assert notes(staff_with("view_domain")) == []
    assert notes(staff_with("view_domain", "view_watchedserver")) == []
    (note,) = notes(staff_with("view_connectiontest"))
    assert "see the servers" not in note.links()
    (note,) = notes(staff_with("view_connectiontest", "view_watchedserver"))
    assert note.links()["see the servers"] == "/servers/"


def test_whether_a_server_works_again_is_one_row_however_many_tests_passed(
    desk: Client, fails: Any, owner: User
) -> None:
    fails("anna", "per", "siv")
    for number in range(12):
        passed = finished(queued(owner), findings())
        ConnectionTest.objects.filter(pk=passed.pk).update(server="smarter1" if number % 2 else "other")
    with CaptureQueriesContext(connection) as asked:
        assert "A later test of this server passed, at 06:15." in notes(desk)[0].text
    of_passed = [query["sql"] for query in asked if "'passed'" in query["sql"]]
    assert of_passed
    with connection.cursor() as cursor:
        for sql in of_passed:
            cursor.execute(sql)
            assert len(cursor.fetchall()) == 1


def test_it_takes_a_few_queries_however_many_failed(desk: Client, fails: Any) -> None:
    fails("anna")
    desk.get("/desk/")
    with CaptureQueriesContext(connection) as none:
        desk.get("/desk/")
    fails(*"abcdefgh")
    fails(*"abcdefgh", found=SILENT)
    desk.get("/desk/")
    with CaptureQueriesContext(connection) as both:
        assert len(notes(desk)) == 2
    assert len(both) == len(none) + 5


def test_the_clock_of_the_window_is_that_of_the_setting(desk: Client, fails: Any, settings: Settings) -> None:
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_alike_hours=1)
    fails("anna", "per", "siv")
    assert len(notes(desk)) == 1
    ConnectionTest.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert notes(desk) == []


def test_of_each_address_the_last_failure_is_listed_with_how_many_came_before_it(
    desk: Client, fails: Any, settings: Settings
) -> None:
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_tests_limit=2)
    fails("siv")
    fails("per", found=SILENT)
    fails("anna", "per", "anna", found=SILENT)
    table = read(desk.get("/desk/")).one("table")
    assert [row.one("th").text for row in table.all("tr")[1:]] == [
        "anna@example.com IMAP, 1 more before it",
        "per@example.com IMAP, 1 more before it",
    ]
    assert [row.one("time").text for row in table.all("tr")[1:]] == ["Today, 06:16", "Today, 06:15"]


def test_failures_are_counted_among_the_newest_alone(desk: Client, fails: Any, settings: Settings) -> None:
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_alike_tests_limit=10)
    fails("siv", *["anna"] * 10, found=SILENT)
    table = read(desk.get("/desk/")).one("table")
    assert [row.one("th").text for row in table.all("tr")[1:]] == ["anna@example.com IMAP, 9 more before it"]
