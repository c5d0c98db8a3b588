"""What has to be done with Django before the portal can start; each step only when it is needed."""

import hashlib
import io
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from demo.ports import MailPorts
from demo.state import DemoState
from portal.database import is_of_before


def prepare_portal(state: DemoState, mail_ports: MailPorts, *, own_database: bool) -> None:
    """Migrates, collects static files and loads the demo customer into the database of the environment.

    A database that is not the demo's own gets the demo customer only while it holds no domain.
    """
    django.setup()
    if own_database and is_of_before():
        _forget_database()
    _migrate()
    _collect_static(state.folder / "static.fingerprint")
    if own_database or not apps.get_model("hosting", "Domain").objects.exists():
        call_command(
            "load_demo",
            imap_port=mail_ports.imap,
            pop3_port=mail_ports.pop3,
            smtp_port=mail_ports.smtp,
            customer_password=state.customer_password,
            staff_password=state.staff_password,
            force=True,
            # Its words are for a person who calls it; the passwords are said once everything is ready.
            stdout=io.StringIO(),
        )
    connection.close()


def _forget_database() -> None:
    """The demo's own data is made anew rather than taken over from an earlier development version."""
    connection.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{settings.DATABASES['default']['NAME']}{ending}").unlink(missing_ok=True)


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def _collect_static(stored: Path) -> None:
    fingerprint = _static_fingerprint()
    collected = Path(settings.STATIC_ROOT).is_dir() and stored.exists() and stored.read_text() == fingerprint
    if not collected:
        call_command("collectstatic", interactive=False, verbosity=0)
        stored.write_text(fingerprint)


def _static_fingerprint() -> str:
    """Changes whenever a static file of any app comes, goes or changes, and with the folder they go to."""
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{storage.path(name)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
