"""Questions to DNS: how a resolver is set up, and which hosts take mail for a domain we don't know.

Plain Python. The MX question is the only one that a web request may ask. Its answers choose settings and
never an owner. The caller caches them.
"""

import threading
import time
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Self, TypeVar

import dns.asyncresolver
import dns.exception
import dns.resolver

# The IP address and port of a name server.
NameServer = tuple[str, int]
_AnyResolver = TypeVar("_AnyResolver", dns.resolver.Resolver, dns.asyncresolver.Resolver)


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


def mx_hosts(domain: str, server: NameServer | None, timeout_seconds: float) -> tuple[str, ...]:
    """The MX hosts of `domain`, best first, lower case without the final dot; empty when there are none.

    A name server that does not answer in time counts as no answer.
    """
    try:
        resolver = new_resolver(dns.resolver.Resolver, server)
        answer = resolver.resolve(domain, "MX", lifetime=timeout_seconds, search=False)
    except (dns.exception.DNSException, OSError):
        return ()
    records = sorted(answer, key=lambda record: int(record.preference))
    return tuple(str(record.exchange).rstrip(".").lower() for record in records)


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


def leads_to(name: str, host: str, server: NameServer | None, timeout_seconds: float) -> bool | None:
    """Whether `name` is an alias of `host` or shares an address with it; None: nobody answered."""
    aliases = published_records(name, "CNAME", server, timeout_seconds)
    if aliases is None:
        return None
    if f"{host}." in (alias.lower() for alias in aliases):
        return True
    for kind in ("A", "AAAA"):
        found = published_records(name, kind, server, timeout_seconds)
        if found == []:
            continue
        wanted = published_records(host, kind, server, timeout_seconds)
        if found is None or wanted is None:
            return None
        if set(found) & set(wanted):
            return True
    return False


def matches(hosts: Iterable[str], patterns: Iterable[str]) -> bool:
    """Whether any host matches any pattern such as `*.mx.hoster.example`."""
    wanted = [pattern.lower() for pattern in patterns]
    return any(fnmatchcase(host, pattern) for host in hosts for pattern in wanted)
