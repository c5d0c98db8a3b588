"""Samsung Email: the mail app of Samsung's phones and tablets, everything typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform
from mailsetup.guides.clients.messages import ANDROID_WORDS

GUIDE = Guide(
    slug="samsung-email",
    name="Samsung Email",
    vendor="Samsung",
    rank=80,
    tile="Sa",
    hue=300,
    platforms=(Platform.ANDROID,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2025",
    minutes=4,
    way="steps",
    also=("Samsung Mail", "Galaxy", "Email on Samsung", "Android email"),
    finds="knows its maker’s own list of big providers; everything else is typed in",
    ssl_word="SSL",
    starttls_word="TLS",
    evidence=(
        "The path, the manual set-up and the words for encryption come from two small hosts' pages, one of "
        "them for the Galaxy S25. Most names of fields are those of the older Android mail app that it grew "
        "out of; nobody has checked them on a Samsung device, nor that POP3 is still offered."
    ),
    checked="Samsung Email on a Galaxy S25, from documents",
    proof={Protocol.IMAP: Grade.UNVERIFIED, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.HOSTS: (
            "Settings",
            "Accounts and backup",
            "Manage accounts",
            "Add account",
            "Email",
            "Other",
            "Manual setup",
            "IMAP account",
            "Security type",
            "Port",
            "SSL",
            "TLS",
            "SSL/TLS",
            "STARTTLS",
            "Sign in",
        ),
        Grade.UNVERIFIED: (
            "Email address",
            "Password",
            "POP3 account",
            "IMAP server",
            "POP3 server",
            "Username",
            "SMTP server",
            "Require sign-in",
            "Authentication required before sending emails",
            "Delete email from server",
            "Never",
            "Your name",
            "Server settings",
        ),
    },
    says=ANDROID_WORDS,
)
