"""Whether anything has changed since the demo was prepared; asking costs no Django and few milliseconds."""

import hashlib
import sqlite3
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from demo.ports import MailPorts
from demo.state import STAFF_EMAIL, DemoState

CHECKOUT = Path(__file__).resolve().parent.parent
# Code with its migrations and static files.
FOLDERS = ("accounts", "components", "demo", "mailsetup", "portal")
# Any other variable may be a setting, and preparation is what says in a sentence that one is wrong.
OF_THE_SHELL = frozenset({"_", "OLDPWD", "PWD", "SHLVL"})


def fingerprint(state: DemoState, environment: Mapping[str, str], mail_ports: MailPorts) -> str:
    """Changes with whatever preparation reads or writes; "" when only preparation can tell.

    That is a database which is not the demo's own, and one that nobody has prepared yet.
    """
    people = _stored_people(state)
    if environment.get("DATABASE_URL") != state.database_url or not people:
        return ""
    settings = sorted(item for item in environment.items() if item[0] not in OF_THE_SHELL)
    digest = hashlib.sha256(f"{settings} {mail_ports} {people}\n".encode())
    for path in _files(state):
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(state: DemoState) -> Iterator[Path]:
    """What is looked at; a folder's own time tells that something came or went in it."""
    # A package that is installed, updated or removed is a folder that comes or goes there.
    yield Path(sysconfig.get_path("purelib"))
    yield from filter(Path.exists, (state.folder / "static", CHECKOUT / ".env"))
    for folder in FOLDERS:
        found = sorted((CHECKOUT / folder).rglob("*"))
        yield from (path for path in found if "__pycache__" not in path.parts)


def _stored_people(state: DemoState) -> list[tuple[str, str]]:
    """Who the demo's passwords are printed for, each with what is stored to check theirs."""
    if not state.database.exists():
        return []
    with closing(sqlite3.connect(state.database)) as connection:
        try:
            return connection.execute(
                "SELECT email, password FROM accounts_user WHERE email IN (?, ?) ORDER BY email",
                (state.customer_email, STAFF_EMAIL),
            ).fetchall()
        except sqlite3.OperationalError:  # there is no such table yet
            return []
