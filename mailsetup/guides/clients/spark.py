"""Spark by Readdle: IMAP only, typed in under its manual set-up."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="spark",
    name="Spark",
    vendor="Readdle",
    rank=150,
    tile="Sp",
    hue=210,
    platforms=(Platform.IOS, Platform.MAC, Platform.WINDOWS, Platform.ANDROID),
    protocols=(Protocol.IMAP,),
    status="current",
    since="2020-11-03",
    minutes=3,
    way="steps",
    also=("Spark Mail", "Spark Desktop"),
    finds="looks settings up by itself; what it doesn’t find is typed in",
    # It has one switch, Use SSL. It takes implicit TLS or STARTTLS; which port means what, nobody says.
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The labels of the manual set-up come from one third party's page about Spark on a Mac and an "
        "iPhone; that Spark keeps passwords and mail on its maker's servers from a hosting provider's page "
        "of 2020. The labels on Windows and Android and the place of the name nobody has checked."
    ),
    checked="Spark on macOS and iOS, from documents",
    proof={Protocol.IMAP: Grade.HOSTS},
    labels={
        Grade.HOSTS: (
            "Spark",
            "Add Account",
            "Settings",
            "Mail Accounts",
            "Add Mail Account",
            "Other",
            "Set Up Account Manually",
            "IMAP",
            "Email Address",
            "Password",
            "User Name",
            "IMAP Server",
            "IMAP Port",
            "Use SSL",
            "SMTP Server",
            "SMTP Port",
            "SMTP User Name",
            "SMTP Password",
            "Sign In",
        ),
        Grade.UNVERIFIED: ("Name",),
    },
    tick="Use SSL",
)
