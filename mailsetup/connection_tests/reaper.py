"""Tests that lost their worker, and how they end."""

from django.db import transaction

from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.selectors import lost
from mailsetup.connection_tests.services import close_connection_test
from mailsetup.probes.findings import Code, Verdict


def mark_lost(test: ConnectionTest) -> None:
    """The worker that ran this test is gone; a test that has moved on since it was read is left alone."""
    with transaction.atomic():
        unchanged = ConnectionTest.objects.select_for_update().filter(pk=test.pk, state=test.state)
        if unchanged.exclude(state=ConnectionTest.State.DONE).first() is not None:
            close_connection_test(test, Verdict.NOT_RUN, [Code.LOST_RUN])


def reap_lost_tests() -> int:
    """Close every test that no worker will finish; returns how many there were."""
    tests = list(ConnectionTest.objects.filter(lost()))
    for test in tests:
        mark_lost(test)
    return len(tests)
