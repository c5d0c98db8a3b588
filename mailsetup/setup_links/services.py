"""Making, claiming and closing set-up links."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mailsetup.hosting.models import Domain
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.selectors import LinkGone, token_hash
from mailsetup.setup_links.setups import Setup


def create_setup_link(
    setup: Setup, *, lifetime: timedelta, one_device: bool = False
) -> tuple[SetupLink, str]:
    """A new link to the address of `setup`, and its token, which is not stored and can't be shown again.

    A link that is made behind another one ends with it.
    """
    token = secrets.token_urlsafe(16)
    behind = setup.link
    link = SetupLink.objects.create(
        token_hash=token_hash(token),
        address=str(setup.address),
        domain=setup.domain,
        customer=setup.domain.customer if setup.domain else None,
        created_by=setup.user,
        # The first of a row of links counts, so that a row is never longer than one.
        made_behind=(behind.made_behind or behind) if behind else None,
        expires_at=timezone.now() + lifetime,
        one_device=one_device,
    )
    return link, token


def create_one_device_link(setup: Setup) -> str:
    """The token of a new link for the phone that scans it; it has to be opened soon.

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
        _link, token = create_setup_link(setup, lifetime=lifetime, one_device=True)
    return token


def claim_setup_link(link: SetupLink) -> str | None:
    """Bind a one-device link to the browser that opens it first: its device key, None if already bound.

    Raises LinkGone when another browser was quicker.
    """
    if not link.one_device or link.device_hash:
        return None
    device_key = secrets.token_urlsafe(16)
    now = timezone.now()
    claimed = SetupLink.objects.filter(pk=link.pk, device_hash="").update(
        device_hash=token_hash(device_key),
        opened_at=now,
        expires_at=now + timedelta(hours=settings.SETUP_LINKS.one_device_hours),
    )
    if not claimed:
        raise LinkGone("used")
    return device_key


def revoke_setup_links(links: Iterable[SetupLink]) -> int:
    """Close links at once; returns how many were still open."""
    return SetupLink.objects.filter(pk__in=[link.pk for link in links], revoked_at=None).update(
        revoked_at=timezone.now()
    )
