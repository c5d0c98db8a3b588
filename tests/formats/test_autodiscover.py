"""Autodiscover as Outlook and Thunderbird take it."""

import json
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsetup.clientconfig import Authentication, Hosting, parse_address
from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer, autodiscover
from mailsetup.formats.autodiscover import Malformed, parse_request, render_error, render_pointer
from tests.formats import hostings

ANNA = parse_address("anna@example.com")
OUTER = "{http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006}"
INNER = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"
ASKED = """<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
  <Request>
    <EMailAddress>anna@example.com</EMailAddress>
    <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>
  </Request>
</Autodiscover>"""


def render(hosting: Hosting, address: str = "anna@example.com") -> bytes:
    return documents.for_config(
        FORMATS["autodiscover"], documents.config_for_address(parse_address(address), hosting)
    )


def protocols(document: bytes) -> list[dict[str, str | None]]:
    root = ET.fromstring(document)
    assert root.tag == f"{OUTER}Autodiscover"
    account = root.find(f"{INNER}Response/{INNER}Account")
    assert account is not None
    assert account.findtext(f"{INNER}AccountType") == "email"
    assert account.findtext(f"{INNER}Action") == "settings"
    return [
        {child.tag.removeprefix(INNER): child.text for child in protocol}
        for protocol in account.findall(f"{INNER}Protocol")
    ]


@pytest.mark.parametrize(
    ("name", "address", "hosting"),
    [
        ("autodiscover.xml", "anna@example.com", hostings.DOMAIN),
        ("autodiscover-alias.xml", "anna@example.net", hostings.ALIAS),
        (
            "autodiscover-starttls.xml",
            "anna@example.com",
            hostings.offering(hostings.POP3, hostings.IMAP_STARTTLS, hostings.SMTP_STARTTLS),
        ),
    ],
)
def test_the_document(
    name: str, address: str, hosting: Hosting, matches_golden: Callable[[str, bytes], None]
) -> None:
    matches_golden(name, render(hosting, address))


def test_one_way_of_each_kind_and_the_one_that_every_program_understands() -> None:
    """Thunderbird takes 587 for STARTTLS and any odd port for implicit TLS, whatever the flags say."""
    found = [
        (each["Type"], each["Port"], each["SSL"], each["Encryption"])
        for each in protocols(render(hostings.DOMAIN))
    ]
    assert found == [("IMAP", "993", "on", "SSL"), ("POP3", "995", "on", "SSL"), ("SMTP", "465", "on", "SSL")]


def test_starttls_is_said_where_there_is_nothing_else() -> None:
    found = protocols(render(hostings.offering(hostings.IMAP_STARTTLS, hostings.SMTP_STARTTLS)))
    assert [(each["Type"], each["Port"], each["SSL"], each["Encryption"]) for each in found] == [
        ("IMAP", "143", "on", "TLS"),
        ("SMTP", "587", "on", "TLS"),
    ]


def test_the_provider_says_what_comes_first() -> None:
    found = protocols(render(hostings.offering(hostings.SMTP, hostings.POP3, hostings.IMAP)))
    assert [each["Type"] for each in found] == ["POP3", "IMAP", "SMTP"]


def test_flags_are_words_in_microsofts_order() -> None:
    """`<SSL>true</SSL>` makes Thunderbird drop the server, and SPA is on where it is missing."""
    imap, _, smtp = protocols(render(hostings.DOMAIN))
    common = [
        "Type",
        "Server",
        "Port",
        "LoginName",
        "DomainRequired",
        "SPA",
        "SSL",
        "Encryption",
        "AuthRequired",
    ]
    assert list(imap) == common
    assert list(smtp) == [*common, "UsePOPAuth", "SMTPLast"]
    assert (imap["DomainRequired"], imap["SPA"], imap["AuthRequired"]) == ("off", "off", "on")
    assert (smtp["UsePOPAuth"], smtp["SMTPLast"]) == ("on", "off")


