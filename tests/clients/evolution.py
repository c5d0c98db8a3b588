"""Evolution on a screen that nobody sees, with the sources that its assistant would have written.

Their names and words are those of evolution-data-server: src/libedataserver/e-source-*.c, and for what was
trusted src/camel/camel-certdb.c and camel-network-service.c.
"""

import contextlib
import hashlib
import sqlite3
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.clients.terminal import PATIENCE_SECONDS, Home
from tests.guides.page import Part

# What the assistant's words are in its files. "none" stands for a password without SASL.
_BACKENDS = {"IMAP": "imapx", "POP": "pop", "SMTP": "smtp"}
_SECURITY = {
    "TLS on a dedicated port": "ssl-on-alternate-port",
    "STARTTLS after connecting": "starttls-after-connecting",
}
_METHODS = {"Password": "none", "PLAIN": "PLAIN"}
_SETTINGS = "[org/gnome/evolution/mail]\nprompt-on-accel-send=false\n"
# The keyring in which it looks for passwords, and a message that waits to be sent.
_SESSION = """export GSETTINGS_BACKEND=keyfile
printf keyring | gnome-keyring-daemon --unlock --components=secrets
for source in account transport; do
  secret-tool store --label=mail e-source-uid $source eds-origin evolution-data-server < password
done
exec evolution "mailto:$1?subject=$2"
"""


@dataclass
class Evolution:
    home: Home

    def press_send(self, subject: str) -> None:
        """In the window with a message of this subject, once it is there."""
        window = ("xdotool", "search", "--sync", "--onlyvisible", "--name", subject)
        self.home.run(*window, "windowfocus", "key", "ctrl+Return")

    def receives(self, subject: str) -> bool:
        """Whether a message of this subject comes to lie in its inbox."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self._fetched(subject) or self._listed(subject):
                return True
            time.sleep(0.05)
        return False

    def _fetched(self, subject: str) -> bool:
        """POP3: the message itself."""
        inbox = self.home.folder / ".local/share/evolution/mail/local/cur"
        return any(f"Subject: {subject}" in path.read_text() for path in inbox.glob("*"))

    def _listed(self, subject: str) -> bool:
        """IMAP: what it shows of the message in its list."""
        summary = self.home.folder / ".cache/evolution/mail/account/folders.db"
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(f"file:{summary}?mode=ro", uri=True)) as database,
        ):
            return bool(database.execute("SELECT 1 FROM INBOX WHERE subject = ?", [subject]).fetchall())
        return False


def fill_in(home: Home, page_parts: Mapping[str, Part], password: str) -> None:
    """What the assistant stores of what stands in its fields: `who`, `incoming`, `options` and `outgoing`."""
    fields = {name: part.fields for name, part in page_parts.items()}
    keep = fields["options"].get("Leave messages on server") == "Tick it"
    account = {
        "Mail Account": {
            "BackendName": _BACKENDS[fields["incoming"]["Server Type"]],
            "IdentityUid": "identity",
        },
        "Pop Backend": {"KeepOnServer": str(keep).lower()},
        **_server(fields["incoming"], _METHODS[fields["incoming"]["Authentication"]]),
    }
    identity = {
        "Mail Identity": {"Address": fields["who"]["Email Address"], "Name": fields["who"]["Full Name"]},
        "Mail Submission": {"TransportUid": "transport"},
        "Mail Composition": {},
    }
    signs_in = fields["outgoing"]["Server requires authentication"] == "Tick it"
    transport = {
        "Mail Transport": {"BackendName": _BACKENDS[fields["outgoing"]["Server Type"]]},
        **_server(fields["outgoing"], _METHODS[fields["outgoing"]["Type"]] if signs_in else "none"),
    }
    for name, groups in {"account": account, "identity": identity, "transport": transport}.items():
        parent = {"DisplayName": name, "Enabled": "true", "Parent": "" if name == "account" else "account"}
        lines = []
        for group, values in {"Data Source": parent, **groups}.items():
            lines += [f"[{group}]", *(f"{key}={value}" for key, value in values.items()), ""]
        home.write(f".config/evolution/sources/{name}.source", "\n".join(lines))
    home.write("password", password)
    home.write(".config/glib-2.0/settings/keyfile", _SETTINGS)


def trust(home: Home, hostname: str, certificate: Path) -> None:
    """As somebody does who accepts a certificate for good: GLib's roots are those of the system alone."""
    der = ssl.PEM_cert_to_DER_cert(
        certificate.read_text().partition("-----END")[0] + "-----END CERTIFICATE-----\n"
    )
    fingerprint = "".join(f"{byte:02x}:" for byte in hashlib.md5(der, usedforsecurity=False).digest())
    home.write_bytes(f".local/share/camel_certs/{fingerprint}", der)
    words = b"".join(
        bytes([0x80 | len(word) + 1]) + word.encode() for word in ("", "", hostname, fingerprint)
    )
    # Version 0x100, one certificate, trusted fully.
    home.write_bytes(".local/share/evolution/camel-cert.db", b"\x02\x80\x81" + words + b"\x83")


@contextlib.contextmanager
def running_evolution(home: Home, to: str, subject: str) -> Iterator[Evolution]:
    """Evolution while it runs, with a window in which somebody has begun to write."""
    session = home.write("session.sh", _SESSION)
    with (
        home.with_a_screen() as seen,
        seen.running("dbus-run-session", "--", "sh", str(session), to, subject),
    ):
        yield Evolution(seen)


def _server(fields: Mapping[str, str], method: str) -> dict[str, dict[str, str]]:
    return {
        "Authentication": {
            "Host": fields["Server"],
            "Method": method,
            "Port": fields["Port"],
            "User": fields["Username"],
            "RememberPassword": "true",
        },
        "Security": {"Method": _SECURITY[fields["Encryption method"]]},
    }
