"""Staff see how the servers are; nobody else sees that there is anything."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from mailsetup.connection_tests import pruning
from mailsetup.hosting.models import Domain, Server, Service
from mailsetup.watch.models import WatchCheck, WatchedServer, WatchedService, WatchFlip
from mailsetup.watch.report import Board, ServerRow, board
from tests.html import read
from tests.provider import support_looking_as
from tests.watch.conftest import Later, Limits
from tests.watch.lab import MailServer, look

SignedIn = Callable[[User], Client]


@pytest.fixture
def desk(operator: User, signed_in: SignedIn, settings: Settings) -> Client:
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    return signed_in(operator)


def only_row(found: Board) -> ServerRow:
    (row,) = found.rows
    return row


# --- Who gets in --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [("get", "/servers/"), ("post", "/servers/check/")])
def test_strangers_customers_and_staff_without_the_permission_find_nothing(
    method: str, path: str, owner: User, signed_in: SignedIn, desk: Client
) -> None:
    colleague = User.objects.create_user("clerk@hoster.example", is_staff=True)
    customer_with_permission = User.objects.create_user("was-staff@hoster.example")
    customer_with_permission.user_permissions.add(Permission.objects.get(codename="view_watchedserver"))
    others = [Client(), support_looking_as(owner)]
    others += [signed_in(user) for user in (owner, colleague, customer_with_permission)]
    assert [getattr(browser, method)(path).status_code for browser in others] == [404] * 5
    assert getattr(desk, method)(path).status_code in (200, 302)


def test_staff_need_their_second_step(operator: User, signed_in: SignedIn) -> None:
    browser = signed_in(operator)
    assert browser.get("/servers/").headers["location"] == "/accounts/2fa/"
    Authenticator.objects.create(user=operator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert browser.get("/servers/").status_code == 200


def test_the_admin_leads_there_whoever_may_go(desk: Client, signed_in: SignedIn) -> None:
    assert 'href="/servers/"' in desk.get("/admin/").content.decode()
    colleague = User.objects.create_user("sam@hoster.example", is_staff=True)
    assert 'href="/servers/"' not in signed_in(colleague).get("/admin/").content.decode()


# --- What it says -------------------------------------------------------------------------------------


def test_nothing_to_watch(desk: Client) -> None:
    page = read(desk.get("/servers/"))
    assert page.one("h1").text == "No server to watch"


def test_a_server_that_nobody_has_looked_at_is_not_called_well(desk: Client, mail_server: MailServer) -> None:
    assert (only_row(board()).state, only_row(board()).title) == ("skip", "Not checked yet")
    assert board().headline == "Not all servers are checked"
    assert desk.get("/servers/").status_code == 200


def test_a_server_that_works(desk: Client, mail_server: MailServer) -> None:
    look()
    page = read(desk.get("/servers/")).text
    assert "All servers work" in page
    assert "1 works." in page
    assert "90 days left" in page or "89 days left" in page
    assert "Nothing yet." in page


def test_a_failed_check_is_a_doubt_and_the_second_a_failure(
    desk: Client, mail_server: MailServer, later: Later
) -> None:
    look()
    mail_server.breaks(mail_server.receiving)
    later(hours=1)
    look()
    assert only_row(board()).state == "warn"
    later(minutes=5)
    look()
    page = read(desk.get("/servers/")).text
    assert "mail1 is failing" in page
    assert "mail1 began to fail" in page
    row = only_row(board())
    assert row.title == "The server hung up"
    (trouble,) = row.troubles
    assert re.fullmatch(r"IMAP \d+ at mail\.hoster\.test", trouble.places)
    assert trouble.code == "closed_at_once"
    assert page.count("closed_at_once") == 2, "beside the service, and in what has changed"


def test_what_is_old_is_not_called_true(mail_server: MailServer, later: Later) -> None:
    """The workers stand still, and the last check said that all was well."""
    look()
    later(hours=1, minutes=59)
    assert only_row(board()).state == "ok"
    later(minutes=2)
    assert (only_row(board()).state, only_row(board()).title) == ("skip", "Not checked since")
    assert board().headline == "Not all servers are checked"


def test_a_certificate_that_ends_soon_stands_out_and_one_that_ran_out_more(
    mail_server: MailServer, later: Later
) -> None:
    mail_server.certify(days=9.5)
    look()
    row = only_row(board())
    assert row.state == "ok"
    assert row.certificate is not None
    assert row.certificate.state == "warn"
    # By the date, so it depends on the hour of the day.
    assert row.certificate.title in ("9 days left", "10 days left")
    mail_server.certify(days=-1)
    later(hours=1)
    look()
    row = only_row(board())
    assert row.certificate is not None
    assert (row.certificate.state, row.certificate.title) == ("bad", "Ran out")


def test_the_worst_comes_first(mail_server: MailServer, later: Later) -> None:
    look()
    for name in ("another", "zebra"):
        server = Server.objects.create(name=name)
        Domain.objects.create(name=f"{name}.example", server=server)
    failing = Server.objects.get(name="zebra")
    WatchedServer.objects.create(server=failing, checked_at=timezone.now())
    WatchedService.objects.create(
        server=failing, type="imap", pattern="x", hostname="x", port=1, state="fails", code="tcp_refused"
    )
    assert [row.name for row in board().rows] == ["zebra", "another", "mail1"]
    assert board().headline == "zebra is failing"
    assert board().lede == "1 works, 1 fails, 1 not checked."


def test_the_page_says_which_domain_stood_for_all(
    desk: Client, mail_server: MailServer, settings: Settings
) -> None:
    mail_server.serves("xn--bcher-kva.example")
    Domain.objects.filter(name="example.com").delete()
    Service.objects.filter(type="imap").update(hostname="mail.%EMAILDOMAIN%")
    look()
    assert "Checked with bücher.example" in read(desk.get("/servers/")).text


def test_a_code_that_is_no_more_stands_for_itself(desk: Client, mail_server: MailServer) -> None:
    look()
    WatchedService.objects.update(state="fails", code="of_an_older_version", failed_at=timezone.now())
    assert only_row(board()).title == "of_an_older_version"
    assert desk.get("/servers/").status_code == 200


def test_each_hour_has_its_bar(mail_server: MailServer, limits: Limits) -> None:
    """Hours without a check of their own go on as the one before, for as long as that counts."""
    now = timezone.now()
    for ago, passed in ((23.5, True), (20.5, False), (20.4, True), (10.5, True), (0.5, False)):
        WatchCheck.objects.create(
            server=mail_server.row, checked_at=now - timedelta(hours=ago), passed=passed
        )
    bars = "".join({"ok": "+", "bad": "!", "skip": "."}[hour] for hour in only_row(board()).hours)
    assert bars == "++.!+........++........!"
    assert only_row(board()).hours_label == "Failed in 2 of the last 24 hours, not checked in 17"


def test_the_page_asks_as_much_for_many_servers_as_for_one(desk: Client, mail_server: MailServer) -> None:
    look()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get("/servers/").status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(5):
        server = Server.objects.create(name=f"more{number}")
        Domain.objects.create(name=f"more{number}.example", server=server)
        WatchedServer.objects.create(server=server, checked_at=timezone.now())
        WatchFlip.objects.create(server=server, kind="failed", type="imap", hostname="x", port=1)
    assert queries() == few


def test_check_now_makes_all_due(desk: Client, mail_server: MailServer) -> None:
    look()
    look()
    assert WatchCheck.objects.count() == 1
    answer = desk.post("/servers/check/", follow=True)
    assert "Load this page again in a minute." in answer.content.decode()
    look()
    assert WatchCheck.objects.count() == 2


def test_a_watch_that_is_off_says_so(desk: Client, limits: Limits) -> None:
    limits(watch_interval_minutes=0)
    page = desk.get("/servers/").content.decode()
    assert "The watch is switched off" in page
    assert "Check now" not in page


# --- How long it is kept ------------------------------------------------------------------------------


def test_old_checks_and_flips_are_pruned_and_counted(mail_server: MailServer, limits: Limits) -> None:
    limits(watch_checks_days=2, watch_flips_days=3)
    now = timezone.now()
    place: dict[str, Any] = {"kind": "failed", "type": "imap", "hostname": "x", "port": 1}
    for hours in (1, 47, 49, 71, 73):
        moment = now - timedelta(hours=hours)
        WatchCheck.objects.create(server=mail_server.row, checked_at=moment, passed=True)
        WatchFlip.objects.create(server=mail_server.row, happened_at=moment, **place)
    counts = pruning.prune()
    assert (counts["watch_checks"], counts["watch_flips"]) == (3, 1)
    assert (WatchCheck.objects.count(), WatchFlip.objects.count()) == (2, 4)


# --- Of several the one that counts -------------------------------------------------------------------


def known(server: Server, kind: str, **values: Any) -> WatchedService:
    """A service of `server` as the watch has found it."""
    return WatchedService.objects.create(server=server, type=kind, hostname="x", port=1, **values)


@pytest.fixture
def checked(db: None, time_machine: TimeMachineFixture) -> Server:
    """A server with a domain that was looked at a moment ago, at noon."""
    time_machine.move_to("2026-11-26T12:00:00Z", tick=False)
    server = Server.objects.create(name="mail7")
    Domain.objects.create(name="on-mail7.example", server=server)
    WatchedServer.objects.create(server=server, checked_at=timezone.now())
    return server


def test_a_server_fails_since_the_first_of_its_services_failed(checked: Server) -> None:
    now = timezone.now()
    for kind, code, hours in (("imap", "closed_at_once", 1), ("smtp", "tcp_refused", 2)):
        known(checked, kind, state="fails", code=code, since=now - timedelta(hours=hours))
    row = only_row(board())
    assert (row.since, row.title) == (now - timedelta(hours=2), "The server refused the connection")


def test_the_certificate_that_ends_first_is_told_and_is_good_on_its_last_day(checked: Server) -> None:
    today = timezone.localdate()
    for kind, days in (("imap", 40), ("smtp", 0)):
        ends = today + timedelta(days=days)
        known(
            checked, kind, state="works", since=timezone.now(), certificate_ends=ends, expires_soon=not days
        )
    found = only_row(board()).certificate
    assert found is not None
    assert (found.state, found.title, found.ends) == ("warn", "0 days left", today)
    assert board().lede == "1 works, 1 certificate ends soon."


def test_the_page_says_when_the_last_check_was_how_often_there_is_one_and_of_how_many_domains(
    desk: Client, checked: Server, settings: Settings
) -> None:
    settings.TIME_ZONE = "UTC"
    older = Server.objects.create(name="mail8")
    for number in range(2):
        Domain.objects.create(name=f"n{number}.example", server=older)
    now = timezone.now()
    WatchedServer.objects.create(server=older, checked_at=now - timedelta(minutes=40))
    page = read(desk.get("/servers/"))
    assert "2 servers, 3 domains" in page.text
    told = page.one("section", "verdict").one("dl", "ref")
    assert told.one("dt").text == "Checked every 60 minutes"
    last = WatchedServer.objects.get(server=checked).checked_at
    assert last is not None
    assert told.one("time")["datetime"] == last.isoformat()


def test_what_has_changed_is_listed_as_far_as_there_is_room(checked: Server, limits: Limits) -> None:
    limits(watch_flips_limit=2)
    for hours in (3, 1, 2):
        WatchFlip.objects.create(
            server=checked,
            kind="failed",
            type="imap",
            hostname=f"after{hours}",
            port=1,
            happened_at=timezone.now() - timedelta(hours=hours),
        )
    assert [news.text.rpartition(" ")[2] for news in board().news] == ["after1", "after2"]


def test_a_row_says_since_when_until_when_and_leads_to_its_server(desk: Client, checked: Server) -> None:
    now = timezone.now()
    known(
        checked,
        "imap",
        state="fails",
        code="tcp_refused",
        since=now - timedelta(hours=3),
        certificate_ends=timezone.localdate() + timedelta(days=40),
    )
    page = read(desk.get("/servers/"))
    (row,) = page.one("tbody").all("tr")
    assert row.links() == {"mail7": f"/admin/hosting/server/{checked.pk}/change/"}
    assert f"Since {date_format(timezone.localtime(now - timedelta(hours=3)), 'DATETIME_FORMAT')}" in row.text
    assert "40 days left Until 5 January 2027" in row.text
    assert row.one("span", "hours")["aria-label"] == "No failed check in the last 24 hours, not checked in 24"
