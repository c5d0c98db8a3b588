"""What a check finds, what has changed by it, and whom it wakes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dns.resolver
import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django.fixtures import Settings

from mailsetup.hosting.models import Domain, Server, Service
from mailsetup.watch import runner
from mailsetup.watch.models import WatchCheck, WatchedServer, WatchedService, WatchFlip
from mailsetup.watch.services import claim_due
from tests.faults import closed_port
from tests.watch.conftest import Later
from tests.watch.lab import MailServer, kinds, look

Outbox = list[EmailMessage]
BOTH_FAILED = [("failed", "imap"), ("failed", "smtp")]
BOTH_RECOVERED = [("recovered", "imap"), ("recovered", "smtp")]


def states() -> dict[str, tuple[str, str]]:
    return {row.type: (row.state, row.code) for row in WatchedService.objects.all()}


def test_a_server_that_works_is_noted_and_nobody_is_told(mail_server: MailServer, mailoutbox: Outbox) -> None:
    look()
    assert states() == {"imap": ("works", ""), "smtp": ("works", "")}
    ends = {row.certificate_ends for row in WatchedService.objects.all()}
    assert ends == {(datetime.now(UTC) + timedelta(days=90)).date()}
    assert WatchCheck.objects.get().passed
    assert not kinds()
    assert not mailoutbox


def test_a_look_needs_no_password(mail_server: MailServer) -> None:
    look()
    # Once a day it asks besides what takes connections of their own to see.
    assert 2 <= mail_server.connections <= 6
    assert not mail_server.maildrop.attempts


def test_a_server_that_dies_is_told_once_after_two_failed_checks(
    mail_server: MailServer, mailoutbox: Outbox, later: Later
) -> None:
    look()
    mail_server.breaks()
    later(hours=1)
    look()
    assert not kinds()
    assert not mailoutbox, "one refused connection may be a restart"
    later(minutes=5)
    look()
    assert kinds() == BOTH_FAILED
    assert states() == {"imap": ("fails", "closed_at_once"), "smtp": ("fails", "closed_at_once")}
    assert [mail.to for mail in mailoutbox] == [["ops@hoster.example"], ["boss@hoster.example"]]
    for _ in range(3):
        later(hours=1)
        look()
    assert kinds() == BOTH_FAILED
    assert len(mailoutbox) == 2
    assert list(WatchCheck.objects.values_list("passed", flat=True)) == [True] + [False] * 5


def test_a_failure_began_with_its_first_check(mail_server: MailServer, later: Later) -> None:
    look()
    mail_server.breaks()
    later(hours=1)
    look()
    began = WatchCheck.objects.last()
    later(minutes=5)
    look()
    assert began is not None
    assert {flip.happened_at for flip in WatchFlip.objects.all()} == {began.checked_at}
    assert {row.since for row in WatchedService.objects.all()} == {began.checked_at}


def test_a_restart_wakes_nobody(mail_server: MailServer, mailoutbox: Outbox, later: Later) -> None:
    for _ in range(3):
        mail_server.breaks()
        look()
        mail_server.is_mended()
        later(minutes=5)
        look()
        later(hours=1)
    assert states() == {"imap": ("works", ""), "smtp": ("works", "")}
    assert not kinds()
    assert not mailoutbox


def test_a_server_that_works_again_is_told_after_one_check(
    mail_server: MailServer, mailoutbox: Outbox, later: Later
) -> None:
    mail_server.breaks()
    look()
    later(minutes=5)
    look()
    mailoutbox.clear()
    mail_server.is_mended()
    later(minutes=60)
    look()
    assert kinds() == BOTH_FAILED + BOTH_RECOVERED
    assert [mail.subject for mail in mailoutbox] == ["mail1 works again"] * 2
    assert "After 1\xa0hour, 5\xa0minutes" in mailoutbox[0].body


def test_a_hundred_servers_that_die_make_two_mails_and_not_a_hundred(
    mail_server: MailServer, mailoutbox: Outbox, later: Later, settings: Settings
) -> None:
    settings.WATCH_MAIL_TO = ("ops@hoster.example",)

    def dies(name: str) -> None:
        told = {"server": Server.objects.create(name=name), "kind": "failed", "happened_at": timezone.now()}
        for kind in ("imap", "smtp"):
            WatchFlip.objects.create(type=kind, hostname="a.example", port=1, **told)

    dies("first")
    look()
    assert [mail.subject for mail in mailoutbox] == ["first began to fail"]
    for name in ("second", "third", "fourth"):
        dies(name)
        later(minutes=1)
        look()
    assert len(mailoutbox) == 1
    later(minutes=2)
    look()
    assert mailoutbox[1].subject == "second began to fail, and 2 more"
    for name in ("second", "third", "fourth"):
        assert f"{name} began to fail" in mailoutbox[1].body
    assert "first" not in mailoutbox[1].body
    later(hours=1)
    look()
    assert len(mailoutbox) == 2


def test_what_a_worker_found_before_it_was_killed_is_told_by_the_next(
    mail_server: MailServer, mailoutbox: Outbox, later: Later
) -> None:
    mail_server.breaks()
    look()
    later(minutes=5)
    for claim in claim_due():
        runner.check(claim)
    assert kinds() == BOTH_FAILED
    assert not mailoutbox
    look()
    assert [mail.subject for mail in mailoutbox] == ["mail1 began to fail"] * 2


def test_who_asks_to_be_told_later_hears_nothing_old(
    mail_server: MailServer, mailoutbox: Outbox, later: Later, settings: Settings
) -> None:
    wanted, settings.WATCH_MAIL_TO = settings.WATCH_MAIL_TO, ()
    mail_server.breaks()
    look()
    later(minutes=5)
    look()
    assert kinds() == BOTH_FAILED
    settings.WATCH_MAIL_TO = wanted
    later(minutes=20)
    look()
    assert not mailoutbox


def test_one_of_two_services_fails_alone(mail_server: MailServer, later: Later) -> None:
    mail_server.breaks(mail_server.sending)
    look()
    later(minutes=5)
    look()
    assert kinds() == [("failed", "smtp")]
    assert states() == {"imap": ("works", ""), "smtp": ("fails", "closed_at_once")}


def test_a_mail_says_what_and_where_in_plain_words_and_by_code(
    mail_server: MailServer, mailoutbox: Outbox, later: Later, settings: Settings
) -> None:
    settings.PORTAL_URL = "https://portal.hoster.example"
    ports = [closed_port(), closed_port()]
    for service, port in zip(Service.objects.all(), ports, strict=True):
        Service.objects.filter(pk=service.pk).update(port=port)
    look()
    later(minutes=5)
    look()
    mail = mailoutbox[0]
    assert mail.subject == "mail1 began to fail"
    assert "tcp_refused" in mail.body
    assert f"IMAP {ports[0]}, SMTP {ports[1]} at mail.hoster.test" in mail.body
    assert "https://portal.hoster.example/servers/" in mail.body


def test_nobody_is_told_where_nobody_is_named(
    mail_server: MailServer, mailoutbox: Outbox, later: Later, settings: Settings
) -> None:
    settings.WATCH_MAIL_TO = ()
    mail_server.breaks()
    look()
    later(minutes=5)
    look()
    assert kinds() == BOTH_FAILED
    assert not mailoutbox


# --- Certificates -------------------------------------------------------------------------------------


def test_a_certificate_that_ends_soon_is_told_once_and_its_renewal_too(
    mail_server: MailServer, mailoutbox: Outbox, later: Later
) -> None:
    mail_server.certify(days=13)
    ends = (datetime.now(UTC) + timedelta(days=13)).date()  # before the clock moves on, past midnight perhaps
    for _ in range(5):
        look()
        later(hours=1)
    assert kinds() == [("expiring", "imap"), ("expiring", "smtp")]
    assert [mail.subject for mail in mailoutbox] == ["mail1: the certificate ends soon"] * 2
    assert f"{ends.day} {ends:%B %Y}" in mailoutbox[0].body
    assert states() == {"imap": ("works", ""), "smtp": ("works", "")}, "it still works"
    mail_server.certify(days=90)
    look()
    assert kinds()[2:] == [("renewed", "imap"), ("renewed", "smtp")]
    assert mailoutbox[-1].subject == "mail1: the certificate was renewed"


def test_fifteen_days_are_enough(mail_server: MailServer, mailoutbox: Outbox) -> None:
    mail_server.certify(days=15)
    look()
    assert not kinds()
    assert not mailoutbox


def test_a_certificate_that_ran_out_and_its_successor_are_a_failure_and_its_end(
    mail_server: MailServer, later: Later
) -> None:
    mail_server.certify(days=13)
    look()
    mail_server.certify(days=-1)
    later(hours=1)
    look()
    later(minutes=5)
    look()
    assert states() == {"imap": ("fails", "cert_expired"), "smtp": ("fails", "cert_expired")}
    mail_server.certify(days=90)
    later(hours=1)
    look()
    assert kinds()[2:] == BOTH_FAILED + BOTH_RECOVERED


def test_a_server_that_is_down_has_not_renewed_its_certificate(mail_server: MailServer, later: Later) -> None:
    mail_server.certify(days=13)
    look()
    mail_server.breaks()
    for _ in range(2):
        later(hours=1)
        look()
    mail_server.is_mended()
    later(hours=1)
    look()
    assert "renewed" not in dict(kinds())
    assert all(row.expires_soon for row in WatchedService.objects.all())


# --- What is looked at --------------------------------------------------------------------------------


def test_a_placeholder_is_the_first_enabled_domain(mail_server: MailServer, settings: Settings) -> None:
    mail_server.serves("zebra.example", "apple.example", "aaa.example")
    Domain.objects.filter(name="aaa.example").update(enabled=False)
    Service.objects.filter(type="imap").update(hostname="mail.%EMAILDOMAIN%")
    settings.PROBE_HOSTS = {**settings.PROBE_HOSTS, "mail.apple.example": ("127.0.0.1",)}
    look()
    found = {row.type: (row.hostname, row.domain) for row in WatchedService.objects.all()}
    assert found == {"imap": ("mail.apple.example", "apple.example"), "smtp": ("mail.hoster.test", "")}


def test_a_host_name_of_each_mailbox_is_left_out(mail_server: MailServer) -> None:
    Service.objects.filter(type="imap").update(hostname="%EMAILLOCALPART%.hoster.test")
    look()
    assert states() == {"smtp": ("works", "")}


def test_a_service_that_is_gone_is_forgotten_and_one_made_anew_is_the_same(
    mail_server: MailServer, later: Later
) -> None:
    """The provider's file makes all services of a server anew when one has changed."""
    look()
    since = WatchedService.objects.get(type="imap").since
    kept = Service.objects.get(type="imap")
    Service.objects.all().delete()
    kept.pk = None
    kept.save()
    later(hours=1)
    look()
    assert states() == {"imap": ("works", "")}
    assert WatchedService.objects.get().since == since


