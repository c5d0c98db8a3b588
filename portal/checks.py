"""What is wrong with the settings together; what is wrong with one alone stops the start in settings.py."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register

from accounts.brands import installation_brand
from portal import back_ends, database


@dataclass(frozen=True, slots=True)
class Mistake:
    """What a portal for customers must not run with, though trying it out may."""

    id: str
    is_made: Callable[[], bool]
    says: str
    hint: str


DEPLOYMENT_MISTAKES = (
    Mistake(
        "portal.E001",
        lambda: bool(settings.PROBE_HOSTS),
        "PROBE_HOSTS answers names without DNS, so connection tests would not see what customers see.",
        "Leave PROBE_HOSTS empty; PROBE_RESOLVER names another name server.",
    ),
    Mistake(
        "portal.E003",
        lambda: settings.CREDENTIALS_KEY == settings.SECRET_KEY,
        "CREDENTIALS_KEY is the same as SECRET_KEY, so a leak of one opens the passwords too.",
        "Make another key for CREDENTIALS_KEY.",
    ),
    # How many processes there are is said on the web server's command line, which a check can't see.
    Mistake(
        "portal.E005",
        lambda: settings.CACHES["default"]["BACKEND"].endswith((".LocMemCache", ".DummyCache")),
        "CACHE_URL keeps the rate limits in one process' memory, so with several processes each counts for "
        "itself, and a restart forgets them.",
        "Set CACHE_URL to a Redis server that all processes share.",
    ),
    Mistake(
        "portal.E006",
        lambda: settings.DEBUG,
        "DEBUG is on, so error pages show the code and its values, and support needs no second factor.",
        "Set DEBUG=false.",
    ),
    Mistake(
        "portal.E007",
        lambda: not settings.HTTPS_ONLY,
        "HTTPS_ONLY is off, so the cookie of a session also travels where everybody on the way reads it.",
        "Set HTTPS_ONLY=true.",
    ),
    Mistake(
        "portal.E008",
        lambda: not settings.SECURE_SSL_REDIRECT,
        "HTTPS_REDIRECT is off, so whoever types the portal's name stays on HTTP, where nobody can sign in.",
        "Set HTTPS_REDIRECT=true; customers' names go on answering by HTTP.",
    ),
    Mistake(
        "portal.E009",
        lambda: not settings.SECURE_HSTS_SECONDS,
        "HSTS_SECONDS is 0, so the first page of each visit can be intercepted before it turns to HTTPS.",
        "Set HSTS_SECONDS=3600, and to a year (31536000) once all works.",
    ),
    Mistake(
        "portal.E010",
        lambda: settings.SECURE_SSL_REDIRECT and not settings.TRUSTED_PROXY_COUNT,
        "HTTPS_REDIRECT is on and TRUSTED_PROXY_COUNT is 0, so the portal does not see that the proxy spoke "
        "HTTPS and redirects for ever; all visitors share one rate limit, too.",
        "Set TRUSTED_PROXY_COUNT to the number of proxies in front, and let the last one set "
        "X-Forwarded-Proto and X-Forwarded-For.",
    ),
    Mistake(
        "portal.E011",
        lambda: all(_is_this_machine(host) for host in settings.PORTAL_HOSTS),
        "PORTAL_HOSTS names this machine only, so under its public name the portal would be discovery and "
        "nothing else.",
        "Set PORTAL_HOSTS to the name that customers type.",
    ),
    Mistake(
        "portal.E012",
        lambda: settings.EMAIL_BACKEND.split(".")[-2] in ("console", "filebased", "locmem", "dummy"),
        "EMAIL_URL sends no mail, so nobody gets a code, a reset or an invitation.",
        "Set EMAIL_URL to smtp+tls://user:password@host:587.",
    ),
    Mistake(
        "portal.E013",
        lambda: settings.DEFAULT_FROM_EMAIL.endswith("@localhost"),
        "DEFAULT_FROM_EMAIL is an address at localhost, so other mail servers refuse the portal's mail.",
        "Set DEFAULT_FROM_EMAIL to an address of yours.",
    ),
    Mistake(
        "portal.E014",
        lambda: any(network.prefixlen == 0 for network in settings.PROBE_ALLOWED_NETWORKS),
        "PROBE_ALLOWED_NETWORKS lets everything through, so a DNS record of a customer's can lead tests into "
        "your own network.",
        "Name only the networks that your mail servers are in.",
    ),
)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@register(Tags.security, deploy=True)
def deployment(**_options: Any) -> list[CheckMessage]:
    """Asked by `manage.py check --deploy` only."""
    return [
        Error(mistake.says, hint=mistake.hint, id=mistake.id)
        for mistake in DEPLOYMENT_MISTAKES
        if mistake.is_made()
    ]


@register(Tags.security, deploy=True)
def what_is_named_answers(**_options: Any) -> list[CheckMessage]:
    """Asked by `manage.py check --deploy` only, and each of the three waits for some seconds at most."""
    asked = ((15, back_ends.database), (16, back_ends.shared_cache), (17, back_ends.broker))
    hint = "Start it, or put the setting right. The portal asks from the machine on which this check runs."
    return [Error(said, hint=hint, id=f"portal.E{number:03}") for number, ask in asked if (said := ask())]


# WCAG 2.2, success criterion 1.4.3.
_READABLE = 4.5


def colour_trouble() -> str:
    """What becomes of a brand's colour that can't be read on white; "" when it is shown as it is."""
    colour = installation_brand().colour
    if not colour or (contrast := _contrast_to_white(colour)) >= _READABLE:
        return ""
    return (
        f"BRAND_COLOUR is {colour}, which has a contrast of {contrast:.1f} to white; text needs {_READABLE}. "
        "Links and buttons have a darker tone of it; for the colour itself choose a darker one."
    )


def _contrast_to_white(colour: str) -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    luminance = sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


@register()
def colour_can_be_read(**_options: Any) -> list[CheckMessage]:
    """A remark and no more: the pages derive colours that can be read from every one."""
    return [Info(said, id="portal.I001") for said in [colour_trouble()] if said]


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


@register(Tags.database)
def database_is_of_this_version(**options: Any) -> list[CheckMessage]:
    """`migrate` runs it before it changes anything."""
    if not options.get("databases") or not database.is_of_before():
        return []
    return [Error(database.OF_BEFORE, hint=database.WHAT_TO_DO, id="portal.E004")]
