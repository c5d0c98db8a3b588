"""BlueMail by Blix: looks settings up by itself; the manual way is known from nobody's page."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="bluemail",
    name="BlueMail",
    vendor="Blix",
    rank=180,
    tile="Bl",
    hue=240,
    platforms=(Platform.ANDROID, Platform.IOS, Platform.WINDOWS, Platform.MAC, Platform.LINUX),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2023-05-14",
    minutes=4,
    way="steps",
    also=("Blue Mail", "Blix", "TypeApp"),
    finds="looks settings up by itself; what it doesn’t find is typed in",
    evidence=(
        "What happens to POP3 mail on the server, and where that is set, comes from BlueMail's own help "
        "page; the date is that of a release packaged for Linux. All the other labels, their order and the "
        "devices nobody has checked."
    ),
    checked="BlueMail's help page of no date; everything else is general knowledge",
    proof={Protocol.IMAP: Grade.UNVERIFIED, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.VENDOR: (
            "Settings",
            "Account Settings",
            "Delete Messages on Server",
            "Never",
            "When deleting from trash",
            "When downloading messages",
        ),
        Grade.UNVERIFIED: (
            "Add Account",
            "Other",
            "Email",
            "Password",
            "Automatic",
            "Next",
            "IMAP",
            "POP3",
            "Incoming Server",
            "Outgoing Server",
            "Server",
            "Port",
            "Security",
            "User Name",
            "Your Name",
            "Done",
        ),
    },
    leaves_copies=True,
)
