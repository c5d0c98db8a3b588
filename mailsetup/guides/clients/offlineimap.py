"""OfflineIMAP, which keeps a copy of a mailbox in a folder, and msmtp, which sends."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import MSMTP_WORDS, said

GUIDE = Guide(
    slug="offlineimap",
    name="OfflineIMAP",
    vendor="The OfflineIMAP project",
    rank=320,
    tile="Oi",
    hue=270,
    platforms=(Platform.LINUX, Platform.MAC),
    protocols=(Protocol.IMAP,),
    status="current",
    since="2023-01-10",
    minutes=5,
    way="file",
    also=("offlineimap3", "msmtp"),
    finds="finds nothing by itself; it reads a file",
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The words of the file come from OfflineIMAP's example and the manual of msmtp. Our tests give both "
        "programs these files and let them fetch and send; nobody has followed the page as a whole."
    ),
    checked="OfflineIMAP 3 of October 2021 and msmtp 1.8.23, from their documentation",
    proof={Protocol.IMAP: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "remotehost",
            "remoteport",
            "remoteuser",
            "remotepasseval",
            "ssl",
            "starttls",
            "sslcacertfile",
            "host",
            "port",
            "tls_starttls",
            "user",
            "passwordeval",
        ),
    },
    files=("offlineimap", "msmtp"),
    terminal=True,
    says=(
        *said(
            Grade.PROGRAM,
            "imapserver.py of October 2021",
            {
                Meaning.SIGN_IN: ("All authentication types … failed",),
                Meaning.ENCRYPTION: ("Unknown SSL protocol connecting to host",),
                Meaning.CERTIFICATE: ("certificate expired", "no matching domain name found in certificate"),
            },
            side="incoming",
        ),
        *MSMTP_WORDS,
    ),
)
