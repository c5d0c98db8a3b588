"""A mail provider on this machine: real Dovecot and Postfix with an authority of their own.

Root gets both. Postfix refuses anybody else, who gets Dovecot and, for submission, the small server
in submission.py that signs in and delivers through the same Dovecot.
"""

import contextlib
import ipaddress
import os
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme

from demo.certificates import naming_its_list
from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.vantage import Vantage
from tests.faults.authority import LIST_OF_WITHDRAWN
from tests.mail.dovecot import start_dovecot
from tests.mail.mailboxes import DOMAIN, HOST, MAILBOXES, Mailbox
from tests.mail.postfix import start_postfix
from tests.parts.daemon import Daemon, free_ports, short_folder

LOOPBACK = "127.0.0.1"
LOOPBACK_NETWORK = "127.0.0.0/8"
MAX_CONNECTIONS = 20
USUAL_LIMITS = ProbeSettings()
_PORT_NAMES = {
    (ServiceType.IMAP, SocketType.SSL): "imaps",
    (ServiceType.IMAP, SocketType.STARTTLS): "imap",
    (ServiceType.POP3, SocketType.SSL): "pop3s",
    (ServiceType.POP3, SocketType.STARTTLS): "pop3",
    (ServiceType.SMTP, SocketType.SSL): "submissions",
    (ServiceType.SMTP, SocketType.STARTTLS): "submission",
}


@dataclass(frozen=True)
class MailLab:
    """What runs where. `ports` has imap, imaps, pop3, pop3s, submission and submissions."""

    folder: Path
    ports: Mapping[str, int]
    host: str = HOST
    domain: str = DOMAIN

    @property
    def users(self) -> Mapping[str, Mailbox]:
        """The mailboxes by the part before the @."""
        return MAILBOXES

    @property
    def ca_file(self) -> Path:
        """The root certificate; the servers send the intermediate themselves."""
        return self.folder / "root.pem"

    @property
    def tls(self) -> ssl.SSLContext:
        """What a mail program that trusts the lab's authority checks with."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def server_settings(
        self, type_: ServiceType, socket_type: SocketType, user: str = "anna"
    ) -> ServerSettings:
        """The way into the mailbox of `user`."""
        port = self.ports[_PORT_NAMES[type_, socket_type]]
        return ServerSettings(type_, self.host, port, socket_type, username=self.users[user].address)

    def vantage(self, limits: ProbeSettings = USUAL_LIMITS) -> Vantage:
        """A look at the network in which the lab has its name, its address and its authority."""
        return Vantage(
            allowed_networks=(ipaddress.ip_network(LOOPBACK_NETWORK),),
            ca_file=str(self.ca_file),
            hosts={self.host: (LOOPBACK,)},
            limits=limits,
        )

    def dial(self, port: str, timeout: float = 20) -> socket.socket:
        """An open connection to the port of this name."""
        return socket.create_connection((LOOPBACK, self.ports[port]), timeout)

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))


@contextlib.contextmanager
def running_mail_lab(max_connections: int = MAX_CONNECTIONS) -> Iterator[MailLab]:
    """The lab while it runs; `max_connections` is what one mailbox may hold open from one address."""
    names = list(_PORT_NAMES.values())
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    with short_folder("ml-") as folder, contextlib.ExitStack() as running:
        certificate, key = _issue_certificate(folder)
        dovecot = start_dovecot(folder, ports, certificate, key, max_connections)
        running.callback(dovecot.stop)
        submission = _start_submission(folder, ports, certificate, key)
        running.callback(submission.stop)
        dovecot.wait_until_listening(ports["imap"], ports["imaps"], ports["pop3"], ports["pop3s"])
        submission.wait_until_listening(ports["submission"], ports["submissions"])
        yield MailLab(folder, ports)


def _issue_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate by an intermediate authority, chain and key; the root goes to root.pem."""
    root = trustme.CA(organization_name="Mail lab root")
    # Programs that no test can give a name server look for "localhost"; fetchmail and OfflineIMAP refuse a
    # certificate that has no common name.
    intermediate = root.create_child_ca()
    issued = intermediate.issue_cert(HOST, "localhost", common_name="localhost")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    root.cert_pem.write_to_path(str(folder / "root.pem"))
    leaf, *above = (part.bytes() for part in issued.cert_chain_pems)
    certificate.write_bytes(naming_its_list(leaf, intermediate, LIST_OF_WITHDRAWN) + b"".join(above))
    key.touch(mode=0o600)
    key.write_bytes(issued.private_key_pem.bytes())
    return certificate, key


def _start_submission(folder: Path, ports: Mapping[str, int], certificate: Path, key: Path) -> Daemon:
    if os.geteuid() == 0:
        return start_postfix(folder, ports, certificate, key)
    words = [folder / "run" / "lab-lmtp", certificate, key, ports["submission"], ports["submissions"]]
    command = [sys.executable, "-m", "tests.mail.submission", *map(str, words)]
    return Daemon(command, folder / "submission.log", folder=Path(__file__).parents[2])
