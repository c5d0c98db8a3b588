"""Autoconfig as Thunderbird, K-9 and FairEmail take it."""

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsetup.clientconfig import Address, Hosting, Protocol, parse_address, resolve
from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer
from tests.formats import hostings

ANNA = parse_address("anna@example.com")
FORMAT = FORMATS["autoconfig"]


def for_address(address: Address, hosting: Hosting) -> bytes:
    return documents.for_config(FORMAT, documents.config_for_address(address, hosting))


def for_domain(hosting: Hosting) -> bytes:
    return documents.for_domain(FORMAT, hosting)


def parse(document: bytes) -> ET.Element:
    root = ET.fromstring(document)
    assert root.tag == "clientConfig"
    return root


def rows(document: bytes) -> list[tuple[str | None, ...]]:
    """(type, host name, port, socketType, authentication, user name) of each server, in order."""
    fields = ("hostname", "port", "socketType", "authentication", "username")
    return [
        (server.get("type"), *(server.findtext(field) for field in fields))
        for server in parse(document).find("emailProvider")  # type: ignore[union-attr]  # every document has one
        if server.tag in ("incomingServer", "outgoingServer")
    ]


@pytest.mark.parametrize(
    ("name", "address", "hosting"),
    [
        ("autoconfig-address.xml", "anna@example.com", hostings.DOMAIN),
        ("autoconfig-alias.xml", "anna@example.net", hostings.ALIAS),
        (
            "autoconfig-starttls.xml",
            "anna@example.com",
            hostings.offering(hostings.IMAP_STARTTLS, hostings.SMTP_STARTTLS),
        ),
    ],
)
def test_the_document_for_an_address(
    name: str, address: str, hosting: Hosting, matches_golden: Callable[[str, bytes], None]
) -> None:
    matches_golden(name, for_address(parse_address(address), hosting))


@pytest.mark.parametrize(
    ("name", "hosting"),
    [("autoconfig-domain.xml", hostings.DOMAIN), ("autoconfig-alias-domain.xml", hostings.ALIAS)],
)
def test_the_document_for_a_domain(
    name: str, hosting: Hosting, matches_golden: Callable[[str, bytes], None]
) -> None:
    matches_golden(name, for_domain(hosting))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(for_address(ANNA, hostings.DOMAIN), id="address"),
        pytest.param(for_domain(hostings.ALIAS), id="alias domain"),
    ],
)
def test_thunderbird_finds_all_it_insists_on(document: bytes) -> None:
    root = parse(document)
    assert root.attrib == {"version": "1.1"}
    [provider] = root.findall("emailProvider")
    assert provider.get("id") in {"example.com", "example.net"}, "a legal host name"
    [domain] = provider.findall("domain")
    assert domain.attrib == {}
    for name in ("displayName", "displayShortName"):
        assert provider.find(name) is not None
        assert provider.find(name).attrib == {}  # type: ignore[union-attr]  # found one line above
    servers = [*provider.findall("incomingServer"), *provider.findall("outgoingServer")]
    assert [server.get("type") for server in servers] == ["imap", "pop3", "smtp", "smtp"]
    for server in servers:
        assert server.findtext("socketType") in {"SSL", "STARTTLS"}
        assert [child.tag for child in server][:5] == [
            "hostname", "port", "socketType", "authentication", "username",
        ]  # fmt: skip
        for child in server:
            assert child.tag == "pop3" or child.text == (child.text or "").strip() != ""
            assert child.attrib == {}
    assert root.find(".//password") is None


def test_a_known_address_gets_its_login_spelled_out() -> None:
    usernames = {row[-1] for row in rows(for_address(ANNA, hostings.DOMAIN))}
    assert usernames == {"anna@example.com"}


def test_an_alias_signs_in_as_the_mailbox_of_the_primary_domain() -> None:
    document = for_address(parse_address("anna@example.net"), hostings.ALIAS)
    assert parse(document).findtext("emailProvider/domain") == "example.net"
    assert {row[1] for row in rows(document)} == {"mail.example.com"}
    assert {row[-1] for row in rows(document)} == {"anna@example.com"}


