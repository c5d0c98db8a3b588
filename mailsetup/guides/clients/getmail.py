"""getmail, which fetches over implicit TLS only, and msmtp, which sends."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Platform
from mailsetup.guides.clients.messages import MSMTP_WORDS

GUIDE = Guide(
    slug="getmail",
    name="getmail",
    vendor="The getmail6 project",
    rank=290,
    tile="gm",
    hue=30,
    platforms=(Platform.LINUX, Platform.MAC),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2023-01-17",
    minutes=5,
    way="file",
    also=("getmail6", "msmtp"),
    finds="finds nothing by itself; it reads a file",
    receiving=(SocketType.SSL,),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The words of the file come from the documentation of getmail and the manual of msmtp. Our tests "
        "give both programs these files and let them fetch and send; nobody has followed the page as a "
        "whole."
    ),
    checked="getmail 6.18.11 and msmtp 1.8.23, from their documentation",
    proof={Protocol.IMAP: Grade.RUN, Protocol.POP3: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "type",
            "server",
            "port",
            "username",
            "password_command",
            "ca_certs",
            "path",
            "read_all",
            "delete",
            "host",
            "tls_starttls",
            "user",
            "passwordeval",
        ),
    },
    files=("getmail", "msmtp"),
    terminal=True,
    says=MSMTP_WORDS,
)
