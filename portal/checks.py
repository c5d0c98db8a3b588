"""What is wrong with the settings together; what is wrong with one alone stops the start in settings.py."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from portal import database


@register(Tags.security, deploy=True)
def probe_hosts_are_for_development(**_options: Any) -> list[CheckMessage]:
    if not settings.PROBE_HOSTS:
        return []
    return [
        Error(
            "PROBE_HOSTS answers names without DNS, so connection tests would not see what customers see.",
            hint="Leave PROBE_HOSTS empty; PROBE_RESOLVER names another name server.",
            id="portal.E001",
        )
    ]


@register(Tags.security)
def profile_signing_is_whole(**_options: Any) -> list[CheckMessage]:
    if bool(settings.PROFILE_SIGNING_CERT) == bool(settings.PROFILE_SIGNING_KEY):
        return []
    return [
        Error(
            "PROFILE_SIGNING_CERT and PROFILE_SIGNING_KEY belong together, and only one is set.",
            hint="Set both to sign Apple profiles, or none.",
            id="portal.E002",
        )
    ]


@register(Tags.security, deploy=True)
def keys_are_apart(**_options: Any) -> list[CheckMessage]:
    if settings.CREDENTIALS_KEY != settings.SECRET_KEY:
        return []
    return [
        Error(
            "CREDENTIALS_KEY is the same as SECRET_KEY, so a leak of one opens the passwords too.",
            hint="Make another key for CREDENTIALS_KEY.",
            id="portal.E003",
        )
    ]


@register(Tags.security, deploy=True)
def rate_limits_are_shared(**_options: Any) -> list[CheckMessage]:
    """How many processes there are is said on the web server's command line, which a check can't see."""
    if not settings.CACHES["default"]["BACKEND"].endswith((".LocMemCache", ".DummyCache")):
        return []
    return [
        Error(
            "CACHE_URL keeps the rate limits in one process' memory, so with several processes each counts "
            "for itself, and a restart forgets them.",
            hint="Set CACHE_URL to a Redis server that all processes share.",
            id="portal.E005",
        )
    ]


@register(Tags.database)
def database_is_of_this_version(**options: Any) -> list[CheckMessage]:
    """`migrate` runs it before it changes anything."""
    if not options.get("databases") or not database.is_of_before():
        return []
    return [Error(database.OF_BEFORE, hint=database.WHAT_TO_DO, id="portal.E004")]
