"""Thunderbird for Windows, Mac and Linux: finds the settings by autoconfig."""

from mailsetup.clientconfig import Protocol
from mailsetup.formats.autoconfig import DAYS_TO_LEAVE_MESSAGES
from mailsetup.guides.clients.base import Grade, Guide, Platform, Refusal, ServerTrait

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
)
