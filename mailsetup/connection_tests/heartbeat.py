"""The worker's sign of life, and the tidying that goes with it."""

import logging
import os
import platform
import threading

from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailsetup.connection_tests import credentials, reaper
from mailsetup.connection_tests.models import WorkerHeartbeat

logger = logging.getLogger(__name__)
_stopping = threading.Event()


def start() -> None:
    """Close what a dead worker left behind, and say every few seconds that this one is alive."""
    reaper.reap_lost_tests()
    _stopping.clear()
    threading.Thread(target=_beat_until_stopped, name="heartbeat", daemon=True).start()


def stop() -> None:
    """This worker ends."""
    _stopping.set()


def beat(name: str) -> None:
    """Note that the worker `name` is alive, and clear away what nobody will come for any more."""
    WorkerHeartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})
    credentials.forget_expired()
    reaper.reap_lost_tests()


def _beat_until_stopped() -> None:
    name = f"{platform.node()}:{os.getpid()}"
    while True:
        try:
            beat(name)
        except Exception:  # the database may be away for a while; the worker outlives that
            logger.exception("The worker's heartbeat could not be kept")
        finally:
            connection.close()
        if _stopping.wait(settings.CONNECTION_TESTS.worker_heartbeat_seconds):
            return
