"""The page of a test that failed says when its servers worked last, and since when support knows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.hosting.models import Domain, Server, Service
from mailsetup.probes.findings import Code, Verdict
from mailsetup.watch.models import WatchedService
from tests.connection_tests.runs import findings, finished, queued, without_sign_in
from tests.connection_tests.shown import Shown
from tests.html import Element, read
from tests.watch.conftest import Later
from tests.watch.lab import HANGS_UP, MailServer, failed, look, path_of

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def sightings(page: Element) -> list[tuple[str, str, str]]:
    """State, title and text of each line; none where the page has no such part."""
    parts = [part for part in page.all("section") if part.attributes.get("aria-labelledby") == "when"]
    return [
        (line["data-state"], line.one("b").text.partition(": ")[2], line.one("p").text)
        for part in parts
        for line in part.all("li")
    ]


def fails_twice(later: Later) -> None:
    """Two checks in a row see it, so that staff are told."""
    for minutes in (60, 5):
        later(minutes=minutes)
        look()


def test_the_page_says_when_it_last_worked_and_since_when_support_knows(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later
) -> None:
    server.is_mended()
    look()
    server.breaks(server.sending)
    fails_twice(later)
    later(minutes=1)
    found = findings(Protocol.IMAP, (1, HANGS_UP))
    shown = Shown(signed_in(owner).get(path_of(failed(owner, found=found))))
    told_at = timezone.localtime(timezone.now() - timedelta(minutes=1)).strftime("%H:%M")
    assert shown.lede.startswith("Receiving works. Sending stopped at “greeting”.")
    assert shown.lede.endswith(f"Support has known since {told_at}.")
    assert sightings(shown.page) == [
        ("bad", "This test", "Sending stopped at “greeting”."),
        ("bad", "Our own check", "Sending stopped at “greeting”."),
        ("ok", "Our own check", "Sending worked."),
    ]


def test_what_support_has_not_been_told_it_is_not_said_to_know(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later, settings: Settings
) -> None:
    settings.WATCH_MAIL_TO = ()
    server.is_mended()
    look()
    server.breaks()
    fails_twice(later)
    shown = Shown(signed_in(owner).get(path_of(failed(owner))))
    assert "Support" not in shown.lede
    assert sightings(shown.page)[1] == (
        "bad",
        "Our own check",
        "Receiving stopped at “greeting”. Sending stopped at “greeting”.",
    )


def test_support_does_not_know_all_where_it_was_told_of_one(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later
) -> None:
    server.is_mended()
    look()
    server.breaks(server.receiving)
    fails_twice(later)
    server.breaks()
    later(hours=1)
    look()
    shown = Shown(signed_in(owner).get(path_of(failed(owner))))
    assert "Support" not in shown.lede


def test_a_test_without_a_password_is_no_good_one(
    server: MailServer, owner: User, signed_in: SignedIn
) -> None:
    up_to_sign_in = without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1)
    good = finished(queued(owner, password=""), up_to_sign_in)
    good.refresh_from_db()
    assert good.verdict == Verdict.PASSED
    assert sightings(read(signed_in(owner).get(path_of(failed(owner))))) == []


def test_a_check_that_saw_it_work_and_the_last_good_test_are_said(
    server: MailServer, owner: User, colleague: User, signed_in: SignedIn, later: Later
) -> None:
    server.is_mended()
    finished(queued(owner), findings())
    finished(queued(owner, password=""), findings(Protocol.IMAP, (0, HANGS_UP)))
    later(minutes=1)
    look()
    later(minutes=1)
    assert sightings(read(signed_in(owner).get(path_of(failed(owner))))) == [
        (
            "bad",
            "This test",
            "Receiving stopped at “greeting”. Sending stopped at “greeting”.",
        ),
        ("ok", "Our own check", "Receiving worked. Sending worked."),
        ("ok", "The last good test", "Receiving and sending worked, with the password."),
    ]
    # A colleague's page tells nothing of tests that aren't theirs.
    assert [line[1] for line in sightings(read(signed_in(colleague).get(path_of(failed(colleague)))))] == [
        "This test",
        "Our own check",
    ]


def test_a_check_by_another_customers_name_is_called_that_and_does_not_name_them(
    server: MailServer, owner: User, signed_in: SignedIn, settings: Settings
) -> None:
    Service.objects.update(hostname="mail.%EMAILDOMAIN%")
    Domain.objects.create(name="aardvark.example", server=server.row)
    settings.PROBE_HOSTS = {"mail.aardvark.example": ("127.0.0.1",)}
    server.is_mended()
    server.imap.starttls = server.submission.starttls = server.authority.good("mail.aardvark.example")
    look()
    assert {row.hostname for row in WatchedService.objects.all()} == {"mail.aardvark.example"}
    answer = signed_in(owner).get(path_of(failed(owner)))
    assert [line[1] for line in sightings(read(answer))] == ["This test", "Our own check, by another name"]
    assert "aardvark" not in answer.content.decode()


def test_where_nothing_is_known_nothing_is_said(server: MailServer, owner: User, signed_in: SignedIn) -> None:
    test = failed(owner)
    assert sightings(read(signed_in(owner).get(path_of(test)))) == []
    # A server that the domain has left says nothing about this one.
    look()
    another = Server.objects.create(name="another")
    Domain.objects.update(server=another)
    WatchedService.objects.update(server=another)
    assert sightings(read(signed_in(owner).get(path_of(test)))) == []


def test_support_has_known_all_of_it_since_it_was_told_of_the_second(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later
) -> None:
    server.is_mended()
    look()
    server.breaks(server.receiving)
    fails_twice(later)
    server.breaks()
    fails_twice(later)
    later(minutes=10)
    shown = Shown(signed_in(owner).get(path_of(failed(owner))))
    told_at = timezone.localtime(timezone.now() - timedelta(minutes=10)).strftime("%H:%M")
    assert shown.lede.endswith(f"Support has known since {told_at}.")
