"""Mailbird for Windows and Mac: looks in a list of its own, else everything is typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="mailbird",
    name="Mailbird",
    vendor="Mailbird",
    rank=160,
    tile="Mb",
    hue=60,
    platforms=(Platform.WINDOWS, Platform.MAC),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2024",
    minutes=3,
    way="steps",
    also=("Mail bird",),
    finds="looks in a list of its own; what isn't there is typed in",
    evidence=(
        "The way through the menus and the servers' labels come from Mailbird's own help pages, which bear "
        "no date. Most fields of the window where servers are typed in, and whether POP3 leaves mail on the "
        "server, nobody has checked. POP3 is only spoken of for Windows."
    ),
    checked="Mailbird for Windows and for Mac, from documents",
    proof={Protocol.IMAP: Grade.UNVERIFIED, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.VENDOR: (
            "Settings",
            "Accounts",
            "Other email provider",
            "IMAP server",
            "SMTP server",
            "Continue",
            "Connections",
        ),
        Grade.UNVERIFIED: (
            "Add",
            "Name",
            "Email",
            "Edit server settings",
            "Account type",
            "POP3 server",
            "Port",
            "Security",
            "Username",
            "Password",
        ),
    },
)
