"""Forgetting passwords that no worker came for, in the process that sealed them: there may be no worker."""

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from mailsetup.connection_tests import credentials

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_watching = False


def watch() -> None:
    """See to it that this process deletes every sealed password at its end, as long as there are any."""
    global _watching  # one thread for each process
    with _lock:
        if _watching:
            return
        _watching = True
    threading.Thread(target=_clear_until_none_is_left, name="clearing", daemon=True).start()


def _clear_until_none_is_left() -> None:
    while (seconds := _clear()) is not None:
        time.sleep(seconds)


def _clear() -> float | None:
    """Delete what has expired; returns the seconds until the next does, None when nothing is left."""
    global _watching
    try:
        credentials.forget_expired()
        # Whoever seals a password from here on finds that somebody watches, or that nobody does.
        with _lock:
            expiry = credentials.next_expiry()
            if expiry is None:
                _watching = False
                return None
        return max(0.0, (expiry - timezone.now()).total_seconds())
    except DatabaseError as error:  # It may be away for a while, or wait for its migrations.
        logger.warning("Expired passwords could not be deleted: %s", str(error).partition("\n")[0])
        return float(settings.CONNECTION_TESTS.worker_heartbeat_seconds)
    finally:
        connection.close()
