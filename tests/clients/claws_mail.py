"""Claws Mail on a screen that nobody sees, with the files that its wizard would have written.

What the wizard makes of its fields is read out of src/wizard.c, the names of the settings out of
src/prefs_account.c, the head of a message that waits to be sent out of src/procmsg.c.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.clients.terminal import PATIENCE_SECONDS, Home
from tests.guides.page import Part
from tests.mail.oracles import Mail

# Of Claws Mail 4.1; a newer one reads it as that.
_VERSION = 4
# RecvProtocol, and where its inbox is.
_PROTOCOLS = {"POP3": (0, "#mh/Mailbox/inbox"), "IMAP": (1, "#imap/lab/INBOX")}
_LOCAL = '<folder type="mh" name="Mailbox" path="Mail" />'
_INBOX = '<folderitem name="INBOX" path="INBOX" type="inbox" />'
_REMOTE = f'<folder type="imap" name="lab" account_id="1">{_INBOX}</folder>'


@dataclass
class ClawsMail:
    home: Home
    inbox: str

    def receives(self, subject: str, token: str) -> bool:
        """Whether a message of this subject that has the token comes to lie in its inbox."""
        self.home.run("claws-mail", "--receive-all")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = self.home.run("claws-mail", "--search", self.inbox, "subject", subject)
            if any(token in Path(path).read_text() for path in found.splitlines()):
                return True
        return False


def fill_in(home: Home, who: Part, incoming: Part, outgoing: Part, password: str) -> str:
    """What the wizard stores of what stands in its fields; returns the name of the inbox."""
    receive, send = incoming.fields, outgoing.fields
    protocol, inbox = _PROTOCOLS[receive["Server type"]]
    (recv_server, recv_port), (smtp_server, smtp_port) = map(_server, (incoming, outgoing))
    recv_tls = _encryption(receive, "receiving")
    settings = {
        "config_version": _VERSION,
        "account_name": "lab",
        "is_default": 1,
        "name": who.fields["Your name"],
        "address": who.fields["Your email address"],
        "protocol": protocol,
        "receive_server": recv_server,
        "smtp_server": smtp_server,
        "user_id": receive["Username"],
        "password": password,
        "use_smtp_auth": int(send["Use authentication"] == "Tick it"),
        "smtp_user_id": send["SMTP username"],
        "smtp_password": password,
        "ssl_imap": recv_tls,
        "ssl_pop": recv_tls,
        "ssl_smtp": _encryption(send, "SMTP"),
        **{f"set_{kind}port": 1 for kind in ("imap", "pop", "smtp")},
        "imap_port": recv_port,
        "pop_port": recv_port,
        "smtp_port": smtp_port,
        # Whoever reads "Signature status: Correct" says yes; a wrong certificate is asked about all the same.
        "ssl_certs_auto_accept": 1,
    }
    lines = (f"{name}={value}\n" for name, value in settings.items())
    home.write(".claws-mail/accountrc", "[Account: 1]\n" + "".join(lines))
    folders = _LOCAL + (_REMOTE if receive["Server type"] == "IMAP" else "")
    home.write(".claws-mail/folderlist.xml", f'<?xml version="1.0"?><folderlist>{folders}</folderlist>')
    return inbox


def queue(home: Home, message: Mail) -> None:
    """As "Send later" leaves it."""
    address = message.content["From"]
    head = f"S:{address}\nR:<{address}>\nMAID:1\nX-Claws-End-Special-Headers: 1\n"
    home.write("Mail/queue/1", head + message.content.as_string())


@contextlib.contextmanager
def running_claws_mail(home: Home, inbox: str) -> Iterator[ClawsMail]:
    """Claws Mail while it runs; it begins with sending what is in its queue."""
    with home.with_a_screen() as seen, seen.running("claws-mail", "--send"):
        yield ClawsMail(seen, inbox)


def _server(step: Part) -> tuple[str, int]:
    """The server with its port behind it, as it is typed."""
    (typed,) = (part.text for part in step.parts("code") if ":" in part.text)
    host, _, port = typed.partition(":")
    return host, int(port)


def _encryption(fields: dict[str, str], whose: str) -> int:
    """SSLType: none, TLS from the start, STARTTLS."""
    tls = fields[f"Use TLS to connect to {whose} server"] == "Tick it"
    starttls = fields["Use STARTTLS command to start encryption"] == "Tick it too"
    return tls + (tls and starttls)
