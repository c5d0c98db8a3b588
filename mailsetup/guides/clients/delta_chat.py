"""Delta Chat: a messenger that sends by mail. IMAP only, and better with a mailbox of its own."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="delta-chat",
    name="Delta Chat",
    vendor="Delta Chat",
    rank=330,
    tile="Dc",
    hue=180,
    platforms=(Platform.ANDROID, Platform.IOS, Platform.WINDOWS, Platform.MAC, Platform.LINUX),
    protocols=(Protocol.IMAP,),
    status="current",
    since="2026-08-21",
    minutes=4,
    way="steps",
    also=("DeltaChat", "Chatmail", "Messenger"),
    finds="asks for autoconfig or guesses; the servers can be typed in",
    starttls_word="StartTLS",
    evidence=(
        "Labels and their order were read out of the Android app's own source, and so was its warning "
        "against an address that another app uses. How the name is asked for, the word for the further "
        "options and the other devices nobody has checked."
    ),
    checked="Delta Chat for Android of August 2026, from its source",
    proof={Protocol.IMAP: Grade.PROGRAM},
    labels={
        Grade.PROGRAM: (
            "Create New Profile",
            "Use Other Server",
            "Use Classic Email as Relay",
            "Log In",
            "Email Address",
            "Existing Password",
            "Inbox",
            "IMAP Login Name",
            "IMAP Server",
            "IMAP Port",
            "IMAP Security",
            "Outbox",
            "SMTP Login Name",
            "SMTP Password",
            "SMTP Server",
            "SMTP Port",
            "SMTP Security",
            "Certificate Checks",
            "Settings",
            "Relays",
            "Edit Relay",
        ),
        Grade.UNVERIFIED: ("Your Name", "More Options"),
    },
    says=said(
        Grade.PROGRAM,
        "strings.xml of August 2026",
        {
            Meaning.SIGN_IN: ("Cannot login as … Please check if the address and the password are correct",),
        },
    ),
)
