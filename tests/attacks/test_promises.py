"""What is promised to be deleted is deleted, whoever forgets to ask for it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from time_machine import TimeMachineFixture

from accounts.models import User
from mailsetup.connection_tests import heartbeat
from mailsetup.connection_tests.models import ConnectionTest
from tests.connection_tests.runs import findings, finished, queued

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.usefixtures("no_broker")
def test_a_worker_prunes_every_day(owner: User, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(START, tick=False)
    Client().force_login(owner)
    prune_daily = heartbeat.DailyPruning()
    prune_daily()
    finished(queued(owner), findings())
    assert Session.objects.count() == 1
    for days, tests in ((89, 1), (90, 0)):
        time_machine.move_to(START + timedelta(days=days, seconds=1), tick=False)
        prune_daily()
        assert ConnectionTest.objects.count() == tests
    assert not Session.objects.exists()


@pytest.mark.usefixtures("no_broker")
def test_not_at_every_beat(owner: User, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(START, tick=False)
    prune_daily = heartbeat.DailyPruning()
    prune_daily()
    finished(queued(owner), findings())
    ConnectionTest.objects.update(created_at=START - timedelta(days=100))
    time_machine.move_to(START + timedelta(hours=23), tick=False)
    prune_daily()
    assert ConnectionTest.objects.exists()
    time_machine.move_to(START + timedelta(hours=24), tick=False)
    prune_daily()
    assert not ConnectionTest.objects.exists()
