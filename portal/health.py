"""Is this installation ready? Each part has a sentence for the administrator when it is not."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from mailsetup.connection_tests import selectors


def database() -> str:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return "The database does not answer."
    return ""


def migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "The database can not be asked which migrations it has."
    return "Migrations are missing: run manage.py migrate." if pending else ""


def shared_cache() -> str:
    try:
        cache.set("readyz", "ok", 10)
        found = cache.get("readyz")
    except Exception as error:  # noqa: BLE001  # every cache back end raises its own
        return f"The cache does not answer ({type(error).__name__})."
    return "" if found == "ok" else "The cache does not keep what it is given."


def worker() -> str:
    try:
        seen = selectors.worker_seen_at()
    except DatabaseError:
        return "The database can not be asked when a worker was seen."
    silence = timedelta(seconds=settings.CONNECTION_TESTS.worker_silence_seconds)
    if seen is None or timezone.now() - seen > silence:
        return "No worker was seen lately: connection tests would wait."
    return ""


PARTS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "cache": shared_cache,
    "worker": worker,
}


def problems() -> dict[str, str]:
    """What each part says; an empty sentence means that it is well."""
    return {name: check() for name, check in PARTS.items()}
