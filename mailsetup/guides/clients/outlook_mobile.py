"""Outlook for iPhone, iPad and Android: everything is typed in, and Microsoft's servers fetch the mail."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="outlook-mobile",
    name="Outlook on a phone",
    vendor="Microsoft",
    rank=70,
    tile="Ou",
    hue=240,
    platforms=(Platform.IOS, Platform.ANDROID),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2024-11-26",
    minutes=4,
    way="steps",
    also=("Outlook mobile", "Outlook for iPhone", "Outlook for Android", "Outlook app"),
    finds="asks a service of Microsoft's; that it finds other providers can't be relied on",
    evidence=(
        "The steps and labels come from a hosting provider's page about Android, some of them translated "
        "from French; the iPhone is taken to be alike. Most labels of POP3, POP3 on the iPhone, and whether "
        "POP3 leaves mail on the server, nobody has checked."
    ),
    checked="Outlook for Android of 2024, from documents",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.HOSTS: (
            "Add account",
            "Continue",
            "IMAP",
            "POP3",
            "Change account provider",
            "Advanced settings",
            "Email address",
            "Display name",
            "Description",
            "IMAP Incoming Mail Server",
            "IMAP Host Name",
            "POP3 Host Name",
            "Port",
            "Security Type",
            "IMAP Username",
            "IMAP Password",
            "SMTP Outgoing Mail Server",
            "SMTP Host Name",
            "SMTP Username",
            "SMTP Password",
            "Settings",
            "Accounts",
            "Delete account",
        ),
        Grade.UNVERIFIED: ("POP3 Incoming Mail Server", "POP3 Username", "POP3 Password"),
    },
)
