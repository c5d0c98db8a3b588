"""Thunderbird and K-9 Mail for Android, one app: finds IMAP by autoconfig; POP3 is typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="thunderbird-android",
    name="Thunderbird and K-9 Mail on Android",
    vendor="MZLA Technologies (Mozilla)",
    rank=110,
    tile="Tb",
    hue=270,
    platforms=(Platform.ANDROID,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2026-08-20",
    minutes=2,
    way="type_address",
    also=("K-9", "K9", "K9 Mail", "Mozilla", "Thunderbird Mobile"),
    finds="asks for Mozilla autoconfig and reads what it says about IMAP, then for Mozilla’s own list",
    asks={Protocol.IMAP: "autoconfig"},
    starttls_word="StartTLS",
    evidence=(
        "Labels, their order, what is found by itself and what POP3 leaves on the server were read out of "
        "the app’s own source. The way to a second account nobody has checked."
    ),
    checked="Thunderbird for Android 24.0, from its source",
    proof={Protocol.IMAP: Grade.PROGRAM, Protocol.POP3: Grade.PROGRAM},
    labels={
        Grade.PROGRAM: (
            "Get started",
            "Add an email account now",
            "Email address",
            "Next",
            "Configuration found",
            "Configuration not found",
            "Edit configuration",
            "Configure manually",
            "This configuration is not trusted",
            "I trust this configuration",
            "Incoming server settings",
            "Outgoing server settings",
            "Protocol",
            "Server",
            "Security",
            "Port",
            "Authentication",
            "Username",
            "Password",
            "Account name",
            "Your name",
            "Check frequency",
            "Fetching mail",
            "Incoming server",
            "Sending mail",
            "Outgoing server",
            "When I delete a message",
            "Do not delete on server",
            "Certificate error",
            "Go back (recommended)",
        ),
        Grade.UNVERIFIED: ("Settings", "Add account"),
    },
    leaves_copies=True,
    says=(
        *said(
            Grade.PROGRAM,
            "strings.xml of 24.0, the check of the servers",
            {
                Meaning.SIGN_IN: ("Authentication error",),
                Meaning.CERTIFICATE: ("Certificate error",),
                Meaning.UNREACHABLE: ("Network error",),
                Meaning.ENCRYPTION: ("Missing server capability",),
                Meaning.NOT_FOUND: ("Failed to load email configuration",),
            },
        ),
        *said(
            Grade.PROGRAM,
            "strings.xml of 24.0, the notifications",
            {
                Meaning.SIGN_IN: (
                    "Authentication failed for … Update your server settings",
                    "Authentication failed",
                ),
                Meaning.CERTIFICATE: ("Certificate error for … Check your server settings",),
            },
        ),
    ),
)
