"""The new Outlook for Windows: everything is typed in, and Microsoft's servers fetch the mail."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="outlook-new",
    name="Outlook (new)",
    vendor="Microsoft",
    rank=40,
    tile="On",
    hue=210,
    platforms=(Platform.WINDOWS,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2025-09-26",
    minutes=3,
    way="steps",
    also=("New Outlook", "Outlook for Windows", "Outlook Windows 11", "Outlook 365"),
    finds="asks a service of Microsoft's; that it finds other providers can't be relied on",
    evidence=(
        "The steps and labels for IMAP come from hosting providers' pages, that POP is offered from "
        "Microsoft's list of account types. The label of the POP server, where the sender's name is asked "
        "for, and whether POP leaves mail on the server, nobody has checked."
    ),
    checked="Outlook for Windows of 2025, from documents",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.HOSTS: (
            "Add account",
            "Accounts",
            "Your accounts",
            "Continue",
            "IMAP",
            "POP",
            "Password",
            "Show more",
            "IMAP Incoming server",
            "Port",
            "Secure connection type",
            "SMTP Username",
            "SMTP Password",
            "SMTP Outgoing server",
            "Manage",
        ),
        Grade.UNVERIFIED: ("Email address", "POP Incoming server", "Cancel", "Display name"),
    },
    says=said(
        Grade.VENDOR,
        "Microsoft's page on the kinds of account that it supports",
        {
            Meaning.UNREACHABLE: ("We couldn't reach the email server. Please try again",),
        },
    ),
)
