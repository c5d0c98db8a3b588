"""Where the demo mail server of these tests listens, and what it takes to talk to it."""

import json
import socket
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

ANNA = "anna@lindqvist.example"


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all are held open together so that none comes twice."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def accepts_connections(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@dataclass(frozen=True)
class MailServer:
    state: Path
    imap_port: int
    pop3_port: int
    smtp_port: int

    @property
    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.state / "authority" / "authority.pem"))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def password(self, address: str) -> str:
        stored: dict[str, str] = json.loads((self.state / "mailboxes" / "passwords.json").read_text())
        return stored[address]

    def command(self) -> list[str]:
        ports = {"imap": self.imap_port, "pop3": self.pop3_port, "smtp": self.smtp_port}
        options = [text for name, port in ports.items() for text in (f"--{name}-port", str(port))]
        return [sys.executable, "-m", "demo.mailserver", "--state", str(self.state), *options]
