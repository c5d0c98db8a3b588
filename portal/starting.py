"""A start that can't be says why in one sentence: a traceback is for who wrote the code."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

logger = logging.getLogger(__name__)


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Ends the process with a sentence where a setting is wrong or the database doesn't answer."""
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        from portal import back_ends  # noqa: PLC0415  # Settings are there by now.

        sys.exit(back_ends.database() or f"The database doesn't do what it is asked: {error}")


def refuse_to_start_in_vain() -> None:
    """What every process asks before it begins; raises ImproperlyConfigured.

    A cache that is away is only said: mail programs are answered without it.
    """
    from portal import back_ends, checks, database  # noqa: PLC0415  # Django is set up by now.

    if trouble := back_ends.database():
        raise ImproperlyConfigured(trouble)
    database.refuse_one_of_before()
    if trouble := back_ends.shared_cache():
        logger.error(trouble)
    if remark := checks.colour_trouble():
        logger.warning(remark)
