"""Whether the database, the cache and the broker answer that the settings name, for who sets the portal up.

Each function returns one sentence that begins with the setting, or "" when all is well. It has no password in
it, but names of hosts, so it is for a terminal or a log and not for a page.
"""

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from kombu import Connection


def database() -> str:
    """Asks for a connection of its own: the pool keeps why it has none to itself, and waits."""
    try:
        if connection.vendor == "postgresql":
            seconds = settings.PORTAL.broker_connect_seconds
            psycopg.connect(**{"connect_timeout": seconds, **connection.get_connection_params()}).close()
        else:
            connection.ensure_connection()
    except (DatabaseError, psycopg.Error) as error:
        return f"DATABASE_URL names a database that can't be used: {_first_line(error)}."
    return ""


def shared_cache() -> str:
    try:
        cache.set("back-ends", "ok", 10)
    except Exception as error:  # noqa: BLE001  # every cache raises its own
        reason = _first_line(error)
        return f"CACHE_URL names a cache that can't be used: {reason}. Nobody can sign in until it can."
    return ""


def broker() -> str:
    try:
        options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as connected:
            connected.connect()
    except Exception as error:  # noqa: BLE001  # every broker raises its own
        return (
            f"CELERY_BROKER_URL names a broker that can't be used: {_first_line(error)}. No connection test "
            "runs and no mail goes out until it can."
        )
    return ""


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip().rstrip(".") or type(error).__name__