def test_a_private_address_is_not_connected_to(mail_server: MailServer, settings: Settings) -> None:
    settings.PROBE_ALLOWED_NETWORKS = ()
    look()
    assert mail_server.connections == 0
    assert {row.code for row in WatchedService.objects.all()} == {"dns_private_address"}


def test_a_fault_of_ours_is_not_theirs(
    mail_server: MailServer,
    mailoutbox: Outbox,
    later: Later,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look()

    def no_resolver(*_call: Any) -> None:
        raise dns.resolver.NoResolverConfiguration

    settings.PROBE_HOSTS = {}
    monkeypatch.setattr("mailsetup.probes.wire.network.new_resolver", no_resolver)
    for _ in range(3):
        later(hours=1)
        look()
    assert states() == {"imap": ("works", ""), "smtp": ("works", "")}
    assert WatchCheck.objects.count() == 1
    assert not mailoutbox


def test_nothing_of_what_a_server_says_is_kept(mail_server: MailServer, later: Later) -> None:
    mail_server.imap.greeting = "* BYE canary-of-a-server"
    mail_server.imap.capabilities = "IMAP4rev1 canary-of-a-server"
    for _ in range(2):
        look()
        later(hours=1)
    rows = [
        str(row)
        for model in (WatchedServer, WatchedService, WatchCheck, WatchFlip)
        for row in model._default_manager.values()
    ]
    assert kinds() == [("failed", "imap")]
    assert "canary" not in "".join(rows)


def test_the_worst_names_the_mail_and_each_says_when_it_was(
    mail_server: MailServer, mailoutbox: Outbox, settings: Settings
) -> None:
    settings.TIME_ZONE = "UTC"
    for name, kind, at in (("mail8", "recovered", 9), ("mail9", "failed", 10)):
        WatchFlip.objects.create(
            server=Server.objects.create(name=name),
            kind=kind,
            type="imap",
            hostname="a.example",
            port=1,
            happened_at=datetime(2026, 3, 2, at, 30, tzinfo=UTC),
        )
    look()
    mail = mailoutbox[0]
    assert mail.subject == "mail9 began to fail, and one more"
    assert mail.body.startswith("mail9 began to fail (2 March 2026, 10:30)\n")
    assert "mail8 works again (2 March 2026, 09:30)\n" in mail.body
