import json
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management.base import CommandParser
from django.db import transaction

from accounts import services as account_services
from accounts.models import FormerAddress, User
from mailsetup.hosting.management.base import PlainCommand
from mailsetup.hosting.models import Domain
from mailsetup.hosting.provisioning import provision

DOMAIN = "lindqvist.example"
# One that the desk gives as an example of what may be typed.
CUSTOMER_ID = "demo:204817"
CUSTOMER_EMAIL = "anna@lindqvist.example"
STAFF_EMAIL = "support@northwind.example"


def demo_customer() -> User:
    """Anna, by whatever address she signs in with now; she is made where nobody is her."""
    former = FormerAddress.objects.filter(email=CUSTOMER_EMAIL, customer__external_id=CUSTOMER_ID).first()
    return (former and former.user) or account_services.ensure_user(CUSTOMER_EMAIL)


class Command(PlainCommand):
    help = "Load two demo customers, their domains and mailboxes, and a member of support staff."
    example = "manage.py load_demo --force"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--imap-port", type=int, default=993, help="of the demo mail server; all have implicit TLS"
        )
        parser.add_argument("--pop3-port", type=int, default=995)
        parser.add_argument("--smtp-port", type=int, default=465)
        parser.add_argument("--customer-password", help="portal password of the demo customer")
        parser.add_argument("--staff-password", help="portal password of the demo staff")
        parser.add_argument(
            "--authenticator-key", help="key of the demo staff's authenticator app, in base32"
        )
        parser.add_argument("--force", action="store_true", help="also when the database is not empty")

    def handle(self, *args: Any, **options: Any) -> None:
        if Domain.objects.exists() and not options["force"]:
            raise self.bad(
                "There are domains already: the demo is for an empty database. Use --force to add it."
            )
        with transaction.atomic():
            provision(json.dumps(_provider_file(options)).encode())
            anna, maya = demo_customer(), account_services.ensure_user(STAFF_EMAIL)
            customer = self._password(anna, "Anna Lindqvist", options["customer_password"], staff=False)
            staff = self._password(maya, "Maya Okafor", options["staff_password"], staff=True)
            self._authenticator(options["authenticator_key"])
        self.stdout.write(f"Customer: {anna.email} {customer}".rstrip())
        self.stdout.write(f"Staff: {STAFF_EMAIL} {staff}".rstrip())

    def _authenticator(self, key: str | None) -> None:
        """The second step that the admin wants, unless one was set up by hand."""
        owned = Authenticator.objects.filter(user__email=STAFF_EMAIL, type=Authenticator.Type.TOTP)
        if key and not owned.exists():
            TOTP.activate(User.objects.get(email=STAFF_EMAIL), key)

    def _password(self, user: User, name: str, password: str | None, *, staff: bool) -> str:
        """Name the user and give them a password; returns it only when this made one up."""
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
    return {
        "customers": [
            {"id": CUSTOMER_ID, "name": "Lindqvist AB", "users": [CUSTOMER_EMAIL]},
            {"id": "demo:204818", "name": "Bergström Konsult", "users": ["erik@bergstrom.example"]},
        ],
        "servers": [
            _server("mail1", f"mail.{DOMAIN}", options),
            # Both are broken on purpose (demo/state.py), so that a visitor sees a test fail.
            _server("mail2, wrong certificate", "mail.kaffehuset.example", options),
            _server("mail3, switched off", "mail.fjordbygg.example", options),
        ],
        "domains": [
            {
                "name": DOMAIN,
                "server": "mail1",
                "customer": CUSTOMER_ID,
                "aliases": ["lindqvistbygg.example"],
                "mailboxes": [CUSTOMER_EMAIL, f"office@{DOMAIN}"],
            },
            {
                "name": "smörgåsbutiken.example",
                "server": "mail1",
                "customer": CUSTOMER_ID,
                "mailboxes": ["hej@smörgåsbutiken.example"],
            },
            {
                "name": "kaffehuset.example",
                "server": "mail2, wrong certificate",
                "customer": CUSTOMER_ID,
                "mailboxes": ["info@kaffehuset.example"],
            },
            {
                "name": "fjordbygg.example",
                "server": "mail3, switched off",
                "customer": CUSTOMER_ID,
                "mailboxes": ["info@fjordbygg.example"],
            },
            {
                "name": "bergstrom.example",
                "server": "mail1",
                "customer": "demo:204818",
                "mailboxes": ["erik@bergstrom.example"],
            },
        ],
    }


def _server(name: str, hostname: str, options: dict[str, Any]) -> dict[str, Any]:
    services = [
        {"type": kind, "hostname": hostname, "port": options[f"{kind}_port"], "socket_type": "SSL"}
        for kind in ("imap", "pop3", "smtp")
    ]
    return {"name": name, "software": "Demo", "services": services}
