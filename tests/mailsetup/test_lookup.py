"""From an address to its settings, through the database."""

import json
from typing import Any

import pytest
from django.core.cache import cache

from mailsetup import mx, selectors
from mailsetup.clientconfig import ServiceType, parse_address, resolve
from mailsetup.models import Domain, Server
from mailsetup.provisioning import provision
from mailsetup.selectors import UnknownDomain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def config_of(text: str, protocol: ServiceType = ServiceType.IMAP) -> Any:
    address = parse_address(text)
    return resolve(address, selectors.find_hosting(address)[0], protocol)


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


def test_an_unknown_domain_is_found_by_its_mx(provider: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def mx_hosts(name: str, resolver: object) -> tuple[str, ...]:
        asked.append(name)
        return ("in1.mx.hoster.example",)

    monkeypatch.setattr(mx, "mx_hosts", mx_hosts)
    assert config_of("carl@moved.example").source == "mx"
    assert config_of("dora@moved.example").incoming.hostname == "mail.moved.example"
    assert asked == ["moved.example"], "the answer is kept"


def test_another_mx_is_nobody_we_know(provider: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mx, "mx_hosts", lambda name, resolver: ("mx.hoster.example.evil.example",))
    with pytest.raises(UnknownDomain):
        config_of("carl@moved.example")


def test_a_disabled_domain_does_not_come_back_through_its_mx(
    provider: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Domain.objects.update(enabled=False)
    monkeypatch.setattr(mx, "mx_hosts", lambda name, resolver: ("in1.mx.hoster.example",))
    for address in ("anna@example.com", "anna@example.net"):
        with pytest.raises(UnknownDomain):
            config_of(address)


def test_a_server_without_pop3_says_so(provider: None, provider_file: dict[str, Any]) -> None:
    del provider_file["servers"][0]["services"][1]
    provision(json.dumps(provider_file).encode())
    with pytest.raises(LookupError, match="does not offer POP3"):
        config_of("anna@example.com", ServiceType.POP3)
