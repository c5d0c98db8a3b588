"""What a Celery worker is asked to do, and when it starts and stops."""

import logging
from typing import Any

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings
from kombu.exceptions import OperationalError

from mailsetup.connection_tests import heartbeat, runner, services
from mailsetup.connection_tests.models import ConnectionTest

logger = logging.getLogger(__name__)


class BrokerUnavailable(RuntimeError):
    """The broker did not take the task; nothing was started."""


# A second run would be a second sign-in and a second message, so the task is acknowledged when it
# is received and never repeated. It expires when the customer has surely left.
@shared_task(
    base=DjangoTask,
    ignore_result=True,
    acks_late=False,
    expires=settings.CONNECTION_TESTS.test_queue_seconds,
)
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
    heartbeat.start()


@worker_shutdown.connect
def stop_heartbeat(**_signal: Any) -> None:
    heartbeat.stop()
