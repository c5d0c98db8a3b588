"""How long a test may still take, by its own deadlines."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import ngettext

from mailsetup.connection_tests.models import ConnectionTest


def starts_by(test: ConnectionTest) -> datetime:
    """When a worker has taken a test that waits, or it is given up."""
    return test.created_at + timedelta(seconds=settings.CONNECTION_TESTS.test_queue_seconds)


def ends_by(test: ConnectionTest) -> datetime:
    """When a test that waits or runs is over at the latest."""
    probes = settings.PROBES
    longest = probes.longest_test_seconds if test.round_trip else probes.probe_overall_seconds
    return (test.started_at or starts_by(test)) + timedelta(seconds=longest)


def next_deadline(test: ConnectionTest) -> datetime:
    """What is counted down to on the page of a test: its start, and then its end."""
    return ends_by(test) if test.state == ConnectionTest.State.RUNNING else starts_by(test)


def seconds_until(moment: datetime) -> int:
    """In steps of ten and never too few, as people are told that it takes no longer.

    A page that counted each second would be a new page each second.
    """
    left = (moment - timezone.now()).total_seconds()
    return max(1, math.ceil(left / 10)) * 10


def in_words(seconds: int) -> str:
    """Such as "50 seconds" or "2 minutes"."""
    if seconds <= 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
