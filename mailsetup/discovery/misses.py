"""How often one address may ask for what nobody has here; what is known is answered however often."""

import hashlib

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

# A minute is what a person waits, and a program tries again after.
SECONDS = 60


def count(request: HttpRequest) -> None:
    """One more name that nobody has."""
    counts, key = caches["default"], _key(request)
    counts.add(key, 0, timeout=SECONDS)
    counts.incr(key)


def too_many(request: HttpRequest) -> bool:
    """Whether the sender has asked for so many of them within a minute."""
    asked: int = caches["default"].get(_key(request), 0)
    return asked >= settings.DISCOVERY.discovery_misses_per_minute_limit


def _key(request: HttpRequest) -> str:
    sender = get_adapter().get_client_ip(request)
    return f"misses:{hashlib.sha256(sender.encode()).hexdigest()}"
