"""How often somebody has done something lately, counted for all processes together.

allauth counts too, but for its own flows: allauth.core.ratelimit reads its settings and is to be internal.
"""

import hashlib

from django.core.cache import caches
from django.db import connection


def count(what: str, who: str, *, seconds: int) -> int:
    """Once more; returns how often within these `seconds`, which begin with the first time."""
    counts, key = caches["default"], _key(what, who)
    counts.add(key, 0, timeout=seconds)
    return int(counts.incr(key))


def counted(what: str, who: str) -> int:
    """How often so far."""
    return int(caches["default"].get(_key(what, who), 0))


def wait_for_turn(*what: str) -> None:
    """Hold each of these, in this order, until the transaction ends: who counts the same waits for its end.

    There is no row to lock before there is one to count. SQLite needs nothing: it writes one transaction at a
    time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(what, 0)) FROM unnest(%s::text[]) AS what",
                [list(what)],
            )


def _key(what: str, who: str) -> str:
    return f"{what}:{hashlib.sha256(who.encode()).hexdigest()}"
