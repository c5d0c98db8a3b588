"""The Bat! for Windows: everything is typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="the-bat",
    name="The Bat!",
    vendor="Ritlabs",
    rank=250,
    tile="TB",
    hue=330,
    platforms=(Platform.WINDOWS,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2019-08-26",
    minutes=3,
    way="steps",
    also=("Bat", "TheBat", "Ritlabs"),
    finds="guesses; only Exchange is found by Autodiscover",
    ssl_word="Secure to dedicated port (TLS)",
    starttls_word="Secure to regular port (STARTTLS)",
    evidence=(
        "The labels of the account's properties come from somebody's copy of an older manual, the place of "
        "the encryption from a hosting provider's page, translated from Russian. Most labels of the window "
        "for a new account and the words for encryption nobody has checked. The newest dated page is of 2019."
    ),
    checked="no one version: documents of several years",
    proof={Protocol.IMAP: Grade.UNVERIFIED, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.HOSTS: (
            "Account",
            "Properties",
            "Transport",
            "Authentication",
            "Perform SMTP Authentication (RFC 2554)",
            "Use settings of Mail Retrieval",
            "Use specific settings",
            "Require secure (MD5) authentication",
            "Mail management",
            "Leave messages on server",
            "Keep messages on server for",
            "Protocol",
            "Connection",
            "Port",
        ),
        Grade.UNVERIFIED: (
            "New",
            "Your name",
            "E-mail address",
            "Password",
            "Next",
            "Server address",
            "User name",
            "SMTP server address",
            "My server requires authentication",
            "Finish",
        ),
    },
)
