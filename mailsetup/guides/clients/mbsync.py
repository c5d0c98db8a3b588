"""mbsync of isync, which keeps a copy of a mailbox in a folder, and msmtp, which sends."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import MSMTP_WORDS, said

GUIDE = Guide(
    slug="mbsync",
    name="mbsync and msmtp",
    vendor="The isync and msmtp projects",
    rank=260,
    tile="mb",
    hue=180,
    platforms=(Platform.LINUX, Platform.MAC),
    protocols=(Protocol.IMAP,),
    status="current",
    since="2023-02-05",
    minutes=5,
    way="file",
    also=("isync", "msmtp", "mu4e", "notmuch"),
    finds="finds nothing by itself; both read a file",
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    ssl_word="IMAPS",
    evidence=(
        "The keys come from the manuals of both programs. Our tests give them these files and let them fetch "
        "and send; nobody has followed the page as a whole."
    ),
    checked="isync 1.4.4 and msmtp 1.8.23, from their manuals",
    proof={Protocol.IMAP: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "Host",
            "Port",
            "User",
            "SSLType",
            "host",
            "port",
            "tls_starttls",
            "user",
            "Expunge",
            "PassCmd",
            "passwordeval",
        ),
    },
    files=("mbsync", "msmtp"),
    terminal=True,
    says=(
        *said(
            Grade.PROGRAM,
            "mbsync 1.4.4",
            {
                Meaning.NO_SERVER: ("Cannot resolve server",),
                Meaning.UNREACHABLE: ("Cannot connect to", "Socket error on … timeout"),
                Meaning.ENCRYPTION: ("SSL error connecting",),
                Meaning.CERTIFICATE: ("certificate owner does not match hostname", "no server certificate"),
                Meaning.SIGN_IN_METHOD: ("server supports no acceptable authentication mechanism",),
                Meaning.NO_ENCRYPTION: ("Password is being sent in the clear",),
            },
            side="incoming",
        ),
        *MSMTP_WORDS,
    ),
)
