"""Mail on iPhone and iPad: a profile to install, or everything typed in."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform, Refusal, ServerTrait
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="apple-mail-iphone",
    name="Mail on iPhone and iPad",
    vendor="Apple",
    rank=10,
    tile="Ma",
    hue=240,
    platforms=(Platform.IOS,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2025-07-03",
    minutes=1,
    way="one_tap",
    also=("Apple Mail", "iOS Mail", "iPhone", "iPad"),
    finds="takes a configuration profile; else it knows the big providers and guesses",
    # It has one switch, Use SSL, and Apple does not say how it treats a port that starts in the clear.
    receiving=(SocketType.SSL, SocketType.STARTTLS),
    sending=(SocketType.SSL, SocketType.STARTTLS),
    evidence=(
        "The profile's keys come from Apple's own device-management schema; the path through Settings and "
        "the labels of the manual way from hosting providers' pages; how long a downloaded profile waits "
        "from such a provider's copy of Apple's page. The wording around installing a profile and the POP3 "
        "menu “Delete from server” nobody has checked."
    ),
    refuses=(
        Refusal(
            trait=ServerTrait.LONG_LIVED,
            sure=True,
            evidence="Apple, “Requirements for trusted certificates in iOS 13 and macOS 10.15” (103769).",
        ),
        Refusal(
            trait=ServerTrait.NOT_FOR_SERVERS,
            sure=True,
            evidence="Apple, “Requirements for trusted certificates in iOS 13 and macOS 10.15” (103769).",
        ),
    ),
    checked="iOS 18, from documents",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.HOSTS},
    labels={
        Grade.HOSTS: (
            "Settings",
            "Apps",
            "Mail",
            "Mail Accounts",
            "Accounts",
            "Add Account",
            "Other",
            "Add Mail Account",
            "Name",
            "Email",
            "Password",
            "Description",
            "Next",
            "IMAP",
            "POP",
            "Incoming Mail Server",
            "Outgoing Mail Server",
            "Host Name",
            "User Name",
            "Optional",
            "Save",
            "Advanced",
            "SMTP",
            "Use SSL",
            "Profile Downloaded",
            "Install",
            "Verified",
            "Continue",
        ),
        Grade.UNVERIFIED: ("Allow", "Delete from server", "Never"),
    },
    profile="mobileconfig",
    profile_minutes=8,
    tick="Use SSL",
    says=(
        *said(
            Grade.PROGRAM,
            "the Message framework of iOS, as others have read it",
            {
                Meaning.SIGN_IN: ("The user name or password for … is incorrect",),
                Meaning.UNREACHABLE: (
                    "The mail server … is not responding",
                    "entered the correct account info in Mail settings",
                ),
            },
        ),
        *said(
            Grade.VENDOR,
            "Microsoft's page on Outlook.com mailboxes in Apple's Mail",
            {
                Meaning.UNREACHABLE: ("Cannot Get Mail … The connection to the server failed",),
                Meaning.SIGN_IN: ("Account not authenticated",),
            },
        ),
        *said(
            Grade.HOSTS,
            "hosting providers' pages",
            {
                Meaning.CERTIFICATE: ("Cannot Verify Server Identity",),
                Meaning.ENCRYPTION: ("Cannot Connect Using SSL",),
            },
        ),
        *said(
            Grade.PROGRAM,
            "the Message framework of iOS, as others have read it",
            {
                Meaning.SENDING_SIGN_IN: (
                    "was rejected by the server because it does not allow relaying",
                    "No password provided",
                ),
                Meaning.SENDER_REFUSED: ("The sender address … was rejected by the server",),
                Meaning.ENCRYPTION: ("Check the SSL setting for the outgoing server",),
            },
            side="outgoing",
        ),
    ),
)
