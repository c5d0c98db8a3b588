"""Indexes for a piece of a name among many: of trigrams (pg_trgm) on PostgreSQL, which else reads all.

SQLite has nothing of the kind: it goes through all names, in an index of them in half the time of the rows.
"""

import logging
from typing import Any

from django.db import DatabaseError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

logger = logging.getLogger(__name__)


def trigram_index(table: str, column: str, *, any_case: bool) -> migrations.RunPython:
    """A migration's step that makes one: for `contains`, or with `any_case` for `icontains`."""
    name, what = f"{table}_{column}_trgm", f'("{column}")'
    if any_case:
        what = f'(upper("{column}"::text))'

    def make(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        try:
            with transaction.atomic(schema_editor.connection.alias):
                # The owner of a database can make it (PostgreSQL 13 on); another user needs it made, and in a
                # schema where names are looked for.
                schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                schema_editor.execute(
                    f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" USING gin ({what} gin_trgm_ops)'
                )
        except DatabaseError as error:
            logger.warning("The desk searches without the index %s: %s", name, str(error).strip())

    def drop(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')

    return migrations.RunPython(make, drop)


def index_on_sqlite(table: str, column: str) -> migrations.RunPython:
    """A migration's step that makes one of names as they are, for SQLite alone.

    Django leaves it behind when it makes the table anew, as SQLite wants it for many a change. Without it
    names are found as well.
    """
    name = f"{table}_{column}_sqlite"

    def make(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" ("{column}")')

    def drop(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')

    return migrations.RunPython(make, drop)
