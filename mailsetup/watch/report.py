"""The page of servers: each with its state now, its last day and its certificate; the worst first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailsetup.clientconfig import display_domain
from mailsetup.hosting.models import Server
from mailsetup.watch import selectors
from mailsetup.watch.models import WatchCheck, WatchedService
from mailsetup.watch.news import News, State, cause_of, news_of, places

_ORDER: tuple[State, ...] = ("bad", "warn", "skip", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Services that fail, or failed when they were last looked at, and why."""

    places: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The one of a server that ends first; `state` is empty while there is time."""

    state: State | None
    title: str
    ends: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRow:
    """One server. `since` is when its state began, `domain` the one whose host names were asked."""

    pk: int
    name: str
    software: str
    domains_count: int
    domain: str
    state: State
    title: str
    since: datetime | None
    troubles: list[Trouble]
    hours: list[State]
    hours_label: str
    certificate: Certificate | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The page."""

    state: State
    headline: str
    lede: str
    rows: list[ServerRow]
    domains_count: int
    checked_at: datetime | None
    news: list[News]


def board() -> Board:
    """Everything that the page shows, by a few queries however many servers there are."""
    now = timezone.now()
    day_ago = now - timedelta(hours=24)
    checks: dict[int, list[WatchCheck]] = defaultdict(list)
    for check in selectors.checks_since(day_ago - _patience()):
        checks[check.server_id].append(check)
    rows = [_row(server, checks[server.pk], now) for server in selectors.watched_servers()]
    rows.sort(key=lambda row: _ORDER.index(row.state))
    return Board(
        state=rows[0].state if rows else "skip",
        headline=_headline(rows),
        lede=_lede(rows),
        rows=rows,
        domains_count=sum(row.domains_count for row in rows),
        checked_at=max((row.checked_at for row in rows if row.checked_at), default=None),
        news=news_of(selectors.latest_flips()),
    )


def servers_with_trouble() -> list[ServerRow]:
    """The rows of the servers that fail, the longest first; nothing is counted for them."""
    now = timezone.now()
    rows = [_row(server, [], now) for server in selectors.failing_servers()]
    failing = [row for row in rows if row.state == "bad"]
    return sorted(failing, key=lambda row: row.since or now)


def _patience() -> timedelta:
    """How long a check counts: until the next should be over, and as long again."""
    return timedelta(minutes=2 * settings.WATCH.watch_interval_minutes)


def _row(server: Server, checks: Sequence[WatchCheck], now: datetime) -> ServerRow:
    services = list(server.watched_services.all())
    watch = getattr(server, "watch", None)
    checked_at = watch.checked_at if watch else None
    state, title, since = _now(services, checked_at, now)
    hours = _hours(checks, now)
    return ServerRow(
        pk=server.pk,
        name=server.name,
        software=server.software,
        domains_count=getattr(server, "domains_count", 0),
        domain=display_domain(next((each.domain for each in services if each.domain), "")),
        state=state,
        title=title,
        since=since,
        troubles=_troubles(services) if state != "skip" else [],
        hours=hours,
        hours_label=_hours_label(hours),
        certificate=_certificate(services, now),
        checked_at=checked_at,
    )


def _now(
    services: Sequence[WatchedService], checked_at: datetime | None, now: datetime
) -> tuple[State, str, datetime | None]:
    """How the server does, in a word or two, and since when."""
    if checked_at is None:
        return "skip", _("Not checked yet"), None
    if not services or now - checked_at > _patience():
        # What was true then may be true no more.
        return "skip", _("Not checked since"), checked_at
    failing = [each for each in services if each.state == WatchedService.State.FAILS]
    if failing:
        worst = min(failing, key=lambda each: each.since or now)
        return "bad", cause_of(worst.code, worst.hostname, worst.port), worst.since
    suspected = [each for each in services if each.suspected]
    if suspected:
        return "warn", _("One check failed, the next decides"), suspected[0].failed_at
    if all(each.state == WatchedService.State.UNKNOWN for each in services):
        return "skip", _("Can’t be checked from here"), None
    return "ok", _("Works"), max(each.since for each in services if each.since)


def _troubles(services: Sequence[WatchedService]) -> list[Trouble]:
    by_code: dict[str, list[WatchedService]] = defaultdict(list)
    for service in services:
        if service.failed_at is not None:
            by_code[service.code].append(service)
    return [Trouble(places=places(same), code=code) for code, same in by_code.items()]


def _hours(checks: Sequence[WatchCheck], now: datetime) -> list[State]:
    """The last 24 hours, the oldest first: each as its worst check, or as the one before went."""
    states: list[State] = []
    for ago in range(24, 0, -1):
        begin, end = now - timedelta(hours=ago), now - timedelta(hours=ago - 1)
        within = [check for check in checks if begin < check.checked_at <= end]
        before = [check for check in checks if end - _patience() < check.checked_at <= begin]
        counted = within or before[-1:]
        if not counted:
            states.append("skip")
        else:
            states.append("ok" if all(check.passed for check in counted) else "bad")
    return states


def _hours_label(hours: Sequence[State]) -> str:
    """The bars for those who can't see them."""
    failed, unknown = hours.count("bad"), hours.count("skip")
    words = [
        ngettext(
            "Failed in %(count)s of the last 24 hours", "Failed in %(count)s of the last 24 hours", failed
        )
        % {"count": failed}
        if failed
        else _("No failed check in the last 24 hours")
    ]
    if unknown:
        words.append(
            ngettext("not checked in %(count)s", "not checked in %(count)s", unknown) % {"count": unknown}
        )
    return ", ".join(words)


def _certificate(services: Sequence[WatchedService], now: datetime) -> Certificate | None:
    dated = [each for each in services if each.certificate_ends]
    if not dated:
        return None
    first = min(dated, key=lambda each: each.certificate_ends or date.max)
    ends = first.certificate_ends or date.max
    days = (ends - timezone.localdate(now)).days
    if first.code == "cert_expired" or days < 0:
        return Certificate(state="bad", title=_("Ran out"), ends=ends)
    title = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return Certificate(state="warn" if first.expires_soon else None, title=title, ends=ends)


def _headline(rows: Sequence[ServerRow]) -> str:
    failing = [row for row in rows if row.state == "bad"]
    suspected = [row for row in rows if row.state == "warn"]
    if not rows:
        return _("No server to watch")
    if len(failing) == 1:
        return _("%(server)s is failing") % {"server": failing[0].name}
    if failing:
        return _("%(count)s servers are failing") % {"count": len(failing)}
    if suspected:
        return _("One check failed, the next decides")
    if any(row.state == "skip" for row in rows):
        return _("Not all servers are checked")
    return _("All servers work")


def _lede(rows: Sequence[ServerRow]) -> str:
    """How many of each kind there are, in a sentence."""
    if not rows:
        return _("A server is watched as soon as a domain of it is enabled.")
    counts = {state: sum(row.state == state for row in rows) for state in _ORDER}
    expiring = sum(row.certificate is not None and row.certificate.state == "warn" for row in rows)
    words = (
        (counts["ok"], ngettext("%(count)s works", "%(count)s work", counts["ok"])),
        (counts["bad"], ngettext("%(count)s fails", "%(count)s fail", counts["bad"])),
        (counts["warn"], ngettext("%(count)s in doubt", "%(count)s in doubt", counts["warn"])),
        (counts["skip"], ngettext("%(count)s not checked", "%(count)s not checked", counts["skip"])),
        (expiring, ngettext("%(count)s certificate ends soon", "%(count)s certificates end soon", expiring)),
    )
    return ", ".join(text % {"count": count} for count, text in words if count) + "."
