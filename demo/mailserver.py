"""The demo mail server: IMAP, POP3 and submission for the demo's domains in one process.

    python -m demo.mailserver --state var/mail --imap-port 10993 --pop3-port 10995 --smtp-port 10465

All three speak TLS from the first byte (RFC 8314). It listens on this machine only, and mail never leaves it.
"""

import argparse
import asyncio
import logging
import ssl
import sys
import tempfile
import threading
import warnings
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.error import CannotListenError
from twisted.internet.ssl import PrivateCertificate
from twisted.python.log import PythonLoggingObserver

from demo.certificates import CertificateFiles, DemoAuthority
from demo.imap import start_imap
from demo.mailboxes import Mailboxes
from demo.pop3 import Pop3Factory
from demo.ports import MailPorts
from demo.private_files import private_folder
from demo.state import HOSTNAME
from demo.submission import start_submission

HOST = "127.0.0.1"

logger = logging.getLogger(__name__)


class AsyncioServers:
    """IMAP and submission, which live on asyncio, in a thread beside Twisted's reactor.

    The two could share one event loop, but twisted.mail installs a reactor of its own when it is imported.
    """

    def __init__(self, mailboxes: Mailboxes, certificate: CertificateFiles, imap_port: int, smtp_port: int):
        self.mailboxes = mailboxes
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate.certificate, certificate.key)
        self.error: OSError | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name="imap-and-submission", daemon=True).start()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self.error = error
        finally:
            reactor.callFromThread(reactor.stop)

    async def _serve(self) -> None:
        imap = await start_imap(self.mailboxes, self.context, HOST, self.imap_port)
        submission = await start_submission(self.mailboxes, self.context, HOSTNAME, HOST, self.smtp_port)
        async with imap, submission:
            await asyncio.gather(imap.serve_forever(), submission.serve_forever())


def serve(state: Path, ports: MailPorts) -> None:
    """Serves until SIGINT or SIGTERM; raises OSError or CannotListenError when a port is taken."""
    mailboxes = Mailboxes(private_folder(state) / "mailboxes")
    certificate = DemoAuthority(state / "authority").server_certificate(HOSTNAME, "localhost")
    # pymap renames its temporary files into the Maildir, which fails if they are on another file system.
    tempfile.tempdir = str(private_folder(state / "tmp"))
    pem = certificate.key.read_bytes() + certificate.certificate.read_bytes()
    reactor.listenSSL(
        ports.pop3, Pop3Factory(mailboxes), PrivateCertificate.loadPEM(pem).options(), interface=HOST
    )
    servers = AsyncioServers(mailboxes, certificate, ports.imap, ports.smtp)
    reactor.callWhenRunning(servers.start)
    reactor.run()
    if servers.error is not None:
        raise servers.error


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.mailserver", description=__doc__)
    parser.add_argument(
        "--state", type=Path, required=True, help="folder for mail, passwords and certificates"
    )
    MailPorts.add_options(parser)
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="{asctime} {levelname} {name} {message}", style="{")
    # aiosmtpd warns in two ways that a sign-in needs no STARTTLS.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
    PythonLoggingObserver("twisted").start()
    try:
        serve(options.state, MailPorts.of_options(options))
    except (OSError, CannotListenError) as error:
        print(f"The demo mail server can't start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
