"""What staff are told of flips, on the page and by mail: once, and what happened together in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import tasks
from accounts.brands import portal_url
from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.connection_tests.explanations import explain
from mailsetup.probes.findings import Code
from mailsetup.watch import services
from mailsetup.watch.models import WatchedService, WatchFlip

State = Literal["ok", "warn", "bad", "skip"]
_STATES: dict[str, State] = {
    WatchFlip.Kind.FAILED: "bad",
    WatchFlip.Kind.EXPIRING: "warn",
    WatchFlip.Kind.RECOVERED: "ok",
    WatchFlip.Kind.RENEWED: "ok",
}
_WORST_FIRST = ("bad", "warn", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened to one server; `code` is empty for what is good news."""

    state: State
    title: str
    text: str
    code: str
    at: datetime


def cause_of(code: str, hostname: str, port: int) -> str:
    """The words for a code, as the connection test says them; an old code that is gone stands for itself."""
    known = Code(code)
    if known is Code.UNKNOWN:
        return code
    # What they depend on is the name and the port alone.
    service = ServerSettings(ServiceType.IMAP, hostname, port, SocketType.SSL)
    return str(explain(known, service, {}).title)


def news_of(flips: Iterable[WatchFlip]) -> list[News]:
    """In the order of `flips`; what happened to several services of a server at once is one thing."""
    together: dict[tuple[object, ...], list[WatchFlip]] = {}
    for flip in flips:
        key = (flip.server_id, flip.kind, flip.code, flip.happened_at)
        together.setdefault(key, []).append(flip)
    return [_news(group) for group in together.values()]


def _news(group: Sequence[WatchFlip]) -> News:
    first = group[0]
    name = {"server": first.server.name}
    match first.kind:
        case WatchFlip.Kind.FAILED:
            title = _("%(server)s began to fail") % name
            what = cause_of(first.code, first.hostname, first.port)
        case WatchFlip.Kind.RECOVERED:
            title = _("%(server)s works again") % name
            what = _("After %(time)s") % {
                "time": timesince(first.failed_at or first.happened_at, first.happened_at)
            }
        case WatchFlip.Kind.EXPIRING:
            title = _("%(server)s: the certificate ends soon") % name
            what = _good_until(first.certificate_ends)
        case _:
            title = _("%(server)s: the certificate was renewed") % name
            what = _good_until(first.certificate_ends)
    failed = first.kind == WatchFlip.Kind.FAILED
    return News(
        state=_STATES[first.kind],
        title=title,
        text=f"{what}. {places(group)}",
        code=first.code if failed else "",
        at=first.happened_at,
    )


def places(rows: Iterable[WatchFlip | WatchedService]) -> str:
    """Where something is so, such as IMAP 993, SMTP 587 at mail.example.com."""
    at: dict[str, list[str]] = {}
    for row in rows:
        at.setdefault(row.hostname, []).append(f"{row.type.upper()} {row.port}")
    sentence = _("%(services)s at %(hostname)s")
    return "; ".join(
        sentence % {"services": ", ".join(services), "hostname": hostname}
        for hostname, services in at.items()
    )


def _good_until(ends: date | None) -> str:
    return _("It is good until %(date)s") % {"date": date_format(ends, "DATE_FORMAT") if ends else "–"}


@transaction.atomic
def mail() -> None:
    """Tell staff what has changed since they were told something, all servers in one mail; else nothing.

    What happens to one server is told at once. What happens to others within `watch_mail_minutes` after it
    waits for the end of these.
    """
    news = news_of(services.take_untold())
    if not news:
        return
    news.sort(key=lambda one: _WORST_FIRST.index(one.state))
    # A name is what the provider's file says, and a header has one line.
    subject = " ".join(news[0].title.split())
    if len(news) > 1:
        more = ngettext("%(first)s, and one more", "%(first)s, and %(count)d more", len(news) - 1)
        subject = more % {"first": subject, "count": len(news) - 1}
    url = portal_url() + reverse("mailsetup:servers")
    body = render_to_string("email/watch.txt", {"news": news, "url": url})
    for address in settings.WATCH_MAIL_TO:
        tasks.send_later(subject=subject, body=body, to=address)
