"""The worker's sign of life, and the tidying that goes with it."""

import logging
import os
import platform
import secrets
import threading
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailsetup.connection_tests import credentials, pruning, reaper
from mailsetup.connection_tests.models import WorkerHeartbeat

logger = logging.getLogger(__name__)
# A worker that is started again in a container has the host's name and the process number of before, and
# none of its tests. Celery's processes are forked from the one that beats, so they have this name, too.
NAME = f"{platform.node()[:64]}:{os.getpid()}:{secrets.token_hex(4)}"
_stopping = threading.Event()


def start() -> None:
    """Say every few seconds that this worker is alive, and close what a dead one left behind."""
    _stopping.clear()
    threading.Thread(target=_beat_until_stopped, name="heartbeat", daemon=True).start()


def stop() -> None:
    """This worker ends, and has finished its tests."""
    _stopping.set()
    WorkerHeartbeat.objects.filter(name=NAME).delete()


def beat(name: str) -> None:
    """Note that the worker `name` is alive, and clear away what nobody will come for any more."""
    WorkerHeartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})
    credentials.forget_expired()
    reaper.reap_lost_tests()


class DailyPruning:
    """Prunes at the first call and then once a day; where several workers do, each finds less to do."""

    def __init__(self) -> None:
        self._due = timezone.now()

    def __call__(self) -> None:
        if timezone.now() >= self._due:
            self._due = timezone.now() + timedelta(days=1)
            pruning.prune()


def _beat_until_stopped() -> None:
    prune_daily = DailyPruning()
    while True:
        try:
            beat(NAME)
            prune_daily()
        except Exception:  # the database may be away for a while; the worker outlives that
            logger.exception("The worker's heartbeat could not be kept")
        finally:
            connection.close()
        if _stopping.wait(settings.CONNECTION_TESTS.worker_heartbeat_seconds):
            return
