"""Deleting checks and flips that are old."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from mailsetup.watch.models import WatchCheck, WatchFlip


def prune() -> dict[str, int]:
    """Delete what the settings say; returns how many of each."""
    now, limits = timezone.now(), settings.WATCH
    checks = WatchCheck.objects.filter(checked_at__lt=now - timedelta(days=limits.watch_checks_days))
    flips = WatchFlip.objects.filter(happened_at__lt=now - timedelta(days=limits.watch_flips_days))
    return {"watch_checks": checks.delete()[0], "watch_flips": flips.delete()[0]}
