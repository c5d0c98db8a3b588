"""Geary of GNOME: what it finds, it fills into its own form. IMAP only."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="geary",
    name="Geary",
    vendor="GNOME",
    rank=230,
    tile="Ge",
    hue=90,
    platforms=(Platform.LINUX,),
    protocols=(Protocol.IMAP,),
    status="current",
    since="2026-05-13",
    minutes=3,
    way="steps",
    also=("GNOME Mail", "Yorba"),
    finds="asks for Mozilla autoconfig at the domain by HTTPS alone, then for Mozilla's own list",
    ssl_word="TLS",
    starttls_word="StartTLS",
    evidence=(
        "Labels, their order and where it looks for settings come from Geary's source and its help. What its "
        "menu looks like in every version nobody has checked."
    ),
    checked="Geary of May 2026, from its source",
    proof={Protocol.IMAP: Grade.PROGRAM},
    labels={
        Grade.PROGRAM: (
            "Accounts",
            "Add",
            "Your name",
            "Email address",
            "Next",
            "Receiving",
            "IMAP server",
            "Connection security",
            "Login name",
            "Password",
            "Sending",
            "SMTP server",
            "Login",
            "Use same login as receiving",
            "Use a different login",
            "Create",
            "Server Settings",
            "Apply",
        ),
    },
)
