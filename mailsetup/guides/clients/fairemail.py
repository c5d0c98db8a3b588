"""FairEmail for Android: receiving and sending are two places."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="fairemail",
    name="FairEmail",
    vendor="M66B",
    rank=170,
    tile="Fe",
    hue=120,
    platforms=(Platform.ANDROID,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2026-08-22",
    minutes=4,
    way="steps",
    also=("Fair Email",),
    finds=(
        "looks in its own list, asks for autoconfig by HTTPS alone, service records and Autodiscover, "
        "then guesses"
    ),
    evidence=(
        "Labels, what is found by itself and what POP3 leaves on the server were read out of the app's own "
        "source and its list of questions. In which order the fields for sending stand nobody has checked."
    ),
    checked="FairEmail of August 2026, from its source",
    proof={Protocol.IMAP: Grade.PROGRAM, Protocol.POP3: Grade.PROGRAM},
    labels={
        Grade.PROGRAM: (
            "Your name",
            "Your email address",
            "Password",
            "Check",
            "Save",
            "Manual setup and account options",
            "Accounts",
            "IMAP account",
            "POP3 account",
            "Host name",
            "Encryption",
            "Port number",
            "User name",
            "Leave messages on server",
            "Leave deleted messages on server",
            "Identities",
        ),
        Grade.UNVERIFIED: ("Settings",),
    },
    leaves_copies=True,
    says=(
        *said(
            Grade.VENDOR,
            "FairEmail's FAQ 22",
            {
                Meaning.SIGN_IN: ("Authentication failed", "AUTHENTICATE failed"),
                Meaning.UNREACHABLE: ("Couldn't connect to host",),
            },
        ),
        *said(
            Grade.PROGRAM,
            "strings.xml of August 2026",
            {
                Meaning.NOT_FOUND: ("No settings found for domain",),
            },
        ),
        *said(
            Grade.VENDOR,
            "FairEmail's FAQ 4",
            {
                Meaning.CERTIFICATE: (
                    "Trust anchor for certification path not found",
                    "Invalid security certificate (Can't verify identity of server)",
                ),
            },
        ),
    ),
)
