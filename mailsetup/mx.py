"""The one DNS question that a web request may ask: which hosts take mail for a domain we don't know.

Plain Python. Its answers choose settings and never an owner. The caller caches them.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

import dns.exception
import dns.resolver

_LIFETIME_SECONDS = 2.0


def mx_hosts(domain: str, resolver: tuple[str, int] | None = None) -> tuple[str, ...]:
    """The MX hosts of `domain`, best first, lower case without the final dot; empty when there are none.

    `resolver` is (ip, port); None asks the system's. A name server that does not answer within two
    seconds counts as no answer.
    """
    asker = dns.resolver.Resolver(configure=resolver is None)
    if resolver is not None:
        asker.nameservers, asker.port = [resolver[0]], resolver[1]
    try:
        answer = asker.resolve(domain, "MX", lifetime=_LIFETIME_SECONDS, search=False)
    except (dns.exception.DNSException, OSError):
        return ()
    records = sorted(answer, key=lambda record: int(record.preference))
    return tuple(str(record.exchange).rstrip(".").lower() for record in records)


def matches(hosts: Iterable[str], patterns: Iterable[str]) -> bool:
    """Whether any host matches any pattern such as `*.mx.hoster.example`."""
    wanted = [pattern.lower() for pattern in patterns]
    return any(fnmatchcase(host, pattern) for host in hosts for pattern in wanted)
