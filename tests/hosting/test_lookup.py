"""From an address to its settings, through the database."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from mailsetup.clientconfig import NotOffered, Protocol, parse_address, resolve
from mailsetup.hosting import selectors, sentences
from mailsetup.hosting.models import Domain, Server
from mailsetup.hosting.provisioning import provision
from mailsetup.hosting.selectors import UnknownDomain
from tests.faults import FaultyNameServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def config_of(text: str, protocol: Protocol = Protocol.IMAP) -> Any:
    address = parse_address(text)
    return resolve(address, selectors.find_hosting(address, display_name="Northwind Hosting")[0], protocol)


def test_the_domain_says_so(provider: None) -> None:
    config = config_of("Anna@Example.com")
    assert config.as_dict()["incoming"] == {
        "type": "imap",
        "hostname": "mail.example.com",
        "port": 993,
        "socket_type": "SSL",
        "authentication": "password-cleartext",
        "username": "anna@example.com",
    }
    assert (config.source, config.webmail_url) == ("domain", "https://mail.example.com/")


def test_an_alias_gets_the_names_of_its_domain(provider: None) -> None:
    config = config_of("anna@example.net")
    assert (config.address, config.source) == ("anna@example.net", "alias")
    assert (config.incoming.hostname, config.incoming.username) == ("mail.example.com", "anna@example.com")


def test_the_server_can_switch_that_off(provider: None) -> None:
    Server.objects.update(alias_uses_primary=False)
    assert config_of("anna@example.net").incoming.username == "anna@example.net"


def test_a_sub_address_signs_in_as_its_mailbox(provider: None) -> None:
    assert config_of("anna+shop@example.com").incoming.username == "anna@example.com"


def test_a_mailbox_with_a_plus_in_its_name_is_itself(provider: None) -> None:
    Domain.objects.get(name="example.com").mailboxes.create(local_part="anna+shop")
    assert config_of("anna+shop@example.com").incoming.username == "anna+shop@example.com"


def test_an_unknown_mailbox_gets_the_same_answer_as_a_known_one(provider: None) -> None:
    known, unknown = config_of("anna@example.com").as_dict(), config_of("nobody@example.com").as_dict()
    assert json.dumps(known).replace("anna@", "nobody@") == json.dumps(unknown)


@pytest.fixture
def name_server(settings: Any) -> Iterator[None]:
    """A real name server with the MX records of domains that we don't know."""
    records = {
        ("moved.example", "MX"): ("20 backup.elsewhere.example.", "10 IN1.mx.hoster.example."),
        ("evil.example", "MX"): ("10 mx.hoster.example.evil.example.",),
        ("example.com", "MX"): ("10 in1.mx.hoster.example.",),
        ("example.net", "MX"): ("10 in1.mx.hoster.example.",),
    }
    with FaultyNameServer(records) as server:
        settings.PROBE_RESOLVER = server.address
        yield


def test_an_unknown_domain_is_found_by_its_mx(provider: None, name_server: None, settings: Any) -> None:
    config = config_of("carl@moved.example")
    assert (config.source, config.incoming.hostname) == ("mx", "mail.moved.example")
    settings.PROBE_RESOLVER = ("127.0.0.1", 9)
    assert config_of("dora@moved.example").incoming.username == "dora@moved.example", "the answer is kept"


@pytest.mark.parametrize("domain", ["evil.example", "nobody.example"])
def test_another_mx_or_none_is_nobody_we_know(provider: None, name_server: None, domain: str) -> None:
    with pytest.raises(UnknownDomain):
        config_of(f"carl@{domain}")


def test_a_disabled_domain_does_not_come_back_through_its_mx(provider: None, name_server: None) -> None:
    Domain.objects.update(enabled=False)
    for address in ("anna@example.com", "anna@example.net"):
        with pytest.raises(UnknownDomain):
            config_of(address)


def test_a_server_without_pop3_says_so(provider: None, provider_file: dict[str, Any]) -> None:
    del provider_file["servers"][0]["services"][1]
    provision(json.dumps(provider_file).encode())
    with pytest.raises(NotOffered) as refused:
        config_of("anna@example.com", Protocol.POP3)
    assert sentences.not_offered(refused.value) == "The server for example.com does not offer POP3."
