"""Evolution of GNOME: looks for autoconfig, or takes what is typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform
from mailsetup.guides.clients.messages import said

GUIDE = Guide(
    slug="evolution",
    name="Evolution",
    vendor="GNOME",
    rank=190,
    tile="Ev",
    hue=150,
    platforms=(Platform.LINUX,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2025-10-27",
    minutes=4,
    way="type_address",
    also=("GNOME Evolution", "Ubuntu", "Novell Evolution"),
    finds="asks for Mozilla autoconfig at the domain, then for Mozilla's own list",
    asks={Protocol.IMAP: "autoconfig"},
    # TLS is the app's word for it; which of the two it is, it says in full.
    ssl_word="TLS on a dedicated port",
    starttls_word="STARTTLS after connecting",
    evidence=(
        "Labels and where it looks for settings were read out of Evolution's own files in Debian 12, the "
        "ways through its menus from its own help. Our tests store what the page says as the assistant does, "
        "and let it read and send; nobody has clicked through the assistant. Whether it jumps to its last "
        "page once it has found the settings nobody has checked."
    ),
    checked="Evolution 3.46.4, from its own files and its source",
    proof={Protocol.IMAP: Grade.RUN, Protocol.POP3: Grade.RUN},
    labels={
        Grade.PROGRAM: (
            "File",
            "New",
            "Mail Account",
            "Edit",
            "Preferences",
            "Mail Accounts",
            "Add",
            "Next",
            "Full Name",
            "Email Address",
            "Look up mail server details based on the entered e-mail address",
            "Skip Lookup",
            "Receiving Email",
            "Server Type",
            "Server",
            "Port",
            "Username",
            "Encryption method",
            "Authentication",
            "Receiving Options",
            "Leave messages on server",
            "Delete after",
            "Sending Email",
            "Server requires authentication",
            "Type",
            "Account Summary",
            "Apply",
            "Properties",
        ),
    },
    says=(
        *said(
            Grade.PROGRAM,
            "libcamelimapx and libcamelpop3 of 3.46.4",
            {
                Meaning.SIGN_IN: ("Failed to authenticate",),
                Meaning.ENCRYPTION: (
                    "Failed to connect to IMAP server … in secure mode",
                    "Failed to connect to POP server … in secure mode",
                    "STLS not supported by server",
                ),
                Meaning.NO_ENCRYPTION: (
                    "Plaintext authentication disallowed on insecure connections. Change encryption to",
                ),
                Meaning.UNREACHABLE: ("Unable to connect to POP server",),
            },
            side="incoming",
        ),
        *said(
            Grade.PROGRAM,
            "libcamelsmtp of 3.46.4",
            {
                Meaning.SENDING_SIGN_IN: ("Authentication required",),
                Meaning.ENCRYPTION: (
                    "Failed to connect to SMTP server … in secure mode",
                    "STARTTLS command failed",
                ),
                Meaning.NO_ENCRYPTION: ("Encryption required for requested authentication mechanism",),
            },
            side="outgoing",
        ),
        *said(
            Grade.PROGRAM,
            "libcamel of 3.46.4",
            {
                Meaning.SIGN_IN: ("Authentication failed",),
            },
        ),
    ),
)
