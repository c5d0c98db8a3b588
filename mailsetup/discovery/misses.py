"""How often one address may ask for what nobody has here; what is known is answered however often."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest

from accounts import counting

# A minute is what a person waits, and a program tries again after.
SECONDS = 60


def count(request: HttpRequest) -> None:
    """One more name that nobody has."""
    counting.count("misses", _sender(request), seconds=SECONDS)


def too_many(request: HttpRequest) -> bool:
    """Whether the sender has asked for so many of them within a minute."""
    return (
        counting.counted("misses", _sender(request)) >= settings.DISCOVERY.discovery_misses_per_minute_limit
    )


def _sender(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))
