"""Reads: which servers are due, what to look at, and what the page shows."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from mailsetup.clientconfig import Address, ServerSettings, fill_placeholders
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.selectors import tests_of
from mailsetup.hosting.models import Domain, Server
from mailsetup.probes.findings import Status
from mailsetup.watch.models import RecoveryNotice, WatchCheck, WatchedServer, WatchedService, WatchFlip

_PER_MAILBOX = ("%EMAILLOCALPART%", "%EMAILADDRESS%")


@dataclass(frozen=True, slots=True)
class Target:
    """One way into a server as it is to be looked at.

    `pattern` is the host name in the provider's file, `domain` what stands in it in place of the placeholder;
    empty where there is none.
    """

    pattern: str
    domain: str
    service: ServerSettings


def in_use() -> QuerySet[Server]:
    """The servers that have an enabled domain."""
    return Server.objects.filter(Exists(Domain.objects.filter(server=OuterRef("pk"), enabled=True)))


def due(now: datetime) -> QuerySet[WatchedServer]:
    """The servers whose next check should have begun, the longest overdue first."""
    # A shorter interval than before counts at once.
    latest = now + timedelta(minutes=settings.WATCH.watch_interval_minutes)
    waiting = WatchedServer.objects.filter(Q(due_at__lte=now) | Q(due_at__gt=latest), server__in=in_use())
    return waiting.exclude(pk__in=running(now)).order_by("due_at")


def running(now: datetime) -> QuerySet[WatchedServer]:
    """The servers that a worker is looking at, or is asked to."""
    # A task may wait as long as it may take; one that took longer has lost its worker.
    lost = now - timedelta(seconds=2 * settings.PROBES.probe_overall_seconds)
    unfinished = Q(checked_at=None) | Q(checked_at__lt=F("claimed_at"))
    return WatchedServer.objects.filter(unfinished, claimed_at__gt=lost)


def targets_of(server_id: int) -> list[Target]:
    """Each way into a server once, with the first of its enabled domains where the host name needs one.

    A host name that depends on the mailbox can't be told without one and is left out.
    """
    names = Domain.objects.filter(server=server_id, enabled=True).order_by("name")
    domain = names.values_list("name", flat=True).first()
    server = Server.objects.filter(pk=server_id).prefetch_related("services").first()
    if domain is None or server is None:
        return []
    found: dict[tuple[str, ...], Target] = {}
    for row in server.services.all():
        if any(placeholder in row.hostname for placeholder in _PER_MAILBOX):
            continue
        hostname = fill_placeholders(row.hostname, local_part="", domain=domain)
        key = (row.type, row.hostname, str(row.port), row.socket_type)
        target = Target(
            pattern=row.hostname,
            domain=domain if hostname != row.hostname else "",
            service=replace(row.as_settings(), hostname=hostname),
        )
        found.setdefault(key, target)
    return list(found.values())


def watched_servers() -> QuerySet[Server]:
    """The servers in use, each with its services, its last check, and how many domains it serves."""
    enabled = Count("domains", filter=Q(domains__enabled=True))
    servers = in_use().select_related("watch").prefetch_related("watched_services")
    return servers.annotate(domains_count=enabled).order_by("name")


def failing_servers() -> QuerySet[Server]:
    """The servers in use of which a service failed when it was last looked at."""
    failing = WatchedService.objects.filter(server=OuterRef("pk"), state=WatchedService.State.FAILS)
    return in_use().filter(Exists(failing)).select_related("watch").prefetch_related("watched_services")


def checks_since(moment: datetime) -> QuerySet[WatchCheck]:
    return WatchCheck.objects.filter(checked_at__gt=moment)


def latest_flips() -> QuerySet[WatchFlip]:
    """The newest of all servers, with theirs."""
    return WatchFlip.objects.select_related("server")[: settings.WATCH.watch_flips_limit]


def watched_as(test: ConnectionTest, service: ServerSettings) -> WatchedService | None:
    """A service of `test` as the watch knows it: maybe by another name, where each domain has its own."""
    if test.domain is None or test.domain.server.name != test.server:
        return None
    same = WatchedService.objects.filter(
        server=test.domain.server_id,
        type=service.type.value,
        port=service.port,
        socket_type=service.socket_type.value,
    )
    local_part, _at, domain = test.address.rpartition("@")
    for row in same.select_related("server__watch"):
        if fill_placeholders(row.pattern, local_part=local_part, domain=domain) == service.hostname:
            return row
    return None


def last_check_before(row: WatchedService, moment: datetime) -> WatchCheck | None:
    return WatchCheck.objects.filter(server=row.server_id, checked_at__lt=moment).last()


def failure_told_at(row: WatchedService) -> datetime | None:
    """When staff were told of a failure that lasts; None where they were not yet, or where nobody is told."""
    if not settings.WATCH_MAIL_TO or row.failed_at is None:
        return None
    flips = WatchFlip.objects.filter(server=row.server_id, kind=WatchFlip.Kind.FAILED, type=row.type)
    same = flips.filter(hostname=row.hostname, port=row.port, happened_at=row.failed_at)
    return same.values_list("told_at", flat=True).first()


# --- Notices of a recovery -----------------------------------------------------------------------------


def failed_services(test: ConnectionTest) -> tuple[ServerSettings, ...]:
    """The services that failed in `test`, as far as a look goes: without a user name."""
    failed = {step.service for step in test.steps.all() if step.status == Status.FAILED}
    planned = enumerate(test.planned())
    looked_at = (
        ServerSettings(service.type, service.hostname, service.port, service.socket_type)
        for index, service in planned
        if index in failed
    )
    return tuple(dict.fromkeys(looked_at))


def oldest_awaited() -> datetime:
    """Of tests that ended since then somebody may hear that their servers work again."""
    return timezone.now() - timedelta(days=settings.WATCH.watch_notice_days)


def open_notices() -> QuerySet[RecoveryNotice]:
    """Of those who wait."""
    return RecoveryNotice.objects.filter(told_at=None, test__finished_at__gt=oldest_awaited())


def notice_of(user: User, test: ConnectionTest) -> RecoveryNotice | None:
    return RecoveryNotice.objects.filter(user=user, test=test).first()


def has_room_for_notice(user: User, test: ConnectionTest) -> bool:
    """Whether `user` may be told of one more thing, and their customer's people together."""
    limits, lately = settings.WATCH, _notices_that_count()
    if lately.filter(user=user).count() >= limits.watch_notices_limit:
        return False
    theirs = lately.filter(test__customer=test.customer_id).count() if test.customer_id else 0
    return theirs < limits.watch_customer_notices_limit


