"""Alpine: two lines of its configuration name the servers."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

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
        "Our tests press the keys that the page names, type its lines into the program's own list, and let "
        "it read and send. That POP3 mail stays on the server comes from the help inside the program."
    ),
    checked="Alpine 2.26, from its own files and by using it",
    proof={Protocol.IMAP: Grade.RUN, Protocol.POP3: Grade.RUN},
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
    says=said(
        Grade.PROGRAM,
        "the program itself, 2.26",
        {
            Meaning.SIGN_IN: ("Too many login failures",),
            Meaning.NO_SERVER: ("No such host as",),
            Meaning.UNREACHABLE: ("Can't connect to",),
            Meaning.CERTIFICATE: (
                "Certificate failure for",
                "There was a failure validating the SSL/TLS certificate for the server",
            ),
            Meaning.ENCRYPTION: ("Unable to negotiate TLS with this server",),
        },
    ),
)
