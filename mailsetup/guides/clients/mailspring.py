"""Mailspring: takes the settings on one page. IMAP only."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="mailspring",
    name="Mailspring",
    vendor="Foundry 376",
    rank=220,
    tile="Ms",
    hue=150,
    platforms=(Platform.WINDOWS, Platform.MAC, Platform.LINUX),
    protocols=(Protocol.IMAP,),
    status="current",
    since="2026-08-21",
    minutes=3,
    way="steps",
    also=("Nylas Mail", "Foundry"),
    finds="knows big providers, then asks for Mozilla autoconfig by HTTPS alone, then guesses",
    ssl_word="SSL / TLS",
    starttls_word="STARTTLS",
    evidence=(
        "Labels, their order and where it looks for settings were read out of Mailspring's source. Where an "
        "account is changed later nobody has checked."
    ),
    checked="Mailspring of August 2026, from its source",
    proof={Protocol.IMAP: Grade.PROGRAM},
    labels={
        Grade.PROGRAM: (
            "IMAP / SMTP",
            "Name",
            "Email",
            "Password",
            "Continue",
            "Incoming Mail",
            "Outgoing Mail",
            "Server",
            "Port",
            "Security",
            "Username",
            "Custom Container Folder",
            "Allow insecure SSL",
            "Connect Account",
        ),
        Grade.UNVERIFIED: ("Preferences", "Accounts", "Add Account"),
    },
    says=(
        *said(
            Grade.PROGRAM,
            "mailsync-process.ts of August 2026",
            {
                Meaning.SIGN_IN: ("Authentication Error - Check your username and password",),
                Meaning.UNREACHABLE: (
                    "Connection Error - Unable to connect to the server / port you provided",
                    "No valid server found",
                ),
                Meaning.CERTIFICATE: ("Certificate Error",),
                Meaning.ENCRYPTION: ("TLS Not Available", "StartTLS is not available"),
            },
        ),
        *said(
            Grade.PROGRAM,
            "mailsync-process.ts of August 2026",
            {
                Meaning.SENDING_SIGN_IN: (
                    "The SMTP server would not relay a message",
                    "Authentication required",
                ),
            },
            side="outgoing",
        ),
    ),
)
