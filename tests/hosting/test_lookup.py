"""From an address to its settings, through the database."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from msgspec import structs

from accounts.models import User
from mailsetup.clientconfig import NotOffered, Protocol, parse_address, resolve
from mailsetup.hosting import dns, selectors, sentences
from mailsetup.hosting.models import Domain, Server
from mailsetup.hosting.provisioning import provision
from mailsetup.hosting.selectors import UnknownDomain
from tests.faults import FaultyNameServer

pytestmark = pytest.mark.django_db


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
    with pytest.raises(UnknownDomain) as unknown:
        config_of(f"carl@{domain}")
    assert unknown.value.args == (domain,)


def test_a_domain_found_by_its_mx_is_its_own(provider: None, name_server: None) -> None:
    hosting = selectors.find_domain_hosting("moved.example", display_name="Northwind Hosting")
    assert (hosting.domain, hosting.primary_domain) == ("moved.example", "moved.example")
    assert (hosting.display_name, hosting.source) == ("Northwind Hosting", "mx")


def test_dns_is_asked_no_longer_than_the_setting_says(
    provider: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.HOSTING = structs.replace(settings.HOSTING, mx_timeout_seconds=1.5)
    asked = []
    monkeypatch.setattr(dns, "mx_hosts", lambda *question: asked.append(question) or ())
    with suppress(UnknownDomain):
        config_of("carl@moved.example")
    assert asked == [("moved.example", settings.PROBE_RESOLVER, 1.5)]


def test_more_servers_and_mailboxes_cost_no_more_questions(
    owner: User, provider_file: dict[str, Any], name_server: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):  # the domain with its server, the server's services, the exact mailbox
        selectors.find_hosting(parse_address("anna+shop@example.com"), display_name="")
    first = provider_file["servers"][0]
    provider_file["servers"] = [{**first, "name": f"server-{number}"} for number in range(5)]
    provision(json.dumps({"servers": provider_file["servers"]}).encode())
    Domain.objects.get(name="example.com").mailboxes.create(local_part="zoe")
    with django_assert_num_queries(5):  # is it ours, as a domain or an alias; the servers with their services
        selectors.find_domain_hosting("moved.example", display_name="")
    with django_assert_num_queries(1):
        assert len([mailbox.address for mailbox in selectors.mailboxes_of(owner)]) == 2


def test_a_disabled_domain_does_not_come_back_through_its_mx(provider: None, name_server: None) -> None:
    Domain.objects.update(enabled=False)
    for address in ("anna@example.com", "anna@example.net"):
        with pytest.raises(UnknownDomain) as unknown:
            config_of(address)
        assert unknown.value.args == (address.partition("@")[2],)


def test_a_server_without_pop3_says_so(provider: None, provider_file: dict[str, Any]) -> None:
    del provider_file["servers"][0]["services"][1]
    provision(json.dumps(provider_file).encode())
    with pytest.raises(NotOffered) as refused:
        config_of("anna@example.com", Protocol.POP3)
    assert sentences.not_offered(refused.value) == "The server for example.com does not offer POP3."


@pytest.mark.parametrize(("domain", "kept_seconds"), [("moved.example", 3600), ("nobody.example", 600)])
def test_an_answer_of_dns_is_kept_as_long_as_the_setting_says(
    provider: None, name_server: None, monkeypatch: pytest.MonkeyPatch, domain: str, kept_seconds: int
) -> None:
    asked = []
    ask = dns.mx_hosts

    def count(name: str, *others: Any) -> tuple[str, ...]:
        asked.append(name)
        return ask(name, *others)

    def look_up() -> None:
        with suppress(UnknownDomain):
            config_of(f"carl@{domain}")

    monkeypatch.setattr(dns, "mx_hosts", count)
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False) as clock:
        look_up()
        clock.shift(kept_seconds - 1)
        look_up()
        assert asked == [domain]
        clock.shift(2)
        look_up()
        assert asked == [domain, domain]


def test_without_patterns_nobody_is_asked(provider: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that names no MX patterns must not have its visitors wait for DNS."""
    Server.objects.update(mx_patterns=[])
    monkeypatch.setattr(dns, "mx_hosts", lambda *_: pytest.fail("DNS was asked"))
    with pytest.raises(UnknownDomain) as unknown:
        config_of("carl@moved.example")
    assert unknown.value.args == ("moved.example",)


def test_a_person_sees_the_domains_and_mailboxes_of_their_customers_alone(
    owner: User, stranger: User
) -> None:
    Domain.objects.get(name="elsewhere.example").mailboxes.create(local_part="eve")
    assert [domain.name for domain in selectors.domains_of(owner)] == ["example.com"]
    assert [mailbox.address for mailbox in selectors.mailboxes_of(owner)] == ["anna@example.com"]
    assert [mailbox.address for mailbox in selectors.mailboxes_of(stranger)] == ["eve@elsewhere.example"]
    Domain.objects.update(enabled=False)
    assert not selectors.mailboxes_of(owner).exists()


def test_the_name_of_the_provider_comes_from_whoever_asks(provider: None) -> None:
    for name in ("Northwind Hosting", "Another brand"):
        hosting, _domain = selectors.find_hosting(parse_address("anna@example.com"), display_name=name)
        assert hosting.display_name == name
        assert selectors.find_domain_hosting("example.com", display_name=name).display_name == name
