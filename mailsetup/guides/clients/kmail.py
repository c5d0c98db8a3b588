"""KMail and Kontact of KDE: the account wizard finds the settings by autoconfig."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="kmail",
    name="KMail, Kontact",
    vendor="KDE",
    rank=200,
    tile="KM",
    hue=240,
    platforms=(Platform.LINUX,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2026-08-22",
    minutes=3,
    way="type_address",
    also=("KMail", "Kontact", "KDE PIM"),
    finds="asks for Mozilla autoconfig at the domain, then for Mozilla's own list",
    asks={Protocol.IMAP: "autoconfig", Protocol.POP3: "autoconfig"},
    ssl_word="SSL/TLS (recommended)",
    starttls_word="StartTLS",
    evidence=(
        "The labels of the account wizard, their order and where it looks for settings come from its source, "
        "those of the account's own window from the source of its parts; how the wizard is opened from "
        "mailcow's help. The way through the menus to an existing account nobody has checked."
    ),
    checked="KMail's account wizard of July 2026, from its source",
    proof={Protocol.IMAP: Grade.PROGRAM, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.PROGRAM: (
            "Full name",
            "E-mail address",
            "Password (optional)",
            "Next",
            "Available configurations",
            "Finish",
            "Manual Configuration",
            "Incoming server",
            "Protocol",
            "Port",
            "Security",
            "Authentication Method",
            "Username",
            "Outgoing server",
            "Create Account",
            "Recheck",
            "IMAP Server",
            "Incoming mail server",
            "Password",
            "Advanced",
            "Auto Detect",
            "Leave fetched messages on the server",
            "Days to leave messages on the server",
        ),
        Grade.HOSTS: ("Tools", "Account Wizard"),
        Grade.UNVERIFIED: ("Settings", "Configure KMail", "Accounts", "Receiving", "Sending", "Modify"),
    },
    leaves_copies=False,
    says=said(
        Grade.PROGRAM,
        "sessionpool.cpp of kdepim-runtime, August 2026",
        {
            Meaning.UNREACHABLE: (
                "Could not connect to the IMAP-server",
                "Could not connect to the IMAP server",
                "Unable to connect to the IMAP server",
            ),
            Meaning.ENCRYPTION: ("You requested TLS/SSL to connect to … but your",),
            Meaning.CUT: ("Disconnected from server during login",),
        },
        side="incoming",
    ),
)
