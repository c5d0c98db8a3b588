"""Alpine: two lines of its configuration name the servers."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="alpine",
    name="Alpine",
    vendor="Eduardo Chappa, University of Washington",
    rank=310,
    tile="Al",
    hue=0,
    platforms=(Platform.LINUX, Platform.MAC),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2022-06-09",
    minutes=5,
    way="steps",
    also=("Pine", "Re-alpine"),
    finds="finds nothing by itself; everything is typed in",
    # The flags behind a server's name.
    ssl_word="/ssl",
    starttls_word="/tls",
    evidence=(
        "Labels and flags come from the help inside the program and from Debian's notes beside it, as does "
        "that POP3 mail stays on the server. Nobody has tried the lines with the program."
    ),
    checked="Alpine 2.26, from its own files",
    proof={Protocol.IMAP: Grade.PROGRAM, Protocol.POP3: Grade.PROGRAM},
    labels={
        Grade.PROGRAM: (
            "Personal Name",
            "Customized Headers",
            "Inbox Path",
            "SMTP Server (for sending)",
            "Commit changes",
        ),
    },
    terminal=True,
)
