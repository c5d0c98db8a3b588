"""Whether the database is one that this version knows."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

# A table of the time when all of mailsetup was one app, with migrations that are gone.
_TABLE_OF_BEFORE = "mailsetup_server"
OF_BEFORE = (
    "DATABASE_URL names a database of an earlier development version, whose tables this one can't take over."
)
WHAT_TO_DO = "Name a new, empty database, run manage.py migrate, and provision it again."


def is_of_before() -> bool:
    """Whether an earlier development version made this database; False when it can't be asked."""
    try:
        return _TABLE_OF_BEFORE in connection.introspection.table_names()
    except DatabaseError:
        return False


def refuse_one_of_before() -> None:
    """Stop the start with a sentence; raises ImproperlyConfigured."""
    try:
        if is_of_before():
            raise ImproperlyConfigured(f"{OF_BEFORE} {WHAT_TO_DO}")
    finally:
        connection.close()
