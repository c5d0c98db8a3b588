"""Finding out which ports are free, and who listens."""

import argparse
import errno
import http.client
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass

LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class MailPorts:
    imap: int
    pop3: int
    smtp: int

    def as_options(self) -> list[str]:
        """For the command line of a program of the demo."""
        return [f"--{service}-port={port}" for service, port in asdict(self).items()]

    @staticmethod
    def add_options(parser: argparse.ArgumentParser) -> None:
        for service in ("imap", "pop3", "smtp"):
            parser.add_argument(f"--{service}-port", type=int, required=True)

    @classmethod
    def of_options(cls, options: argparse.Namespace) -> "MailPorts":
        return cls(options.imap_port, options.pop3_port, options.smtp_port)


# Those that mail programs try by themselves (RFC 8314). In place of one that can't be had there is another.
PREFERRED = MailPorts(imap=993, pop3=995, smtp=465)
_HIGHER = 10_000


def is_free(host: str, port: int) -> bool:
    """Raises OSError when `host` is no address of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections of a server that has just ended must not count as a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def free_mail_ports() -> MailPorts:
    """The ports that the demo prefers; in place of each that can't be had 10993 and so on, or any one."""
    return MailPorts(*(_free_port(port) for port in (PREFERRED.imap, PREFERRED.pop3, PREFERRED.smtp)))


def _free_port(preferred: int) -> int:
    for port in (preferred, preferred + _HIGHER):
        # Ports below 1024 are the administrator's on most machines.
        with suppress(PermissionError):
            if is_free(LOCAL, port):
                return port
    with socket.create_server((LOCAL, 0)) as server:
        return int(server.getsockname()[1])


def listens(port: int) -> bool:
    try:
        with socket.create_connection((LOCAL, port), timeout=1):
            return True
    except OSError:
        return False


def answers_healthz(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
