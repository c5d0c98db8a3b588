"""The Celery door."""

import logging
import os
import platform
import threading
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from mailsetup import credentials, runner, services
from mailsetup.models import ConnectionTest, WorkerHeartbeat

logger = logging.getLogger(__name__)
HEARTBEAT = timedelta(seconds=10)
_stopping = threading.Event()


class BrokerUnavailable(RuntimeError):
    """The broker did not take the task; nothing was started."""


# A second run would be a second sign-in and a second message, so the task is acknowledged when it
# is received and never repeated. It expires when the customer has surely left.
@shared_task(ignore_result=True, acks_late=False, expires=services.QUEUE_LIFETIME.total_seconds())
def run_connection_test(*, test_id: int, **_later: Any) -> None:
    """Run one test. Keywords of a newer version are ignored, so that workers survive a deployment."""
    runner.run_queued(test_id)


def enqueue_connection_test(test: ConnectionTest) -> None:
    """Hand `test` to a worker after the transaction; raises BrokerUnavailable, and then nothing is left."""
    try:
        run_connection_test.delay_on_commit(test_id=test.pk)
    except (OperationalError, OSError) as error:
        logger.error("The broker did not take connection test %s: %s", test.reference, error)
        services.give_up_connection_test(test)
        raise BrokerUnavailable from error


@worker_ready.connect
def start_heartbeat(**_signal: Any) -> None:
    """Say every few seconds that this worker is alive, and close what a dead one left behind."""
    services.reap_lost_tests()
    threading.Thread(target=_beat, name="heartbeat", daemon=True).start()


@worker_shutdown.connect
def stop_heartbeat(**_signal: Any) -> None:
    _stopping.set()


def _beat() -> None:
    name = f"{platform.node()}:{os.getpid()}"
    while True:
        try:
            WorkerHeartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})
            credentials.forget_expired()
            services.reap_lost_tests()
        except Exception:  # The database may be away for a while; the worker must outlive that.
            logger.exception("The worker's heartbeat could not be kept")
        finally:
            connection.close()
        if _stopping.wait(HEARTBEAT.total_seconds()):
            return
