"""Whether the DNS of a domain of ours leads programs to us: known beforehand, since no page waits for DNS.

A page that asks about a domain at which nobody has looked is told so. A thread looks, and the next page
knows.
"""

import hashlib
import ipaddress
import logging
import queue
import threading
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import caches

from accounts.brands import portal_host
from mailsetup.hosting import dns

logger = logging.getLogger(__name__)
# The formats that programs ask for by a name below the domain, and that name is the format's own.
_NAMES = ("autoconfig", "autodiscover")


@dataclass(frozen=True, slots=True)
class _Answer:
    """Whether a name led here when DNS last said so, in seconds since 1970."""

    at: float
    leads_here: bool


@dataclass(frozen=True, slots=True)
class _Look:
    """When somebody last looked, and the last answer for each name that ever had one."""

    at: float
    answers: dict[str, _Answer]


class DnsWatcher:
    """Looks at the domains that pages ask about, one after the other, in a thread of its own."""

    def __init__(self) -> None:
        self._queue: queue.Queue[str] = queue.Queue(settings.DISCOVERY.dns_looks_waiting_limit)
        self._waiting: set[str] = set()

    def start(self) -> None:
        threading.Thread(target=self._watch, name="dns watch", daemon=True).start()

    def leads_here(self, domain: str, name: str) -> bool | None:
        """Whether "autoconfig" or "autodiscover" below `domain` leads to the portal; None: not known.

        It asks nobody. `domain` is one of ours: strangers' names are never looked at.
        """
        look: _Look | None = caches["dns"].get(_key(domain))
        if look is None or time.time() - look.at >= settings.DISCOVERY.dns_look_again_seconds:
            self._want(domain)
        answer = look.answers.get(name) if look else None
        # Silence makes an answer no younger, however often somebody has looked since.
        if answer is None or time.time() - answer.at >= _kept().total_seconds():
            return None
        return answer.leads_here

    def look_at(self, domain: str) -> None:
        """Ask DNS about one domain. Where nobody answers, what was known stays, as old as it is."""
        before: _Look | None = caches["dns"].get(_key(domain))
        found = {name: _leads_here(domain, name) for name in _NAMES}
        now = time.time()
        new = {name: _Answer(now, leads) for name, leads in found.items() if leads is not None}
        answers = (before.answers if before else {}) | new
        caches["dns"].set(_key(domain), _Look(now, answers), _kept().total_seconds())

    def look_at_next(self) -> None:
        """Wait until a page has asked about a domain, and look at it."""
        domain = self._queue.get()
        try:
            self.look_at(domain)
        finally:
            self._waiting.discard(domain)

    def _want(self, domain: str) -> None:
        if domain in self._waiting or not _dns_can_lead_to(portal_host()):
            return
        self._waiting.add(domain)
        try:
            self._queue.put_nowait(domain)
        except queue.Full:
            self._waiting.discard(domain)  # another page will ask

    def _watch(self) -> None:
        while True:
            try:
                self.look_at_next()
            except Exception:  # one domain is no reason to know nothing of the others
                logger.exception("The DNS of a domain could not be looked at")


def _leads_here(domain: str, name: str) -> bool | None:
    server, limit = settings.PROBE_RESOLVER, settings.DISCOVERY.dns_look_timeout_seconds
    leads = dns.leads_to(f"{name}.{domain}", portal_host(), server, limit)
    if leads is False and name == "autodiscover":
        # Outlook and eM Client follow this one, too.
        services = dns.published_records(f"_autodiscover._tcp.{domain}", "SRV", server, limit)
        return (
            None
            if services is None
            else any(each.lower().endswith(f" {portal_host()}.") for each in services)
        )
    return leads


def _kept() -> timedelta:
    return timedelta(hours=settings.DISCOVERY.dns_look_kept_hours)


def _dns_can_lead_to(host: str) -> bool:
    """Not to a machine without a name of its own, as in the demo."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def _key(domain: str) -> str:
    return hashlib.sha256(domain.encode()).hexdigest()


watcher = DnsWatcher()
