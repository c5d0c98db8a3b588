import json
import secrets
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from accounts import services as account_services
from mailsetup.hosting.management.base import PlainCommand
from mailsetup.hosting.models import Domain
from mailsetup.hosting.provisioning import provision

DOMAIN = "lindqvist.example"
CUSTOMER_EMAIL = "anna@lindqvist.example"
STAFF_EMAIL = "support@northwind.example"


class Command(PlainCommand):
    help = "Load the demo customer, its domain and mailboxes, and a member of support staff."
    example = "manage.py load_demo --force"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--imap-port", type=int, default=10143, help="STARTTLS port of the demo mail server"
        )
        parser.add_argument("--pop3-port", type=int, default=10995, help="implicit TLS port")
        parser.add_argument("--smtp-port", type=int, default=10587, help="STARTTLS port")
        parser.add_argument("--customer-password", help="portal password of the demo customer")
        parser.add_argument("--staff-password", help="portal password of the demo staff")
        parser.add_argument("--force", action="store_true", help="also when the database is not empty")

    def handle(self, *args: Any, **options: Any) -> None:
        if Domain.objects.exists() and not options["force"]:
            raise self.bad(
                "There are domains already: the demo is for an empty database. Use --force to add it."
            )
        with transaction.atomic():
            provision(json.dumps(_provider_file(options)).encode())
            customer = self._password(
                CUSTOMER_EMAIL, "Anna Lindqvist", options["customer_password"], staff=False
            )
            staff = self._password(STAFF_EMAIL, "Maya Okafor", options["staff_password"], staff=True)
        self.stdout.write(f"Customer: {CUSTOMER_EMAIL} {customer}".rstrip())
        self.stdout.write(f"Staff: {STAFF_EMAIL} {staff}".rstrip())

    def _password(self, email: str, name: str, password: str | None, *, staff: bool) -> str:
        """Create the user; returns a password only when this made one up."""
        user = account_services.ensure_user(email)
        new = not user.has_usable_password()
        user.name, user.is_staff, user.is_superuser = user.name or name, staff, staff
        made_up = secrets.token_urlsafe(9) if new and not password else ""
        wanted = password or made_up
        # A password that is right already stays: hashing it anew would end everybody's session.
        if wanted and not user.check_password(wanted):
            user.set_password(wanted)
        user.save()
        return made_up


def _provider_file(options: dict[str, Any]) -> dict[str, Any]:
    host = f"mail.{DOMAIN}"
    return {
        "customers": [{"id": "demo:1", "name": "Lindqvist AB", "users": [CUSTOMER_EMAIL]}],
        "servers": [
            {
                "name": "demo",
                "software": "demo",
                "webmail_url": "",
                "services": [
                    {
                        "type": "imap",
                        "hostname": host,
                        "port": options["imap_port"],
                        "socket_type": "STARTTLS",
                    },
                    {"type": "pop3", "hostname": host, "port": options["pop3_port"], "socket_type": "SSL"},
                    {
                        "type": "smtp",
                        "hostname": host,
                        "port": options["smtp_port"],
                        "socket_type": "STARTTLS",
                    },
                ],
            }
        ],
        "domains": [
            {
                "name": DOMAIN,
                "server": "demo",
                "customer": "demo:1",
                "aliases": ["lindqvist.test"],
                "mailboxes": [CUSTOMER_EMAIL, f"office@{DOMAIN}"],
            }
        ],
    }
