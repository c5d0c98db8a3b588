"""What a Celery worker is asked to do, and when its clock starts and stops."""

from datetime import datetime
from typing import Any

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings
from kombu.exceptions import OperationalError

from mailsetup.connection_tests.tasks import BrokerUnavailable
from mailsetup.watch import clock, runner
from mailsetup.watch.models import Trial
from mailsetup.watch.services import Claim


# It is acknowledged when it is received: a server whose check was lost is due again soon.
@shared_task(
    base=DjangoTask, ignore_result=True, acks_late=False, expires=settings.PROBES.probe_overall_seconds
)
def check_server(*, server_id: int, claimed_at: str, **_later: Any) -> None:
    """Look at one server. Keywords of a newer version are ignored, so that workers survive a deployment."""
    runner.check(Claim(server_id, datetime.fromisoformat(claimed_at)))


def enqueue(claim: Claim) -> None:
    """Hand one server to whichever worker has a thread."""
    check_server.apply_async(kwargs={"server_id": claim.server_id, "claimed_at": claim.at.isoformat()})


# One that was lost is done again when its notices are due the next time.
@shared_task(
    base=DjangoTask, ignore_result=True, acks_late=False, expires=settings.PROBES.probe_overall_seconds
)
def look_for_notices(*, claimed_at: str, **_later: Any) -> None:
    """Look at what somebody waits for. Keywords of a newer version are ignored, as above."""
    runner.look_for_notices(datetime.fromisoformat(claimed_at))


def enqueue_look(claimed_at: datetime) -> None:
    look_for_notices.apply_async(kwargs={"claimed_at": claimed_at.isoformat()})


@shared_task(
    base=DjangoTask, ignore_result=True, acks_late=False, expires=settings.PROBES.probe_overall_seconds
)
def try_rows(*, user_id: int, started_at: str, **_later: Any) -> None:
    """Look at what a member of staff wants tried, unless they have begun another since."""
    trial = Trial.objects.filter(pk=user_id, started_at=datetime.fromisoformat(started_at)).first()
    if trial is not None:
        runner.try_rows(trial)


def enqueue_trial(trial: Trial) -> None:
    """Hand `trial` to a worker; raises BrokerUnavailable."""
    try:
        try_rows.apply_async(kwargs={"user_id": trial.pk, "started_at": trial.started_at.isoformat()})
    except (OperationalError, OSError) as error:
        raise BrokerUnavailable from error


@worker_ready.connect
def start_clock(**_signal: Any) -> None:
    clock.start(enqueue, enqueue_look)


@worker_shutdown.connect
def stop_clock(**_signal: Any) -> None:
    clock.stop()
