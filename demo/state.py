"""Everything that `make run` keeps between starts, and the environment that it gives to its children."""

import base64
import secrets
import shlex
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from demo.certificates import CertificateFiles, DemoAuthority
from demo.mailboxes import Mailboxes, generated_password
from demo.private_files import made_once, private_folder, write_private

HOSTNAME = "mail.lindqvist.example"
# As the command load_demo has them.
CUSTOMER_EMAIL = "anna@lindqvist.example"
STAFF_EMAIL = "support@northwind.example"
# Two names that lead to trouble: a server whose certificate has another name, and one where nobody listens.
WRONG_CERTIFICATE, SWITCHED_OFF = "mail.kaffehuset.example", "mail.fjordbygg.example"
WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


@dataclass(frozen=True)
class DemoState:
    """`folder` and what is in it; nothing is readable to other users of the machine."""

    folder: Path
    signing: CertificateFiles
    mailboxes: Mailboxes
    customer_password: str
    staff_password: str
    authenticator_key: str

    @classmethod
    def in_folder(cls, folder: Path) -> "DemoState":
        private_folder(folder)
        for name in ("broker", "log", "mail-out"):
            private_folder(folder / name)
        return cls(
            folder=folder,
            signing=DemoAuthority(folder / "mail" / "authority").signing_certificate("Mailway demo"),
            mailboxes=Mailboxes(folder / "mail" / "mailboxes"),
            customer_password=made_once(folder / "customer-password", generated_password),
            staff_password=made_once(folder / "staff-password", generated_password),
            authenticator_key=made_once(folder / "authenticator-key", _authenticator_key),
        )

    @property
    def customer_email(self) -> str:
        """What the demo customer signs in with: the address may be changed in the portal as anybody's."""
        file = self.folder / "customer-email"
        return file.read_text() if file.exists() else CUSTOMER_EMAIL

    def write_customer_email(self, email: str) -> None:
        """Keeps it for who has no Django to ask the database with."""
        write_private(self.folder / "customer-email", email.encode())

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def sent_mail(self) -> Path:
        return self.folder / "mail-out"

    @property
    def database(self) -> Path:
        return self.folder / "mailway.sqlite3"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{quote(str(self.database))}"

    def settings(self, host: str, given: Mapping[str, str]) -> dict[str, str]:
        """The environment that the demo needs, without what `given` has already, also as NAME_FILE."""
        needed = {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "SECRET_KEY": made_once(self.folder / "secret-key", lambda: secrets.token_urlsafe(50)),
            "CREDENTIALS_KEY": made_once(self.folder / "credentials-key", _fernet_key),
            "DEBUG": "false",
            # A hoster that nobody has, so that pages look as they would in front of customers.
            "BRAND_NAME": "Northwind Hosting",
            "BRAND_COLOUR": "#1b6a8f",
            "SUPPORT_PHONE": "+46 8 555 01 20",
            "SUPPORT_HOURS": "Monday to Friday, 8 to 17",
            "SUPPORT_URL": "https://support.northwind.example/",
            "PRIVACY_URL": "https://www.northwind.example/privacy",
            # The demo speaks http on this machine, where a browser would never send back a secure cookie.
            "HTTPS_ONLY": "false",
            "PORTAL_HOSTS": _portal_hosts(host),
            "DATABASE_URL": self.database_url,
            "CELERY_BROKER_URL": f"filesystem://{self.folder / 'broker'}",
            "EMAIL_URL": f"filemail:///{quote(str(self.sent_mail))}",
            "STATIC_ROOT": str(self.folder / "static"),
            "PROFILE_SIGNING_CERT": str(self.signing.certificate),
            "PROFILE_SIGNING_KEY": str(self.signing.key),
            "PROFILE_SIGNING_CHAIN": str(self.signing.chain),
            # Of the 32 threads of its worker.
            "SERVER_RUNNING_LIMIT": "24",
            "PROBE_ALLOWED_NETWORKS": "127.0.0.0/8",
            "PROBE_CA_FILE": str(self.signing.chain),
            # The mail server listens on the first of these two only.
            "PROBE_HOSTS": f"{HOSTNAME}=127.0.0.1,{WRONG_CERTIFICATE}=127.0.0.1,{SWITCHED_OFF}=127.0.0.2",
        }
        return {name: needed[name] for name in needed if name not in given and f"{name}_FILE" not in given}

    def write_shell_file(self, settings: Mapping[str, str]) -> Path:
        """Leaves `settings` for a shell to read, so that manage.py works on the demo's data."""
        path = self.folder / "demo.env"
        lines = (f"export {name}={shlex.quote(value)}\n" for name, value in settings.items())
        write_private(path, "".join(lines).encode())
        return path


def _portal_hosts(host: str) -> str:
    """The portal's names; whoever lets the network in gets those that the machine knows of."""
    names = [socket.gethostname(), f"{socket.gethostname()}.local", _own_address()]
    if host not in WILDCARDS:
        names = [f"[{host}]" if ":" in host else host]
    return ",".join(dict.fromkeys(("localhost", "127.0.0.1", *filter(None, names))))


def _own_address() -> str:
    """The address from which this machine would call another; "" without a network. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        try:
            datagram.connect(("192.0.2.1", 9))  # RFC 5737: nobody's
        except OSError:
            return ""
        return str(datagram.getsockname()[0])


def _authenticator_key() -> str:
    """Twenty random bytes as authenticator apps take them (RFC 4226 section 4, RFC 4648 section 6)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
