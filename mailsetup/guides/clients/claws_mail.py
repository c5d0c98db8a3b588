"""Claws Mail: a wizard on the first start, pages of settings for every account after that."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform, Refusal, ServerTrait
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="claws-mail",
    name="Claws Mail",
    vendor="The Claws Mail team",
    rank=240,
    tile="Cm",
    hue=90,
    platforms=(Platform.LINUX, Platform.WINDOWS),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2023-01-03",
    minutes=4,
    way="steps",
    also=("Claws", "Sylpheed"),
    finds="guesses names in its wizard; a button on its account page asks the domain's SRV records",
    evidence=(
        "The labels were read out of Claws Mail's own program in Debian 12, what its wizard makes of its "
        "fields and for how long POP3 mail stays on the server out of its source. Our tests store what the "
        "page says as the wizard does, and let it read and send; nobody has clicked through the windows."
    ),
    refuses=(
        Refusal(
            trait=ServerTrait.OLD_TLS_ONLY,
            sure=True,
            evidence="Claws Mail 4.1.1’s own program: GnuTLS’s NORMAL without TLS 1.0 and 1.1.",
        ),
    ),
    checked="Claws Mail 4.1.1, from its own files and its source",
    proof={Protocol.IMAP: Grade.RUN, Protocol.POP3: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "Configuration",
            "Create new account...",
            "Your name",
            "Your email address",
            "Server type",
            "Server address",
            "Username",
            "Password",
            "Use TLS to connect to receiving server",
            "Use STARTTLS command to start encryption",
            "SMTP server address",
            "Use authentication",
            "SMTP username",
            "SMTP password",
            "Use TLS to connect to SMTP server",
            "Next",
            "Save",
            "Edit accounts...",
            "Preferences for current account...",
            "Basic",
            "Receive",
            "Send",
            "TLS",
            "Advanced",
            "Protocol",
            "Server for receiving",
            "SMTP server (send)",
            "User ID",
            "SMTP Authentication (SMTP AUTH)",
            "IMAP port",
            "POP port",
            "SMTP port",
            "Use TLS",
            "Use STARTTLS command to start encrypted session",
            "Remove messages on server when received",
            "Remove after",
            "Signature status: Correct",
            "Accept and save",
            "Cancel connection",
        ),
    },
    days_on_server=7,
    says=said(
        Grade.PROGRAM,
        "the program itself, 4.1.1",
        {
            Meaning.SIGN_IN: (
                "Authentication failed",
                "Connection to … failed: login refused",
                "Error authenticating to",
            ),
            Meaning.UNREACHABLE: (
                "Connection timed out",
                "Can't connect to IMAP server",
                "Can't connect to POP3 server",
            ),
            Meaning.CUT: ("closed by the remote host",),
            Meaning.ENCRYPTION: ("TLS handshake failed", "Can't start STARTTLS session"),
            Meaning.CERTIFICATE: (
                "Certificate for … is unknown",
                "Certificate for … is expired",
                "Certificate for … has changed",
            ),
            Meaning.MAILBOX_IN_USE: ("Mailbox is locked",),
        },
    ),
)
