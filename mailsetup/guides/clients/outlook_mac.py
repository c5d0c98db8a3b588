"""Outlook for Mac: everything is typed in."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="outlook-mac",
    name="Outlook for Mac",
    vendor="Microsoft",
    rank=100,
    tile="Ou",
    hue=240,
    platforms=(Platform.MAC,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2025-07-03",
    minutes=3,
    way="steps",
    also=("Outlook macOS", "Microsoft Outlook", "Office for Mac"),
    finds="knows big providers and Exchange; everything else is typed in",
    # It has a tick named SSL for each server and no word for STARTTLS, with which sending is said to fail.
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The steps and labels come from a hosting provider's pages, partly translated from French, and the "
        "labels of the settings afterwards from Microsoft's own page. Where POP3 keeps its copy, nobody has "
        "checked, nor POP3 in the newest look."
    ),
    checked="Outlook for Mac of 2024 and 2025, from documents",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.HOSTS},
    labels={
        Grade.VENDOR: ("Full name", "More Options"),
        Grade.HOSTS: (
            "Tools",
            "Accounts",
            "New Account",
            "Continue",
            "IMAP/POP",
            "Not IMAP/POP?",
            "Account type",
            "Username",
            "Password",
            "Incoming server",
            "Port",
            "Use SSL to connect",
            "Outgoing server",
            "Add Account",
            "Sync directly with IMAP",
            "Advanced",
        ),
        Grade.UNVERIFIED: ("Email address", "Server", "Leave a copy of each message on the server"),
    },
    tick="Use SSL to connect",
)
