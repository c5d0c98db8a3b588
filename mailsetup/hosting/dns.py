"""Questions to DNS: how a resolver is set up, and which hosts take mail for a domain we don't know.

Plain Python. The MX question is the only one that a web request may ask. Its answers choose settings and
never an owner. The caller caches them.
"""

import threading
import time
from collections.abc import Iterable
from enum import Enum
from fnmatch import fnmatchcase
from typing import Self, TypeVar

import dns.asyncresolver
import dns.exception
import dns.resolver

# The IP address and port of a name server.
NameServer = tuple[str, int]
_AnyResolver = TypeVar("_AnyResolver", dns.resolver.Resolver, dns.asyncresolver.Resolver)


class Lead(Enum):
    """Where a name leads to that should lead to a certain host."""

    THERE = "there"
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"  # the name has no entry


class Busy(Exception):
    """There are as many questions as there may be."""


class Turnstile:
    """Lets so many questions be open at once, and so many begin in a second; nobody waits for a turn.

    `with turnstile:` raises Busy. One for each process.
    """

    def __init__(self, at_once: int, a_second: int) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._a_second = a_second
        self._lock = threading.Lock()
        self._second, self._begun = 0, 0

    def __enter__(self) -> Self:
        if not self._free.acquire(blocking=False):
            raise Busy
        with self._lock:
            second = int(time.monotonic())
            if second != self._second:
                self._second, self._begun = second, 0
            self._begun += 1
            begun = self._begun
        if begun > self._a_second:
            self._free.release()
            raise Busy
        return self

    def __exit__(self, *_error: object) -> None:
        self._free.release()


def new_resolver(kind: type[_AnyResolver], server: NameServer | None) -> _AnyResolver:
    """A resolver of dnspython's `kind` that asks `server`; None: the system's name servers.

    Raises dns.resolver.NoResolverConfiguration when the system names none.
    """
    resolver = kind(configure=server is None)
    if server is not None:
        resolver.nameservers, resolver.port = [server[0]], server[1]
    return resolver


def mx_hosts(domain: str, server: NameServer | None, timeout_seconds: float) -> tuple[str, ...] | None:
    """The MX hosts of `domain`, best first, lower case without the final dot; None: nobody answered in time.

    A domain that takes no mail says so by a record without a host (RFC 7505), and has none here either.
    """
    records = published_records(domain, "MX", server, timeout_seconds)
    if records is None:
        return None
    by_preference = sorted((int(preference), host) for preference, host in map(str.split, records))
    hosts = (host.rstrip(".").lower() for _preference, host in by_preference)
    return tuple(host for host in hosts if host)


def published_records(
    name: str, record_type: str, server: NameServer | None, timeout_seconds: float
) -> list[str] | None:
    """The values of a record as a zone file has them, sorted; empty: there is none, None: nobody answered."""
    try:
        resolver = new_resolver(dns.resolver.Resolver, server)
        answer = resolver.resolve(name, record_type, lifetime=timeout_seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        return None
    return sorted(record.to_text() for record in answer)


def lead_of(name: str, host: str, server: NameServer | None, timeout_seconds: float) -> Lead | None:
    """Whether `name` is an alias of `host` or shares an address with it; None: nobody answered."""
    aliases = published_records(name, "CNAME", server, timeout_seconds)
    if aliases is None:
        return None
    if f"{host}." in (alias.lower() for alias in aliases):
        return Lead.THERE
    otherwise = Lead.ELSEWHERE if aliases else Lead.NOWHERE
    for kind in ("A", "AAAA"):
        found = published_records(name, kind, server, timeout_seconds)
        if found == []:
            continue
        otherwise = Lead.ELSEWHERE
        wanted = published_records(host, kind, server, timeout_seconds)
        if found is None or wanted is None:
            return None
        if set(found) & set(wanted):
            return Lead.THERE
    return otherwise


def matches(hosts: Iterable[str], patterns: Iterable[str]) -> bool:
    """Whether any host matches any pattern such as `*.mx.hoster.example`."""
    wanted = [pattern.lower() for pattern in patterns]
    return any(fnmatchcase(host, pattern) for host in hosts for pattern in wanted)
