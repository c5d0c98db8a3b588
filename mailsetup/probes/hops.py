"""The way that a message took: its Received fields (RFC 5321 section 4.4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import HeaderParser
from email.utils import parsedate_to_datetime
from typing import Any

_BY = re.compile(r"\bby\s+([a-z0-9._-]{1,255})", re.I)


@dataclass(frozen=True, slots=True)
class Hop:
    """A server that took the message, by its own name, and when by its own clock (None: it didn't say)."""

    by: str
    at: datetime | None


def hops_of(header: str, limit: int) -> list[Hop]:
    """The last `limit` servers on the way, the first of them first. Whatever stands in the header."""
    # Each server puts its field above those of the ones before (RFC 5321 section 4.4).
    received = HeaderParser().parsestr(header).get_all("Received", [])[:limit]
    return [_hop(str(field)) for field in reversed(received)]


def _hop(field: str) -> Hop:
    stamp, _, date = field.rpartition(";")
    by = _BY.search(stamp or field)
    return Hop(by.group(1).lower() if by else "", moment_of(date))


def moment_of(date: str) -> datetime | None:
    """The moment of a date as mail has it; None where it is none."""
    try:
        moment = parsedate_to_datetime(date.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # -0000: in UTC, by a clock whose place isn't told (RFC 5322 section 3.3).
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def describe_hops(hops: Sequence[Hop]) -> list[dict[str, Any]]:
    """Each server, and how many seconds after the one before it took the message.

    None: one of the two didn't say when. Less than nothing: their clocks differ.
    """
    described = []
    before: datetime | None = None
    for hop in hops:
        seconds = round((hop.at - before).total_seconds()) if hop.at and before else None
        described.append({"by": hop.by, "seconds": seconds})
        before = hop.at
    return described
