"""What providers say about their domains, as tests of formats need it."""

from dataclasses import replace

from mailsetup.clientconfig import Hosting, ServerSettings, ServiceType, SocketType, Source

IMAP = ServerSettings(ServiceType.IMAP, "mail.%EMAILDOMAIN%", 993, SocketType.SSL)
IMAP_STARTTLS = ServerSettings(ServiceType.IMAP, "mail.%EMAILDOMAIN%", 143, SocketType.STARTTLS)
IMAP_PLAIN = ServerSettings(ServiceType.IMAP, "mail.%EMAILDOMAIN%", 143, SocketType.PLAIN)
POP3 = ServerSettings(ServiceType.POP3, "mail.%EMAILDOMAIN%", 995, SocketType.SSL)
POP3_STARTTLS = ServerSettings(ServiceType.POP3, "mail.%EMAILDOMAIN%", 110, SocketType.STARTTLS)
SMTP_STARTTLS = ServerSettings(ServiceType.SMTP, "mail.%EMAILDOMAIN%", 587, SocketType.STARTTLS)
SMTP = ServerSettings(ServiceType.SMTP, "mail.%EMAILDOMAIN%", 465, SocketType.SSL)
SMTP_PLAIN = ServerSettings(ServiceType.SMTP, "mail.%EMAILDOMAIN%", 587, SocketType.PLAIN)

DOMAIN = Hosting(
    domain="example.com",
    primary_domain="example.com",
    source=Source.DOMAIN,
    display_name="Example Mail",
    services=(IMAP, POP3, SMTP_STARTTLS, SMTP),
    webmail_url="https://mail.%EMAILDOMAIN%/",
)
ALIAS = replace(DOMAIN, domain="example.net", source=Source.ALIAS)


def offering(*services: ServerSettings) -> Hosting:
    """example.com with exactly these services."""
    return replace(DOMAIN, services=services)
