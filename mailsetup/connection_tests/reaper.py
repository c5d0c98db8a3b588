"""Tests that lost their worker: how they are known, and how they end."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.services import close_connection_test
from mailsetup.probes.findings import Code, Verdict


def is_lost(test: ConnectionTest) -> bool:
    """Whether no worker can still be at work on this test."""
    limits, now = settings.CONNECTION_TESTS, timezone.now()
    if test.state == ConnectionTest.State.RUNNING:
        lifetime = timedelta(seconds=limits.test_lost_seconds)
        return test.started_at is not None and test.started_at < now - lifetime
    queued = test.state == ConnectionTest.State.QUEUED
    return queued and test.created_at < now - timedelta(seconds=limits.test_queue_seconds)


def mark_lost(test: ConnectionTest) -> None:
    """The worker that ran this test is gone; a test that has moved on since it was read is left alone."""
    with transaction.atomic():
        unchanged = ConnectionTest.objects.select_for_update().filter(pk=test.pk, state=test.state)
        if unchanged.exclude(state=ConnectionTest.State.DONE).first() is not None:
            close_connection_test(test, Verdict.NOT_RUN, [Code.LOST_RUN])


def reap_lost_tests() -> int:
    """Close every test that no worker will finish; returns how many there were."""
    unfinished = ConnectionTest.objects.exclude(state=ConnectionTest.State.DONE)
    lost = [test for test in unfinished if is_lost(test)]
    for test in lost:
        mark_lost(test)
    return len(lost)
