"""Mail on macOS: the same profile as the iPhone's, or everything typed in."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.apple_mail_iphone import GUIDE as IPHONE
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="apple-mail-mac",
    name="Mail on a Mac",
    vendor="Apple",
    rank=50,
    tile="Ma",
    hue=240,
    platforms=(Platform.MAC,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2024-10-22",
    minutes=2,
    way="one_tap",
    also=("Apple Mail", "Mac Mail", "macOS Mail", "Mail.app", "MacBook", "iMac"),
    finds="takes a configuration profile; else it knows the big providers and tries what may fit",
    # It has one tick, Use TLS/SSL, and Apple does not say how it treats a port that starts in the clear.
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The profile's keys come from Apple's own device-management schema; the labels of the manual way "
        "and the place of the profiles from hosting providers' pages; that the automatic tick makes Mail "
        "try other ports from Apple's page. Where newer versions of macOS keep profiles, the wording around "
        "installing one and the place of the POP3 tick nobody has checked."
    ),
    refuses=IPHONE.refuses,
    checked="macOS 15, from documents",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.HOSTS},
    labels={
        Grade.VENDOR: ("Automatically manage connection settings",),
        Grade.HOSTS: (
            "System Settings",
            "Privacy & Security",
            "Profiles",
            "Internet Accounts",
            "Mail",
            "Add Account",
            "Other Mail Account",
            "Continue",
            "Name",
            "Email Address",
            "Password",
            "Sign In",
            "User Name",
            "Account Type",
            "Incoming Mail Server",
            "Outgoing Mail Server",
            "Unable to verify account name or password",
            "Done",
            "Settings",
            "Preferences",
            "Accounts",
            "Server Settings",
            "Host Name",
            "Port",
            "Use TLS/SSL",
            "Authentication",
            "Account",
            "Edit SMTP Server List",
            "Save",
            "Remove copy from server after retrieving a message",
        ),
        Grade.UNVERIFIED: (
            "General",
            "Device Management",
            "Install",
            "Verified",
            "Account Information",
        ),
    },
    profile="mobileconfig",
    tick="Use TLS/SSL",
    says=said(
        Grade.HOSTS,
        "hosting providers' pages",
        {
            Meaning.SIGN_IN: ("Unable to verify account name or password",),
        },
    ),
)
