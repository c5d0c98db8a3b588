"""A thread of each worker that looks what is due and mails what has changed; no two do the same."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection

from mailsetup.watch import news, services
from mailsetup.watch.services import Claim

logger = logging.getLogger(__name__)
HandOver = Callable[[Claim], None]
LookForNotices = Callable[[datetime], None]
_stopping = threading.Event()


def start(hand_over: HandOver, look_for_notices: LookForNotices) -> None:
    """Hand over whatever is due; does nothing where the watch is switched off."""
    if not settings.WATCH.watch_interval_minutes:
        return
    _stopping.clear()
    handing = (hand_over, look_for_notices)
    threading.Thread(target=_turn_until_stopped, args=handing, name="watch", daemon=True).start()


def stop() -> None:
    """This worker ends and takes no more."""
    _stopping.set()


def turn(hand_over: HandOver, look_for_notices: LookForNotices) -> None:
    """Look once, hand over what is due, and tell staff what the checks before have found."""
    for claim in services.claim_due():
        hand_over(claim)
    if (claimed_at := services.claim_notices()) is not None:
        look_for_notices(claimed_at)
    news.mail()


def _turn_until_stopped(hand_over: HandOver, look_for_notices: LookForNotices) -> None:
    while not _stopping.wait(settings.WATCH.watch_turn_seconds):
        try:
            turn(hand_over, look_for_notices)
        except Exception:  # the database or the broker may be away for a while; the next turn tries again
            logger.exception("The watch could not look which servers are due or tell what has changed")
        finally:
            connection.close()
