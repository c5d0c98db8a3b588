"""Thunderbird for Windows, Mac and Linux: finds the settings by autoconfig."""

from mailsetup.clientconfig import Protocol
from mailsetup.formats.autoconfig import DAYS_TO_LEAVE_MESSAGES
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform, Refusal, ServerTrait
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="thunderbird",
    name="Thunderbird",
    vendor="MZLA Technologies (Mozilla)",
    rank=60,
    tile="Tb",
    hue=270,
    platforms=(Platform.WINDOWS, Platform.MAC, Platform.LINUX),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2026-08-20",
    minutes=2,
    way="type_address",
    also=("Mozilla",),
    finds="asks for Mozilla autoconfig, then for Mozilla's own list, then guesses",
    asks={Protocol.IMAP: "autoconfig", Protocol.POP3: "autoconfig"},
    evidence=(
        "Labels, their order and what is found by itself were read out of Thunderbird's own files; the older "
        "look comes from hosting providers' pages."
    ),
    refuses=(
        Refusal(
            trait=ServerTrait.OLD_TLS_ONLY,
            sure=True,
            evidence=(
                "Thunderbird’s planning list (September 2019) and reports about Thunderbird 78, whose "
                "security.tls.version.min is 3."
            ),
        ),
    ),
    checked="Thunderbird 153.7 ESR, from its own files",
    proof={Protocol.IMAP: Grade.RUN, Protocol.POP3: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "Add Account",
            "Email",
            "Full name",
            "Email address",
            "Continue",
            "Account settings found automatically",
            "Keep your folders and emails synced on your server",
            "Keep your folders and emails on your computer",
            "Remember password",
            "Finish",
            "Configure Manually",
            "Edit configuration",
            "Incoming server settings",
            "Outgoing server settings",
            "Protocol",
            "Hostname",
            "Port",
            "Connection security",
            "Authentication method",
            "Username",
            "Test",
            "Retest",
            "Account Settings",
            "Server Settings",
            "Leave messages on server",
            "For at most",
            "Server Name",
            "User Name",
            "Outgoing Server",
            "Edit",
            "File",
            "New",
        ),
        Grade.HOSTS: ("Existing Mail Account", "Done", "Configure manually"),
    },
    days_on_server=DAYS_TO_LEAVE_MESSAGES,
    leaves_copies=True,
    says=(
        *said(
            Grade.PROGRAM,
            "messenger.properties and accountHub.ftl of 153.7 ESR",
            {
                Meaning.SIGN_IN: (
                    "Login to server … with username … failed",
                    "Authentication failed. Please check the username and password",
                ),
                Meaning.NOT_FOUND: ("failed to find the settings for your email account",),
                Meaning.NO_ENCRYPTION: ("Warning: Insecure mail server detected",),
            },
        ),
        *said(
            Grade.PROGRAM,
            "imapMsgs.properties and localMsgs.properties of 153.7 ESR",
            {
                Meaning.UNREACHABLE: (
                    "Connection to server … timed out",
                    "Could not connect to mail server …; the connection was refused",
                ),
                Meaning.NO_SERVER: ("Failed to connect to server",),
                Meaning.ENCRYPTION: (
                    "Non-overridable TLS error occurred",
                    "Unable to establish TLS connection to POP3 server",
                ),
                Meaning.CUT: ("Server … has disconnected",),
                Meaning.SIGN_IN: ("Sending of password for user … did not succeed",),
                Meaning.NO_ENCRYPTION: ("does not allow plaintext passwords",),
                Meaning.SIGN_IN_METHOD: (
                    "does not seem to support encrypted passwords",
                    "does not support the selected authentication method",
                ),
            },
            side="incoming",
        ),
        *said(
            Grade.PROGRAM,
            "composeMsgs.properties of 153.7 ESR",
            {
                Meaning.SIGN_IN: ("Unable to authenticate to Outgoing server (SMTP)",),
                Meaning.UNREACHABLE: (
                    "could not be sent because connecting to Outgoing server (SMTP) … failed",
                    "could not be sent because the connection to Outgoing server (SMTP) … timed out",
                ),
                Meaning.NO_SERVER: ("Outgoing server (SMTP) … is unknown",),
                Meaning.CUT: (
                    "the connection to Outgoing server (SMTP) … was lost in the middle of the transaction",
                ),
                Meaning.ENCRYPTION: ("Unable to establish a secure link with Outgoing server (SMTP)",),
                Meaning.SIGN_IN_METHOD: (
                    "The Outgoing server (SMTP) … does not seem to support encrypted passwords",
                ),
                Meaning.NO_ENCRYPTION: ("The Outgoing server (SMTP) … does not allow plaintext passwords",),
            },
            side="outgoing",
        ),
        *said(
            Grade.PROGRAM,
            "certError.ftl of 153.7 ESR",
            {
                Meaning.CERTIFICATE: (
                    "is not valid for that server",
                    "does not come from a trusted source",
                    "The certificate for … expired on",
                    "uses an invalid security certificate",
                ),
            },
        ),
    ),
)
