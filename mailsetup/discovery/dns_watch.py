"""What the DNS of our domains says, where it leads programs and mail: known beforehand, mostly.

No page of a customer waits for DNS. One that asks about a domain at which nobody has looked is told so; a
thread looks, and the next page knows. A page of the desk gives it a moment.
"""

import hashlib
import ipaddress
import logging
import queue
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches

from accounts.brands import portal_host
from mailsetup.hosting import dns
from mailsetup.hosting.dns import Lead

logger = logging.getLogger(__name__)
# The formats that programs ask for by a name below the domain, and that name.
ASKED_BELOW = {"autoconfig": "autoconfig", "autodiscover": "autodiscover", "pacc": "ua-auto-config"}
_MAIL = "mail"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What DNS said last: a Lead, or the hosts that take mail; `at` in seconds since 1970."""

    at: float
    value: Any


@dataclass(frozen=True, slots=True)
class _Look:
    """When somebody last looked, and the last answer for each format, and for mail, that ever had one."""

    at: float
    answers: dict[str, _Answer]


class DnsWatcher:
    """Looks at the domains that pages ask about, a few at once, in threads of its own."""

    def __init__(self) -> None:
        self._queue: queue.Queue[str] = queue.Queue(settings.DISCOVERY.dns_looks_waiting_limit)
        self._waiting: set[str] = set()
        self._changed = threading.Condition()
        self._started = False

    def start(self) -> None:
        self._started = True
        for _number in range(settings.DISCOVERY.dns_looks_running_limit):
            threading.Thread(target=self._watch, name="dns watch", daemon=True).start()

    def leads_here(self, domain: str, slug: str) -> bool | None:
        """Whether a name leads to the portal, as `lead_of` says it."""
        lead = self.lead_of(domain, slug)
        return None if lead is None else lead is Lead.THERE

    def lead_of(self, domain: str, slug: str) -> Lead | None:
        """Where the name below `domain` leads by which programs ask for a format; None: not known.

        It asks nobody. `domain` is one of ours: strangers' names are never looked at.
        """
        if not dns_can_lead_here():
            return None
        lead: Lead | None = self._known(domain, slug)
        return lead

    def mail_hosts(self, domain: str) -> tuple[str, ...] | None:
        """The hosts that take mail for `domain`, one of ours, the best first; None: not known."""
        hosts: tuple[str, ...] | None = self._known(domain, _MAIL)
        return hosts

    def has_looked_at(self, domain: str) -> bool:
        """Whether somebody has looked, and it isn't time again; what isn't known then nobody answers for."""
        return not _is_due(_look_of(domain))

    def give_a_moment(self, domains: Iterable[str], *, seconds: float) -> None:
        """Have these domains looked at, as far as it's time, and wait until that is over or `seconds` are."""
        wanted = {domain for domain in domains if _is_due(_look_of(domain))}
        for domain in wanted:
            self._want(domain)
        if self._started:
            with self._changed:
                self._changed.wait_for(lambda: not wanted & self._waiting, seconds)

    def look_at(self, domain: str) -> None:
        """Ask DNS about one domain. Where nobody answers, what was known stays, as old as it is."""
        before = _look_of(domain)
        found: dict[str, Any] = {_MAIL: _mail_hosts(domain)}
        # Where DNS is silent each question takes its whole time, and other domains wait.
        if found[_MAIL] is not None and dns_can_lead_here():
            found |= {slug: _lead_of(domain, name) for slug, name in ASKED_BELOW.items()}
        now = time.time()
        new = {what: _Answer(now, value) for what, value in found.items() if value is not None}
        answers = (before.answers if before else {}) | new
        caches["dns"].set(_key(domain), _Look(now, answers), _kept().total_seconds())

    def look_at_next(self) -> None:
        """Wait until a page has asked about a domain, and look at it."""
        domain = self._queue.get()
        try:
            self.look_at(domain)
        finally:
            self._no_longer_waits(domain)

    def _known(self, domain: str, what: str) -> Any:
        look = _look_of(domain)
        if _is_due(look):
            self._want(domain)
        answer = look.answers.get(what) if look else None
        # Silence makes an answer no younger, however often somebody has looked since.
        if answer is None or time.time() - answer.at >= _kept().total_seconds():
            return None
        return answer.value

    def _want(self, domain: str) -> None:
        with self._changed:
            if domain in self._waiting:
                return
            self._waiting.add(domain)
        try:
            self._queue.put_nowait(domain)
        except queue.Full:
            self._no_longer_waits(domain)  # another page will ask

    def _no_longer_waits(self, domain: str) -> None:
        with self._changed:
            self._waiting.discard(domain)
            self._changed.notify_all()

    def _watch(self) -> None:
        while True:
            try:
                self.look_at_next()
            except Exception:  # one domain is no reason to know nothing of the others
                logger.exception("The DNS of a domain could not be looked at")


def _look_of(domain: str) -> _Look | None:
    look: _Look | None = caches["dns"].get(_key(domain))
    return look


def _is_due(look: _Look | None) -> bool:
    return look is None or time.time() - look.at >= settings.DISCOVERY.dns_look_again_seconds


def _mail_hosts(domain: str) -> tuple[str, ...] | None:
    return dns.mx_hosts(domain, settings.PROBE_RESOLVER, settings.DISCOVERY.dns_look_timeout_seconds)


def _lead_of(domain: str, name: str) -> Lead | None:
    server, limit = settings.PROBE_RESOLVER, settings.DISCOVERY.dns_look_timeout_seconds
    lead = dns.lead_of(f"{name}.{domain}", portal_host(), server, limit)
    if lead in (None, Lead.THERE) or name != "autodiscover":
        return lead
    # Outlook and eM Client follow this one, too.
    services = dns.published_records(f"_autodiscover._tcp.{domain}", "SRV", server, limit)
    if services is None:
        return None
    if any(each.lower().endswith(f" {portal_host()}.") for each in services):
        return Lead.THERE
    return Lead.ELSEWHERE if services else lead


def _kept() -> timedelta:
    return timedelta(hours=settings.DISCOVERY.dns_look_kept_hours)


def dns_can_lead_here() -> bool:
    """Not to a machine without a name of its own, as in the demo."""
    host = portal_host()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def _key(domain: str) -> str:
    return hashlib.sha256(domain.encode()).hexdigest()


watcher = DnsWatcher()
