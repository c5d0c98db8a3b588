"""Every format on every kind of server, to the byte: what changes is reviewed as a diff of these files."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailsetup.clientconfig import Protocol, parse_address, resolve
from mailsetup.formats import FORMATS, NothingToOffer
from tests.formats import hostings

STRANGE_NAME = 'Kern & Söhne <"Post"> \U0001f4ec'
IDN = replace(
    hostings.DOMAIN,
    domain="xn--bcher-kva.example",
    primary_domain="xn--bcher-kva.example",
    display_name="Bücher",
)
# The name of the kind, an address on it, what the provider says.
KINDS = {
    "ssl": ("anna@example.com", hostings.offering(hostings.IMAP, hostings.POP3, hostings.SMTP)),
    "starttls": (
        "anna@example.com",
        hostings.offering(hostings.IMAP_STARTTLS, hostings.POP3_STARTTLS, hostings.SMTP_STARTTLS),
    ),
    "odd-ports": (
        "anna@example.com",
        hostings.offering(
            *(
                replace(each, port=each.port * 10 + 1)
                for each in (hostings.IMAP, hostings.POP3, hostings.SMTP_STARTTLS)
            )
        ),
    ),
    "local-part-user-name": (
        "anna@example.com",
        hostings.offering(
            *(
                replace(each, username="%EMAILLOCALPART%")
                for each in (hostings.IMAP, hostings.POP3, hostings.SMTP)
            )
        ),
    ),
    "idn": ("anna@bücher.example", IDN),
    "strange-names": (
        "o'br&ien#1@example.com",
        replace(hostings.DOMAIN, display_name=STRANGE_NAME),
    ),
    "dav": (
        "anna@example.com",
        replace(
            hostings.DOMAIN,
            caldav_url="https://dav.%EMAILDOMAIN%/calendars/%EMAILADDRESS%/",
            carddav_url="https://dav.%EMAILDOMAIN%:8443/",
            activesync_url="https://mail.%EMAILDOMAIN%/Microsoft-Server-ActiveSync",
        ),
    ),
}


@pytest.mark.parametrize("slug", FORMATS)
def test_the_bytes_of_every_format(slug: str, matches_golden: Callable[[str, bytes], None]) -> None:
    for kind, (address, hosting) in KINDS.items():
        for protocol in Protocol:
            config = resolve(parse_address(address), hosting, protocol)
            config = replace(config, documentation_url="https://portal.hoster.example/")
            try:
                rendered = FORMATS[slug].render(config)
            except NothingToOffer as nothing:
                rendered = f"Nothing is offered: {nothing}\n".encode()
            matches_golden(f"kinds/{slug}/{kind}-{protocol}", rendered)
