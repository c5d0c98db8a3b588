"""NeoMutt: reads and sends by itself, with one file."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="neomutt",
    name="NeoMutt",
    vendor="The NeoMutt project",
    rank=270,
    tile="nm",
    hue=120,
    platforms=(Platform.LINUX, Platform.MAC),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2022-11-27",
    minutes=4,
    way="file",
    also=("Mutt",),
    finds="finds nothing by itself; it reads a file",
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The names of the options come from NeoMutt's manual. Our tests give it this file and let it read "
        "and send; nobody has followed the page as a whole."
    ),
    checked="NeoMutt 20220429, from its manual",
    proof={Protocol.IMAP: Grade.RUN, Protocol.POP3: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "imap_user",
            "folder",
            "imap_pass",
            "pop_user",
            "pop_host",
            "pop_pass",
            "pop_delete",
            "smtp_url",
            "smtp_pass",
            "real_name",
        ),
    },
    files=("neomutt",),
    terminal=True,
    says=said(
        Grade.PROGRAM,
        "the program itself, 20220429",
        {
            Meaning.SIGN_IN: ("Login failed", "Authentication failed", "SASL authentication failed"),
            Meaning.NO_SERVER: ("Could not find the host",),
            Meaning.UNREACHABLE: ("Could not connect to", "Connection to … timed out"),
            Meaning.ENCRYPTION: ("Could not negotiate TLS connection",),
            Meaning.CERTIFICATE: ("Certificate verification error",),
            Meaning.SENDING_SIGN_IN: ("SMTP server does not support authentication",),
        },
    ),
)
