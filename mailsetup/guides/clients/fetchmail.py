"""fetchmail, which fetches, and msmtp, which sends."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform, Refusal, ServerTrait
from mailsetup.guides.clients.messages import MSMTP_WORDS, said

GUIDE = Guide(
    slug="fetchmail",
    name="fetchmail",
    vendor="The fetchmail project",
    rank=280,
    tile="fm",
    hue=60,
    platforms=(Platform.LINUX, Platform.MAC),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2023-02-27",
    minutes=5,
    way="file",
    also=("msmtp", "procmail", "fetchmailconf"),
    finds="finds nothing by itself; it reads a file",
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The words of the file come from the manuals of fetchmail and msmtp. Our tests give both programs "
        "these files and let them fetch and send; nobody has followed the page as a whole."
    ),
    refuses=(
        Refusal(
            trait=ServerTrait.OLD_TLS_ONLY,
            sure=True,
            evidence="The file that we make for it says sslproto “TLS1.2+”.",
        ),
    ),
    checked="fetchmail 6.4.37 and msmtp 1.8.23, from their manuals",
    proof={Protocol.IMAP: Grade.RUN, Protocol.POP3: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "poll",
            "service",
            "user",
            "ssl",
            "keep",
            "flush",
            "mda",
            "host",
            "port",
            "tls_starttls",
            "passwordeval",
        ),
    },
    files=("fetchmail", "msmtp"),
    terminal=True,
    says=(
        *said(
            Grade.PROGRAM,
            "fetchmail 6.4.37",
            {
                Meaning.SIGN_IN: (
                    "Authorization failure on",
                    "Query status=3 (AUTHFAIL)",
                    "Unknown login or authentication error on",
                ),
                Meaning.UNREACHABLE: ("connection to … failed",),
                Meaning.ENCRYPTION: ("SSL connection failed", "upgrade to TLS failed"),
                Meaning.CERTIFICATE: ("Server certificate verification error",),
                Meaning.MAILBOX_IN_USE: ("Lock-busy error on",),
                Meaning.SERVER_BUSY: ("Server busy error on",),
            },
            side="incoming",
        ),
        *MSMTP_WORDS,
    ),
)
