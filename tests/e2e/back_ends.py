"""The two kinds of installation: what is embedded, and what a grown-up one brings."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.parts.postgres import Postgres
from tests.parts.redis_server import RedisServer


@dataclass(frozen=True)
class BackEnd:
    """`environment` is what the portal reads; the dumps are all that the database and the broker hold.

    The disk is what both have written to files, deleted or not. While `nobody_writes` lasts, whoever starts a
    test waits.
    """

    environment: dict[str, str]
    dump_database: Callable[[], str]
    dump_broker: Callable[[], str]
    read_disk: Callable[[], bytes]
    nobody_writes: Callable[[], AbstractContextManager[None]]


def embedded(folder: Path) -> BackEnd:
    database, broker = folder / "portal.sqlite3", folder / "broker"
    return BackEnd(
        environment={
            "DATABASE_URL": f"sqlite:///{database}",
            "CELERY_BROKER_URL": f"filesystem://{broker}",
        },
        dump_database=lambda: _dump_sqlite(database),
        dump_broker=lambda: _read_folder(broker),
        read_disk=lambda: (_read_folder(folder)).encode("latin-1"),
        nobody_writes=lambda: _sqlite_held(database),
    )


def grown_up(postgres: Postgres, redis_server: RedisServer) -> BackEnd:
    broker, cache = 0, 1
    return BackEnd(
        environment={
            "DATABASE_URL": postgres.create_database("portal"),
            "CELERY_BROKER_URL": redis_server.url(broker),
            "CACHE_URL": redis_server.url(cache),
        },
        dump_database=lambda: postgres.dump("portal"),
        dump_broker=lambda: redis_server.dump(broker) + redis_server.dump(cache),
        # Redis has no file: its persistence is off, as docs/operations.md wants it.
        read_disk=lambda: postgres.read_disk("portal"),
        nobody_writes=lambda: postgres.held("portal", "connection_tests_connectiontest"),
    )


def _dump_sqlite(database: Path) -> str:
    """The rows as SQL, and the files as they lie there: a deleted row stays on its page for a while."""
    connection = sqlite3.connect(database)
    try:
        rows = "\n".join(connection.iterdump())
    finally:
        connection.close()
    return rows + "".join(_read(path) for path in database.parent.glob(f"{database.name}*"))


@contextmanager
def _sqlite_held(database: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def _read_folder(folder: Path) -> str:
    return "".join(f"{path}\n{_read(path)}\n" for path in sorted(folder.rglob("*")) if path.is_file())


def _read(path: Path) -> str:
    """Bytes as characters one to one; "" for a file that is gone already."""
    try:
        return path.read_bytes().decode("latin-1")
    except FileNotFoundError:
        return ""
