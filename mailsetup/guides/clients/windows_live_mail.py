"""Windows Live Mail 2009, 2011 and 2012: everything is typed in."""

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.guides.clients.base import Grade, Guide, Platform, Refusal, ServerTrait
from mailsetup.guides.clients.messages import WINDOWS_CODES

GUIDE = Guide(
    slug="windows-live-mail",
    name="Windows Live Mail",
    vendor="Microsoft",
    rank=90,
    tile="WL",
    hue=210,
    platforms=(Platform.WINDOWS,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="discontinued",
    since="2017-01-10",
    minutes=3,
    way="steps",
    also=("Windows Live", "WLM", "Outlook Express", "Windows Essentials"),
    finds="finds nothing by itself that can be relied on; everything is typed in",
    # Its tick for receiving means implicit TLS only; for sending, on the submission port, STARTTLS.
    receiving=(SocketType.SSL,),
    sending=(SocketType.STARTTLS, SocketType.SSL),
    evidence=(
        "The order of the steps and the first window's labels come from SmarterMail's own help page, the "
        "server window's and the properties' labels from hosting providers' pages; that the app warns about "
        "certificates without a revocation list from Let's Encrypt's compatibility page. Where the copy of "
        "POP3 is, and what the tick does on the submission port, nobody has checked."
    ),
    refuses=(
        Refusal(
            trait=ServerTrait.NO_REVOCATION_LIST,
            sure=False,
            evidence="Let’s Encrypt, “Certificate Compatibility” (October 2021), known incompatible.",
        ),
        Refusal(
            trait=ServerTrait.NEW_TLS_ONLY,
            sure=False,
            on="Windows 7",
            evidence=(
                "Microsoft, “Enabling TLS 1.1 and 1.2 in Outlook on Windows 7” (July 2016). That it is so in "
                "Windows Live Mail too nobody has checked."
            ),
        ),
    ),
    checked="Windows Live Mail 2012 (16.4), from documents",
    proof={Protocol.IMAP: Grade.HOSTS, Protocol.POP3: Grade.HOSTS},
    labels={
        Grade.VENDOR: (
            "Tools",
            "Accounts",
            "Add",
            "E-mail address",
            "Password",
            "Display Name",
            "Manually configure server settings for e-mail account",
            "Next",
            "Requires authentication",
        ),
        Grade.HOSTS: (
            "Email",
            "Incoming server information",
            "Outgoing server information",
            "Server type",
            "Server address",
            "Port",
            "Requires a secure connection (SSL)",
            "Authenticate using",
            "Clear text",
            "Logon user name",
            "Options",
            "Email accounts",
            "Properties",
            "Servers",
            "Settings",
            "Email username",
            "Log on using clear text authentication",
            "My server requires authentication",
            "Use same settings as my incoming mail server",
            "Advanced",
            "This server requires a secure connection (SSL)",
        ),
        Grade.UNVERIFIED: (
            "E-mail Account",
            "Secure password authentication",
            "Leave a copy of messages on server",
        ),
    },
    instead="thunderbird",
    tick="Requires a secure connection (SSL)",
    says=WINDOWS_CODES,
)
