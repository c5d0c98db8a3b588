"""PACC says what it can say, always in the same bytes, and nothing where it would be wrong."""

import json
from dataclasses import replace

import pytest

from mailsetup.clientconfig import Authentication, Hosting, Protocol, parse_address, resolve, resolve_domain
from mailsetup.formats import FORMATS, NothingToOffer
from tests.formats import hostings

PACC = FORMATS["pacc"]


def test_a_domain_and_every_address_of_it_are_told_the_same() -> None:
    whole = PACC.render(resolve_domain(hostings.DOMAIN, Protocol.IMAP))
    assert PACC.render(resolve(parse_address("anna@example.com"), hostings.DOMAIN, Protocol.POP3)) == whole
    document = json.loads(whole)
    host = {"host": "mail.example.com"}
    assert document["protocols"] == {"imap": host, "pop3": host, "submit": host, "smtp": host}
    assert document["authentication"] == {"password": True}
    assert document["info"]["provider"] == {"name": "Example Mail", "shortName": "Example Mail"}
    assert b" " not in whole.replace(b"Example Mail", b"")


@pytest.mark.parametrize(
    "hosting",
    [
        hostings.offering(hostings.IMAP_STARTTLS, hostings.SMTP),
        hostings.offering(hostings.IMAP, hostings.SMTP_STARTTLS),
        hostings.offering(replace(hostings.IMAP, port=9930), hostings.SMTP),
        hostings.offering(replace(hostings.IMAP, username="%EMAILLOCALPART%"), hostings.SMTP),
        hostings.offering(hostings.IMAP, replace(hostings.SMTP, authentication=Authentication.OAUTH2)),
        hostings.ALIAS,  # It signs in with the primary domain's name.
    ],
)
def test_what_it_can_not_express_is_not_offered(hosting: Hosting) -> None:
    with pytest.raises(NothingToOffer, match="PACC can't say anything else"):
        PACC.render(resolve_domain(hosting, Protocol.IMAP))


def test_calendars_and_address_books_by_https_alone() -> None:
    hosting = replace(
        hostings.DOMAIN, caldav_url="https://dav.%EMAILDOMAIN%/c/", carddav_url="http://dav.%EMAILDOMAIN%/"
    )
    protocols = json.loads(PACC.render(resolve_domain(hosting, Protocol.IMAP)))["protocols"]
    assert protocols["caldav"] == {"url": "https://dav.example.com/c/"}
    assert "carddav" not in protocols
