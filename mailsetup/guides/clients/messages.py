"""What several apps say when something is wrong: the numbers of Windows, the words of servers and systems."""

from collections.abc import Mapping

from mailsetup.guides.clients.base import Grade, Meaning, Message, Side


def said(
    grade: Grade, source: str, texts: Mapping[Meaning, tuple[str, ...]], *, side: Side = ""
) -> tuple[Message, ...]:
    """The messages of one source."""
    return tuple(
        Message(text=text, meaning=meaning, grade=grade, source=source, side=side)
        for meaning, several in texts.items()
        for text in several
    )


# The numbers of Microsoft's mail transport, which Outlook and Windows Live Mail show in brackets.
_NUMBERS = "Microsoft's list of error numbers, as hosting providers copy it"
WINDOWS_CODES = (
    *said(
        Grade.HOSTS,
        _NUMBERS,
        {
            Meaning.UNREACHABLE: ("0x800CCC0E", "0x800CCC19"),
            Meaning.CUT: ("0x800CCC0F",),
            Meaning.SIGN_IN: ("0x800CCC18", "0x800CCC16"),
            Meaning.NO_SERVER: ("0x800CCC0D",),
            Meaning.ENCRYPTION: ("0x800CCC1A",),
            Meaning.CERTIFICATE: ("0x800CCC01", "0x800CCC02"),
            Meaning.SERVER_BUSY: ("0x800CCC0B",),
        },
    ),
    *said(
        Grade.HOSTS,
        _NUMBERS,
        {
            Meaning.SIGN_IN: ("0x800CCC92", "0x800CCC90"),
            Meaning.UNREACHABLE: ("0x80042108", "0x8004210A"),
        },
        side="incoming",
    ),
    *said(
        Grade.HOSTS,
        _NUMBERS,
        {
            # People report it with “Relay access denied” beside it.
            Meaning.SENDING_SIGN_IN: ("0x800CCC79",),
            Meaning.SENDER_REFUSED: ("0x800CCC78",),
            Meaning.SIGN_IN_METHOD: ("0x800CCC80",),
            Meaning.ENCRYPTION: ("0x800CCC7D",),
            Meaning.UNREACHABLE: ("0x80042109", "0x8004210B"),
        },
        side="outgoing",
    ),
    *said(
        Grade.VENDOR,
        "Microsoft's KB 278637 and 816866, on Outlook Express",
        {Meaning.CUT: ("Your server has unexpectedly terminated the connection",)},
    ),
    *said(
        Grade.HOSTS,
        "reports of Windows Mail and Outlook Express",
        {
            Meaning.SIGN_IN: ("There was a problem logging onto your mail server",),
            Meaning.ENCRYPTION: ("The server does not support a SSL connection",),
            Meaning.SENDING_SIGN_IN: (
                "The message could not be sent because one of the recipients was rejected by the server",
            ),
        },
    ),
)

# Android's own mail app of before. Its part for IMAP and POP3 lives on in Gmail and Samsung Email; nobody has
# compared what these say today.
ANDROID_WORDS = said(
    Grade.UNVERIFIED,
    "strings.xml of AOSP's Email, the ancestor",
    {
        Meaning.SIGN_IN: (
            "Username or password is incorrect",
            "Username or password incorrect",
            "Couldn't sign in",
            "Email address or password are incorrect",
        ),
        Meaning.CERTIFICATE: ("Can't safely connect to server", "Cannot safely connect to server"),
        Meaning.NO_ENCRYPTION: ("TLS required but not supported by server",),
        Meaning.SIGN_IN_METHOD: ("Authentication methods aren't supported by server",),
        Meaning.ENCRYPTION: ("Couldn't open connection to server due to security error",),
        Meaning.UNREACHABLE: (
            "Couldn't open connection to server",
            "Can't connect to server",
            "Cannot connect to server",
        ),
    },
)

# Four of the programs for the terminal send with it.
MSMTP_WORDS = said(
    Grade.PROGRAM,
    "msmtp 1.8.23",
    {
        Meaning.SIGN_IN: ("authentication failed (method",),
        Meaning.UNREACHABLE: ("cannot connect to … port",),
        Meaning.NO_SERVER: ("cannot locate host",),
        Meaning.ENCRYPTION: ("TLS handshake failed",),
        Meaning.CERTIFICATE: (
            "TLS certificate verification failed",
            "the certificate fingerprint does not match",
        ),
        Meaning.SIGN_IN_METHOD: ("cannot find a usable authentication method",),
    },
    side="outgoing",
)

