"""What a Celery worker is asked to do, and when it starts and stops."""

import logging
from typing import Any

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings
from django.db import transaction
from django.views.decorators.debug import sensitive_variables
from kombu.exceptions import OperationalError

from mailsetup.connection_tests import clearing, heartbeat, runner, services
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
@sensitive_variables("key")
def run_connection_test(*, test_id: int, key: str = "", **_later: Any) -> None:
    """Run one test. Keywords of a newer version are ignored, so that workers survive a deployment."""
    try:
        runner.run_queued(test_id, key=key, worker=heartbeat.NAME)
    except services.NoRoom:
        # The thread goes to a test of another server. Once this one has waited too long it is over.
        run_connection_test.apply_async(
            kwargs={"test_id": test_id, "key": key},
            kwargsrepr=_shown(test_id),  # type: ignore[call-arg]  # the stub knows fewer names
            countdown=settings.CONNECTION_TESTS.server_turn_seconds,
        )


def _shown(test_id: int) -> str:
    """What monitors and logs show of a task: nothing that opens a password."""
    return repr({"test_id": test_id})


@sensitive_variables("key")
def enqueue_connection_test(test: ConnectionTest, key: str) -> None:
    """Hand `test`, and the `key` to its password, to a worker after the transaction.

    Raises BrokerUnavailable, and then nothing is left.
    """
    # The worker clears too, and may be the one that is missing.
    transaction.on_commit(clearing.watch)
    try:
        run_connection_test.apply_async_on_commit(
            kwargs={"test_id": test.pk, "key": key},
            kwargsrepr=_shown(test.pk),  # type: ignore[call-arg]  # the stub knows two names
        )
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