def test_the_user_name_of_the_mailbox_is_said_and_of_sending_if_it_is_another() -> None:
    other = replace(hostings.SMTP, username="%EMAILLOCALPART%")
    imap, smtp = protocols(render(hostings.offering(hostings.IMAP, other)))
    assert (imap["LoginName"], smtp["LoginName"], smtp["UsePOPAuth"]) == ("anna@example.com", "anna", "off")


@pytest.mark.parametrize(
    "services",
    [
        (hostings.IMAP, hostings.SMTP_PLAIN),
        (hostings.IMAP_PLAIN, hostings.SMTP),
        (replace(hostings.IMAP, authentication=Authentication.OAUTH2), hostings.SMTP),
    ],
)
def test_nothing_is_offered_that_would_send_a_password_in_the_clear_or_needs_another_sign_in(
    services: tuple[object, ...],
) -> None:
    with pytest.raises(NothingToOffer):
        render(hostings.offering(*services))  # type: ignore[arg-type]


def test_what_the_provider_typed_is_escaped() -> None:
    hosting = hostings.offering(replace(hostings.IMAP, username="<&\"'>"), hostings.SMTP)
    assert protocols(render(hosting))[0]["LoginName"] == "<&\"'>"


# --- Questions -----------------------------------------------------------------------------------------


def test_a_question_is_read() -> None:
    asked = parse_request(ASKED.encode())
    assert (asked.address, asked.response_schema) == ("anna@example.com", autodiscover.OUTLOOK_RESPONSE)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_question_in_another_encoding_is_read(encoding: str) -> None:
    assert parse_request(
        ASKED.replace("utf-8", "utf-16" if encoding == "utf-16" else "utf-8").encode(encoding)
    )


def test_a_question_for_activesync_is_read() -> None:
    asked = ASKED.replace("/outlook/", "/mobilesync/").replace("2006a", "2006")
    assert parse_request(asked.encode()).response_schema == autodiscover.MOBILESYNC_RESPONSE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"\x00\x01\x02",
        b"<",
        b"not xml",
        b"<Autodiscover/>",
        ASKED.replace("outlook/requestschema/2006", "outlook/requestschema/2007").encode(),
        ASKED.replace("http://schemas", "https://schemas").encode(),
        ASKED.replace("EMailAddress", "EmailAddress").encode(),
        ASKED.replace("anna@example.com", "  ").encode(),
        ASKED.replace("AcceptableResponseSchema>", "Schema>").encode(),
        b'<?xml version="1.0" encoding="no-such-thing"?><a/>',
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]><a>&x;</a>',
    ],
)
def test_what_is_no_question_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_request(body)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_request(body)


# --- Errors and the pointer ----------------------------------------------------------------------------


def test_an_error_is_a_document() -> None:
    root = ET.fromstring(
        render_error(autodiscover.INVALID_REQUEST, time="16:56:32.6164027", number=1054084152)
    )
    error = root.find(f"{OUTER}Response/{OUTER}Error")
    assert error is not None
    assert error.attrib == {"Time": "16:56:32.6164027", "Id": "1054084152"}
    assert [(child.tag.removeprefix(OUTER), child.text) for child in error] == [
        ("ErrorCode", "600"),
        ("Message", "Invalid Request"),
        ("DebugData", None),
    ]


@pytest.mark.parametrize("protocol", ["AutodiscoverV1", "Autodiscoverv1", "autodiscoverv1"])
def test_the_pointer_says_where_the_xml_is(protocol: str) -> None:
    status, body = render_pointer(protocol, "https://portal.example/autodiscover/autodiscover.xml")
    assert status == 200
    assert json.loads(body) == {
        "Protocol": "AutodiscoverV1",
        "Url": "https://portal.example/autodiscover/autodiscover.xml",
    }


@pytest.mark.parametrize("protocol", ["EWS", "ActiveSync", "", "x" * 500])
def test_the_pointer_says_what_it_can_not(protocol: str) -> None:
    status, body = render_pointer(protocol, "https://portal.example/")
    assert status == 400
    assert json.loads(body) == {
        "ErrorCode": "InvalidProtocol",
        "ErrorMessage": f"The given protocol value '{protocol[:40]}' is invalid. "
        "Supported values are 'AutodiscoverV1'",
    }