def test_a_domain_alone_keeps_the_placeholders_for_the_program_to_fill() -> None:
    assert {row[-1] for row in rows(for_domain(hostings.DOMAIN))} == {"%EMAILADDRESS%"}
    assert {row[-1] for row in rows(for_domain(hostings.ALIAS))} == {"%EMAILLOCALPART%@example.com"}


def test_pop3_leaves_mail_on_the_server() -> None:
    root = parse(for_address(ANNA, hostings.DOMAIN))
    assert root.findtext(".//pop3/leaveMessagesOnServer") == "true"
    assert root.findtext(".//pop3/daysToLeaveMessagesOnServer") == "14"
    assert root.find(".//incomingServer[@type='imap']/pop3") is None


def test_the_providers_preference_is_kept_and_imap_comes_first() -> None:
    hosting = hostings.offering(
        hostings.POP3, hostings.SMTP, hostings.IMAP_STARTTLS, hostings.SMTP_STARTTLS, hostings.IMAP
    )
    order = [(row[0], row[2]) for row in rows(for_address(ANNA, hosting))]
    assert order == [("imap", "143"), ("imap", "993"), ("pop3", "995"), ("smtp", "465"), ("smtp", "587")]


def test_unencrypted_services_are_never_offered() -> None:
    hosting = hostings.offering(hostings.IMAP_PLAIN, hostings.IMAP, hostings.SMTP_PLAIN, hostings.SMTP)
    assert {row[3] for row in rows(for_address(ANNA, hosting))} == {"SSL"}


@pytest.mark.parametrize(
    "hosting",
    [
        hostings.offering(hostings.IMAP_PLAIN, hostings.SMTP),
        hostings.offering(hostings.IMAP, hostings.SMTP_PLAIN),
        hostings.offering(hostings.IMAP),
        hostings.offering(hostings.SMTP),
        hostings.offering(),
    ],
)
def test_without_an_encrypted_way_both_ways_there_is_nothing_to_offer(hosting: Hosting) -> None:
    with pytest.raises(NothingToOffer):
        for_address(ANNA, hosting)
    with pytest.raises(NothingToOffer):
        for_domain(hosting)


def test_a_server_with_pop3_alone_is_offered() -> None:
    document = for_domain(hostings.offering(hostings.POP3, hostings.SMTP))
    assert [row[0] for row in rows(document)] == ["pop3", "smtp"]


def test_the_protocol_asked_for_changes_nothing_as_both_are_listed() -> None:
    by_protocol = {
        FORMAT.render(resolve(ANNA, hostings.DOMAIN, protocol)) for protocol in (Protocol.IMAP, Protocol.POP3)
    }
    assert len(by_protocol) == 1


@given(
    name=st.text(max_size=200),
    local_part=st.text(alphabet="abc0129!#$%&'*+=?^_`{|}~-", min_size=1, max_size=20),
)
def test_no_name_and_no_address_can_break_the_document(name: str, local_part: str) -> None:
    hosting = replace(hostings.DOMAIN, display_name=name)
    address = Address(local_part, "example.com")
    root = parse(for_address(address, hosting))
    assert len(root.findtext("emailProvider/displayName") or "") <= 60
    assert len(root.findtext("emailProvider/displayShortName") or "") <= 20
    assert root.findtext(".//username") == address.mailbox


def test_a_long_name_is_cut_to_what_thunderbird_shows() -> None:
    root = parse(for_address(ANNA, replace(hostings.DOMAIN, display_name="N" * 61)))
    assert root.findtext("emailProvider/displayName") == "N" * 60
    assert root.findtext("emailProvider/displayShortName") == "N" * 20


def test_it_is_served_to_anybody_with_a_type_that_thunderbird_parses() -> None:
    assert FORMAT.public
    assert FORMAT.media_type == "text/xml; charset=utf-8"
    assert FORMAT.filename(resolve(ANNA, hostings.DOMAIN, Protocol.IMAP)) == "config-v1.1.xml"
