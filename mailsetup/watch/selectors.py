"""Reads: which servers are due, what to look at, and what the page shows."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from mailsetup.clientconfig import ServerSettings, fill_placeholders
from mailsetup.hosting.models import Domain, Server
from mailsetup.watch.models import WatchCheck, WatchedServer, WatchedService, WatchFlip

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
