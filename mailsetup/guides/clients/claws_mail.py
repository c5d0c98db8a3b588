"""Claws Mail: a wizard on the first start, pages of settings for every account after that."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

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
        "The labels were read out of Claws Mail's own program in Debian 12, and what its two ticks for "
        "encryption do from its source. That POP3 mail is removed from the server after some days unless it "
        "is told otherwise nobody has checked."
    ),
    checked="Claws Mail 4.1.1, from its own files",
    proof={Protocol.IMAP: Grade.PROGRAM, Protocol.POP3: Grade.PROGRAM},
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
        ),
    },
)
