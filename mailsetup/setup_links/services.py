"""Making, claiming and closing set-up links."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import counting
from mailsetup.hosting.models import Domain
from mailsetup.setup_links.codes import new_code, normal_code
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.selectors import (
    LinkGone,
    code_hash,
    code_of,
    guide_links_today,
    todays_guide_link,
    token_hash,
    token_of,
)
from mailsetup.setup_links.setups import Setup


class UnknownCode(LookupError):
    """Nobody was given this code, or it is over, or somebody has typed it already."""


class TooManyGuesses(Exception):
    """`minutes` is how long to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


class TooManyGuideLinks(Exception):
    """Whoever sets up has made as many today as they may."""


def create_setup_link(
    setup: Setup,
    *,
    lifetime: timedelta,
    one_device: bool = False,
    prolonged_when_opened: bool = False,
    client: str = "",
    protocol: str = "",
    code: str = "",
) -> tuple[SetupLink, str]:
    """A new link to the address of `setup`, and its token, which is not stored and can't be shown again.

    `client` and `protocol` say which guide it opens, `code` what may be typed in its place. It ends after
    `lifetime`, unless its opening is to prolong it; a link that is made behind another one ends with it.
    """
    token = secrets.token_urlsafe(16)
    link = _link_of(
        setup,
        client,
        protocol,
        expires_at=timezone.now() + lifetime,
        one_device=one_device,
        prolonged_when_opened=prolonged_when_opened,
    )
    link.token_hash, link.code_hash = token_hash(token), code_hash(code) if code else ""
    link.save()
    return link, token


def _link_of(setup: Setup, client: str, protocol: str, **more: Any) -> SetupLink:
    """A link to the address of `setup`, not stored yet."""
    return SetupLink(
        address=str(setup.address),
        domain=setup.domain,
        customer=setup.domain.customer if setup.domain else None,
        created_by=setup.user,
        made_behind=setup.first_link,
        client=client,
        protocol=protocol,
        **more,
    )


@dataclass(frozen=True, slots=True)
class PhoneLink:
    """A link for one device: the token that its QR code carries, and the code to type in its place."""

    token: str
    code: str


def create_one_device_link(setup: Setup, *, client: str = "", protocol: str = "") -> PhoneLink:
    """A new link for the phone that scans it; it has to be opened soon.

    An address has a few at most: the oldest that nobody has opened make room.
    """
    limits, now = settings.SETUP_LINKS, timezone.now()
    with transaction.atomic():
        if setup.domain:
            Domain.objects.select_for_update(no_key=True).get(pk=setup.domain.pk)
        waiting = SetupLink.objects.filter(
            address=str(setup.address), one_device=True, device_hash="", revoked_at=None, expires_at__gt=now
        )
        revoke_setup_links(waiting.order_by("-created_at", "-pk")[limits.waiting_codes_limit - 1 :])
        lifetime = timedelta(minutes=limits.one_device_opening_minutes)
        code = new_code()
        _link, token = create_setup_link(
            setup,
            lifetime=lifetime,
            one_device=True,
            prolonged_when_opened=True,
            client=client,
            protocol=protocol,
            code=code,
        )
    return PhoneLink(token, code)


def ensure_guide_link(setup: Setup, *, client: str, protocol: str) -> SetupLink:
    """The link to one guide for paper or a mail: today's, or a new one that lives to the end of its last day.

    A link that is made behind another one ends with it. Raises TooManyGuideLinks.
    """
    limits = settings.SETUP_LINKS
    with transaction.atomic():
        if setup.domain:
            Domain.objects.select_for_update(no_key=True).get(pk=setup.domain.pk)
        known = todays_guide_link(setup, client=client, protocol=protocol)
        if known:
            return known
        if guide_links_today(setup).count() >= limits.guide_links_per_day_limit:
            raise TooManyGuideLinks
        last_day = timezone.localdate() + timedelta(days=limits.guide_link_days)
        ends = timezone.make_aware(datetime.combine(last_day, time(23, 59)))
        if setup.first_link:
            ends = min(ends, setup.first_link.expires_at)
        link = _link_of(setup, client, protocol, expires_at=ends, seed=secrets.token_urlsafe(16))
        link.token_hash, link.code_hash = token_hash(token_of(link)), code_hash(code_of(link))
        link.save()
    return link


def redeem_code(text: str, *, visitor: str) -> str:
    """The token of the link that this code stands for.

    The code of a link to one guide stays good. Any other works once, and the QR code beside it opens nothing
    any more. Raises UnknownCode, also for one that is over, and TooManyGuesses: `visitor` has made so many,
    or all have together.
    """
    limits = settings.SETUP_LINKS
    for who, most in (
        (f"visitor:{visitor}", limits.code_guesses_visitor_limit),
        ("all", limits.code_guesses_limit),
    ):
        if counting.count("code-guesses", who, seconds=limits.code_guesses_minutes * 60) > most:
            raise TooManyGuesses(limits.code_guesses_minutes)
    meant = SetupLink.objects.filter(
        code_hash=code_hash(normal_code(text)), device_hash="", revoked_at=None, expires_at__gt=timezone.now()
    )
    to_one_guide = meant.exclude(seed="").first()
    if to_one_guide:
        return token_of(to_one_guide)
    token = secrets.token_urlsafe(16)
    if not meant.update(token_hash=token_hash(token), code_hash=""):
        raise UnknownCode
    return token


def claim_setup_link(link: SetupLink) -> str | None:
    """Bind a one-device link to the browser that opens it first: its device key, None if already bound.

    A QR code's lives on from there. Of a link that isn't for one device it is noted when it was first opened.
    Raises LinkGone when another browser was quicker.
    """
    if not link.one_device and link.opened_at is None:
        SetupLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now())
    if not link.one_device or link.device_hash:
        return None
    device_key = secrets.token_urlsafe(16)
    now = timezone.now()
    if link.prolonged_when_opened:
        link.expires_at = now + timedelta(hours=settings.SETUP_LINKS.one_device_hours)
    claimed = SetupLink.objects.filter(pk=link.pk, device_hash="").update(
        device_hash=token_hash(device_key), opened_at=now, expires_at=link.expires_at
    )
    if not claimed:
        raise LinkGone("used")
    return device_key


def revoke_setup_links(links: Iterable[SetupLink]) -> int:
    """Close links at once; returns how many were still open."""
    return SetupLink.objects.filter(pk__in=[link.pk for link in links], revoked_at=None).update(
        revoked_at=timezone.now()
    )
