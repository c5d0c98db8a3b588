"""eM Client for Windows and Mac: finds settings by Autodiscover; POP3 is typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="em-client",
    name="eM Client",
    vendor="eM Client s.r.o.",
    rank=120,
    tile="eM",
    hue=30,
    platforms=(Platform.WINDOWS, Platform.MAC),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2026-08-22",
    minutes=2,
    way="type_address",
    also=("emClient", "eM Client 10"),
    finds="knows big providers, then asks for Autodiscover, then guesses",
    asks={Protocol.IMAP: "autodiscover"},
    ssl_word="Use SSL/TLS on special port (legacy)",
    starttls_word="Force usage of SSL/TLS",
    evidence=(
        "The short way comes from the help of the mail server mailcow, the labels of the servers from an old "
        "manual of eM Client itself. The way to the manual set-up, the names of the tabs, the words for "
        "encryption and where POP3 keeps its copy nobody has checked."
    ),
    checked="no one version: documents of several years",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.VENDOR: (
            "Name",
            "Email",
            "Login name",
            "Password",
            "Host",
            "Port",
            "Security policy",
            "Authentication",
        ),
        Grade.HOSTS: ("Menu", "Accounts", "Tools", "Start Now", "Next", "Finish", "QR Export"),
        Grade.UNVERIFIED: (
            "Mail",
            "Other",
            "IMAP",
            "POP3",
            "SMTP",
            "Use identity credentials",
            "Use these credentials",
            "Leave a copy of messages on server",
        ),
    },
)
