"""What has to be done with Django before the portal can start; each step only when it is needed.

python -m demo.preparation --state var --imap-port 10993 --pop3-port 10995 --smtp-port 10465 --past
"""

import argparse
import io
import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from demo.ports import MailPorts
from demo.state import DemoState
from portal.database import is_of_before


def prepare_portal(state: DemoState, mail_ports: MailPorts) -> bool:
    """Migrates, collects static files and loads the demo customer into the database of the environment.

    A database that is not the demo's own gets the demo customer only while it holds no domain. Returns
    whether it is the demo's own.
    """
    own_database = settings.DATABASES["default"]["NAME"] == str(state.database)
    if own_database and is_of_before():
        _forget_database(state.database)
    _migrate()
    call_command("collectstatic", interactive=False, verbosity=0)
    if own_database or not apps.get_model("hosting", "Domain").objects.exists():
        call_command(
            "load_demo",
            imap_port=mail_ports.imap,
            pop3_port=mail_ports.pop3,
            smtp_port=mail_ports.smtp,
            customer_password=state.customer_password,
            staff_password=state.staff_password,
            authenticator_key=state.authenticator_key,
            force=True,
            # Its words are for a person who calls it; the passwords are said once everything is ready.
            stdout=io.StringIO(),
        )
        # Its models are there once Django is set up.
        from mailsetup.home.management.commands.load_demo import demo_customer  # noqa: PLC0415

        state.write_customer_email(demo_customer().email)
    return own_database


def _forget_database(file: Path) -> None:
    """The demo's own data is made anew rather than taken over from an earlier development version."""
    connection.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.preparation", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder of the demo's data")
    MailPorts.add_options(parser)
    parser.add_argument("--past", action="store_true", help="with finished tests; the mail server has to run")
    options = parser.parse_args()
    ports = MailPorts.of_options(options)
    try:
        django.setup()
        state = DemoState.in_folder(options.state)
        if prepare_portal(state, ports) and options.past:
            # Its models are there once Django is set up.
            from demo.past import make_a_past  # noqa: PLC0415

            make_a_past(state.mailboxes.passwords, ports)
    except (ImproperlyConfigured, CommandError) as error:
        print(error, file=sys.stderr)
        return os.EX_CONFIG  # what went wrong has been said in a sentence
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
