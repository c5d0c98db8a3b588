"""Geary of GNOME: what it finds, it fills into its own form. IMAP only."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

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
    says=(
        *said(
            Grade.PROGRAM,
            "accounts-editor-add-pane.vala of May 2026",
            {
                Meaning.SIGN_IN: ("Check your receiving login and password",),
                Meaning.UNREACHABLE: ("Check your receiving server details",),
            },
            side="incoming",
        ),
        *said(
            Grade.PROGRAM,
            "accounts-editor-add-pane.vala of May 2026",
            {
                Meaning.SIGN_IN: ("Check your sending login and password",),
                Meaning.UNREACHABLE: ("Check your sending server details",),
            },
            side="outgoing",
        ),
        *said(
            Grade.PROGRAM,
            "certificate-warning-dialog.vala and application-main-window.vala of May 2026",
            {
                Meaning.SIGN_IN: (
                    "Check your email address and password",
                    "An account has reported an incorrect login or password",
                ),
                Meaning.CERTIFICATE: (
                    "The identity of the … mail server at … could not be verified",
                    "An account has reported an untrusted server",
                ),
                Meaning.UNREACHABLE: ("Could not connect, check your network",),
                Meaning.NO_SERVER: ("Could not look up server name",),
            },
        ),
    ),
)