# What servers answer and apps pass on as it is. It tells more than the app's own words around it.
SERVER_WORDS = (
    *said(
        Grade.RUN,
        "Dovecot and Postfix in our own tests",
        {
            Meaning.MAILBOX_FULL: ("Quota exceeded", "552 5.2.2"),
            Meaning.TOO_MANY_CONNECTIONS: ("Maximum number of connections from user+IP exceeded",),
            Meaning.SIGN_IN: ("AUTHENTICATIONFAILED", "ERR [AUTH] Authentication failed", "535 5.7.8"),
            Meaning.NO_ENCRYPTION: (
                "Plaintext authentication not allowed without SSL/TLS",
                "Plaintext authentication disallowed",
                "[PRIVACYREQUIRED]",
            ),
        },
    ),
    *said(
        Grade.RUN,
        "Postfix in our own tests",
        {
            Meaning.SENDER_REFUSED: ("Sender address rejected",),
            Meaning.SENDING_SIGN_IN: ("Relay access denied", "Recipient address rejected: Access denied"),
            Meaning.NO_ENCRYPTION: ("Must issue a STARTTLS command first",),
        },
        side="outgoing",
    ),
    *said(
        Grade.PROGRAM,
        "RFC 2449, RFC 3206, RFC 4954 and RFC 5530, which servers follow",
        {
            Meaning.MAILBOX_FULL: ("[OVERQUOTA]",),
            Meaning.MAILBOX_IN_USE: ("[IN-USE]",),
            Meaning.TOO_MANY_CONNECTIONS: ("[LIMIT]",),
            Meaning.SERVER_BUSY: (
                "[UNAVAILABLE]",
                "[SYS/TEMP]",
                "454 4.7.0",
                "Temporary authentication failure",
            ),
        },
    ),
    *said(
        Grade.PROGRAM,
        "RFC 4954, which servers follow",
        {Meaning.SENDING_SIGN_IN: ("530 5.7.0 Authentication required",)},
        side="outgoing",
    ),
    *said(
        Grade.HOSTS,
        "answers of other servers, as people report them",
        {
            Meaning.APP_PASSWORD: ("Application-specific password required", "app password"),
            Meaning.SENDING_SIGN_IN: (
                "Relaying denied",
                "not permitted to relay",
                "turn on SMTP Authentication",
            ),
        },
    ),
)

# What the system below the app says; many apps show it in brackets.
SYSTEM_WORDS = (
    *said(
        Grade.PROGRAM,
        "glibc",
        {
            Meaning.NO_SERVER: ("Name or service not known",),
            Meaning.UNREACHABLE: (
                "Connection refused",
                "Connection timed out",
                "No route to host",
                "Network is unreachable",
            ),
            Meaning.CUT: ("Connection reset by peer",),
        },
    ),
    *said(
        Grade.PROGRAM,
        "OpenSSL 3",
        {
            Meaning.ENCRYPTION: (
                "wrong version number",
                "unsupported protocol",
                "alert protocol version",
                "alert handshake failure",
                "no shared cipher",
                "unexpected eof while reading",
            ),
            Meaning.CERTIFICATE: (
                "certificate verify failed",
                "certificate has expired",
                "certificate is not yet valid",
                "self-signed certificate",
                "unable to get local issuer certificate",
                "hostname mismatch",
            ),
        },
    ),
    *said(
        Grade.PROGRAM,
        "GnuTLS 3.7",
        {
            Meaning.ENCRYPTION: ("An unexpected TLS packet was received",),
            Meaning.CERTIFICATE: ("Error in the certificate verification", "The certificate is NOT trusted"),
        },
    ),
    *said(
        Grade.VENDOR,
        "FairEmail's FAQ, on what Android says",
        {
            Meaning.NO_SERVER: (
                "Host is unresolved",
                "Unable to resolve host",
                "No address associated with hostname",
            ),
            Meaning.UNREACHABLE: ("Couldn't connect to host", "ECONNREFUSED"),
            Meaning.CERTIFICATE: ("Trust anchor for certification path not found",),
        },
    ),
)

# After an app's own words.
COMMON_WORDS = (*SERVER_WORDS, *SYSTEM_WORDS)
