"""A PostgreSQL cluster of the tests' own."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.parts.daemon import Daemon, free_ports, short_folder

_ROLE = "portal"


@dataclass(frozen=True)
class Postgres:
    port: int
    programs: Path
    data: Path

    def create_database(self, name: str) -> str:
        """A new empty database; its address as Django's DATABASE_URL takes it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://{_ROLE}@127.0.0.1:{self.port}/{name}"

    def dump(self, name: str) -> str:
        """Everything in the database, as SQL."""
        command = [self.programs / "pg_dump", "--inserts", self.url(name)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    @contextlib.contextmanager
    def held(self, name: str, table: str) -> Iterator[None]:
        """While this lasts nobody else writes to the table."""
        with psycopg.connect(self.url(name)) as connection:
            connection.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.Identifier(table)))
            yield

    def read_disk(self, name: str) -> bytes:
        """The database's tables and the log as they lie there; a deleted row stays for a while."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            query = connection.execute("SELECT oid FROM pg_database WHERE datname = %s", [name])
            (number,) = query.fetchone()
        folders = [self.data / "base" / str(number), self.data / "base" / "pgsql_tmp", self.data / "pg_wal"]
        return b"".join(
            path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()
        )


def programs_folder() -> Path:
    """Where initdb lies: Debian keeps every version's programs apart and out of PATH."""
    versions = [
        folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()
    ]
    if versions:
        return max(versions, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    assert found, "PostgreSQL is not installed: run make test"
    return Path(found).resolve().parent


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    programs = programs_folder()
    (port,) = free_ports(1)
    with short_folder("pg-") as folder:
        if user:
            shutil.chown(folder, user, user)
        data = folder / "data"
        # A megabyte a file of the log: sixteen, as is usual, are read through by whoever searches the disk.
        how = ["-U", _ROLE, "-A", "trust", "-E", "UTF8", "--wal-segsize=1", "--no-sync"]
        subprocess.run(
            [programs / "initdb", "-D", data, *how],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [programs / "postgres", "-D", data, "-p", str(port), *options]
        server = Daemon(command, folder / "postgres.log", user=user, folder=folder)
        try:
            server.wait_until_logged("database system is ready to accept connections")
            yield Postgres(port, programs, data)
        finally:
            # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
            server.stop(signal.SIGINT)