def recipient_has_room(recipient: Address) -> bool:
    """Whether one more may go to its mailbox from those who sign in elsewhere, whoever asks for it.

    What goes where whoever asks signs in doesn't count, nor is it counted: others could use that up.
    """
    theirs = _notices_that_count().filter(recipient_mailbox=recipient.mailbox).count()
    return bool(theirs < settings.WATCH.watch_recipient_notices_limit)


def _notices_that_count() -> QuerySet[RecoveryNotice]:
    """Those that wait, and those that were given within a day."""
    return RecoveryNotice.objects.filter(
        Q(told_at=None, test__finished_at__gt=oldest_awaited())
        | Q(told_at__gt=timezone.now() - timedelta(days=1))
    )


def due_notices(now: datetime) -> QuerySet[RecoveryNotice]:
    """Whose services should be looked at, the longest overdue first."""
    return open_notices().filter(due_at__lte=now).order_by("due_at", "pk")


def claimed_notices(claimed_at: datetime) -> QuerySet[RecoveryNotice]:
    """Those of one look, with all that it takes to tell somebody."""
    claimed = open_notices().filter(claimed_at=claimed_at)
    return claimed.select_related("user", "test").prefetch_related("test__steps")


def may_hear_of(notice: RecoveryNotice) -> bool:
    """Whether the test is still theirs to see: people leave, and domains move."""
    return notice.user.is_active and tests_of(notice.user).filter(pk=notice.test_id).exists()
