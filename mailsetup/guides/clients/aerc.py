"""aerc: reads IMAP and sends by itself, with one file."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="aerc",
    name="aerc",
    vendor="The aerc project",
    rank=300,
    tile="ae",
    hue=300,
    platforms=(Platform.LINUX, Platform.MAC),
    protocols=(Protocol.IMAP,),
    status="current",
    since="2023-04-23",
    minutes=4,
    way="file",
    also=("aerc-mail",),
    finds="finds nothing by itself; it reads a file, or asks in a wizard",
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The names of the options come from aerc's manuals. Our tests give it this file and let it read and "
        "send; nobody has followed the page as a whole. What newer versions changed comes from hearsay."
    ),
    checked="aerc 0.14, from its manuals",
    proof={Protocol.IMAP: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "source",
            "source-cred-cmd",
            "outgoing",
            "outgoing-cred-cmd",
            "from",
            "copy-to",
            "smtp-starttls",
        ),
    },
    files=("aerc",),
    terminal=True,
)
