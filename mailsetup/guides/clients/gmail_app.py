"""The Gmail app on Android: another provider's mailbox, typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform
from mailsetup.guides.clients.messages import ANDROID_WORDS

GUIDE = Guide(
    slug="gmail-app",
    name="Gmail",
    vendor="Google",
    rank=30,
    tile="Gm",
    hue=30,
    platforms=(Platform.ANDROID,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2025-07-03",
    minutes=4,
    way="steps",
    also=("Google Mail", "Android Mail", "Android email"),
    finds="knows Google’s own list of big providers; everything else is typed in",
    evidence=(
        "The path and the labels come from hosting providers' pages for Android 13 and 14. What POP3 "
        "deletes from the server is worded as in the source of the older Android mail app that this part of "
        "Gmail grew out of; nobody has checked it in Gmail itself, nor whether its newest version still "
        "offers POP3."
    ),
    checked="Gmail on Android 14, from documents",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.HOSTS},
    labels={
        Grade.HOSTS: (
            "Add another account",
            "Add email address",
            "Other",
            "Next",
            "Manual setup",
            "Personal (IMAP)",
            "Personal (POP3)",
            "Incoming server settings",
            "Username",
            "Password",
            "Server",
            "Port",
            "Security type",
            "Outgoing server settings",
            "Require sign-in",
            "SMTP server",
            "Your name",
            "Settings",
            "Incoming settings",
            "Outgoing settings",
        ),
        Grade.UNVERIFIED: ("Delete email from server", "Never", "Google", "Remove account"),
    },
    says=ANDROID_WORDS,
)
