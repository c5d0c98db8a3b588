"""Deleting checks, flips, notices and trials that are old."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from mailsetup.watch import selectors
from mailsetup.watch.models import RecoveryNotice, Trial, WatchCheck, WatchFlip


def prune() -> dict[str, int]:
    """Delete what the settings say; returns how many of each."""
    now, limits = timezone.now(), settings.WATCH
    checks = WatchCheck.objects.filter(checked_at__lt=now - timedelta(days=limits.watch_checks_days))
    flips = WatchFlip.objects.filter(happened_at__lt=now - timedelta(days=limits.watch_flips_days))
    notices = RecoveryNotice.objects.filter(
        Q(told_at=None, test__finished_at__lte=selectors.oldest_awaited())
        # For a day it counts.
        | Q(told_at__lte=now - timedelta(days=1))
    )
    trials = Trial.objects.filter(started_at__lt=now - timedelta(hours=limits.watch_trial_hours))
    return {
        "watch_checks": checks.delete()[0],
        "watch_flips": flips.delete()[0],
        "recovery_notices": notices.delete()[0],
        "watch_trials": trials.delete()[0],
    }
