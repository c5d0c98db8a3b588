"""Outlook (classic) for Windows: IMAP by Autodiscover, POP3 in the older of its two windows."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Meaning, Platform, Refusal, ServerTrait
from mailsetup.guides.clients.messages import WINDOWS_CODES, said

GUIDE = Guide(
    slug="outlook-classic",
    name="Outlook (classic)",
    vendor="Microsoft",
    rank=20,
    tile="Ou",
    hue=240,
    platforms=(Platform.WINDOWS,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2026-01-09",
    minutes=3,
    way="type_address",
    also=(
        "Microsoft Outlook",
        "Office",
        "Microsoft 365",
        "Outlook 365",
        "Outlook 2016",
        "Outlook 2019",
        "Outlook 2024",
    ),
    finds="asks for Autodiscover, then guesses; an address alone always becomes IMAP",
    asks={Protocol.IMAP: "autodiscover"},
    evidence=(
        "The way to the manual set-up comes from Microsoft's own answers page, the labels of both windows "
        "from hosting providers' pages; one of these is translated from French. The button of the list in "
        "Control Panel and the last windows nobody has checked, nor what the one POP3 tick does on a server "
        "with STARTTLS."
    ),
    refuses=(
        Refusal(
            trait=ServerTrait.NEW_TLS_ONLY,
            sure=False,
            on="Windows 7",
            evidence="Microsoft, “Enabling TLS 1.1 and 1.2 in Outlook on Windows 7” (July 2016).",
        ),
    ),
    checked="Outlook 2016 to 2024 and Microsoft 365, from documents",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.HOSTS},
    labels={
        Grade.VENDOR: ("File", "Add Account", "Advanced options", "Let me set up my account manually"),
        Grade.HOSTS: (
            "Connect",
            "IMAP",
            "Change account settings",
            "Incoming mail",
            "Outgoing mail",
            "Server",
            "Port",
            "Encryption method",
            "Next",
            "Manual setup or additional server types",
            "POP or IMAP",
            "Your Name",
            "Email Address",
            "Account Type",
            "Incoming mail server",
            "Outgoing mail server (SMTP)",
            "User Name",
            "Password",
            "Require logon using Secure Password Authentication (SPA)",
            "More Settings…",
            "Outgoing Server",
            "My outgoing server (SMTP) requires authentication",
            "Use same settings as my incoming mail server",
            "Advanced",
            "Incoming server (IMAP)",
            "Incoming server (POP3)",
            "This server requires an encrypted connection",
            "Outgoing server (SMTP)",
            "Use the following type of encrypted connection",
            "Delivery",
            "Leave a copy of messages on the server",
            "Remove from server after",
            "OK",
            "Account Settings",
            "Account Settings…",
            "Server Settings",
            "Account Name and Sync Settings",
            "Change…",
            "Control Panel",
            "Mail",
            "Email Accounts…",
        ),
        Grade.UNVERIFIED: (
            "New…",
            "Log on using",
            "Set up Outlook Mobile on my phone, too",
            "Done",
            "Close",
            "Finish",
        ),
    },
    days_on_server=14,
    says=(
        *said(
            Grade.UNVERIFIED,
            "general knowledge of the newer window for adding an account",
            {
                Meaning.SIGN_IN: (
                    "We couldn't log on to the incoming (IMAP) server",
                    "We couldn't log on to the incoming (POP) server",
                ),
            },
            side="incoming",
        ),
        *WINDOWS_CODES,
        *said(
            Grade.HOSTS,
            "a provider's page on Outlook 2019",
            {
                Meaning.UNREACHABLE: (
                    "We couldn't connect to the incoming (IMAP) server",
                    "We couldn't connect to the incoming (POP) server",
                ),
            },
            side="incoming",
        ),
        *said(
            Grade.UNVERIFIED,
            "general knowledge of the newer window for adding an account",
            {
                Meaning.SIGN_IN: ("We couldn't log on to the outgoing (SMTP) server",),
                Meaning.UNREACHABLE: ("We couldn't connect to the outgoing (SMTP) server",),
            },
            side="outgoing",
        ),
        *said(
            Grade.VENDOR,
            "Microsoft's KB 3060280, on a profile that can't be created",
            {
                Meaning.NOT_FOUND: (
                    "Outlook couldn't set up your account",
                    "we couldn't set up your account automatically",
                ),
            },
        ),
    ),
)
