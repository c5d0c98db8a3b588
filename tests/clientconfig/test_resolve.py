"""From what the provider says to the settings of one address, or of every address in a domain."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsetup.clientconfig import (
    Hosting,
    NotExpressible,
    NotOffered,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
    parse_address,
    resolve,
    resolve_domain,
    within,
)
from mailsetup.clientconfig.resolve import fill_placeholders

IMAP = ServerSettings(ServiceType.IMAP, "mail.%EMAILDOMAIN%", 993, SocketType.SSL)
IMAP_STARTTLS = replace(IMAP, port=143, socket_type=SocketType.STARTTLS)
POP3 = ServerSettings(ServiceType.POP3, "mail.%EMAILDOMAIN%", 995, SocketType.SSL)
SMTP = ServerSettings(ServiceType.SMTP, "mail.%EMAILDOMAIN%", 465, SocketType.SSL)
SMTP_STARTTLS = replace(SMTP, port=587, socket_type=SocketType.STARTTLS)
ANNA = parse_address("anna@example.com")


def hosting(*services: ServerSettings, **changes: object) -> Hosting:
    known = {
        "domain": "example.com",
        "primary_domain": "example.com",
        "source": Source.DOMAIN,
        "display_name": "Example Mail",
        "services": services or (IMAP, POP3, SMTP),
        "webmail_url": "https://mail.%EMAILDOMAIN%/?user=%EMAILLOCALPART%",
    }
    return Hosting(**{**known, **changes})  # type: ignore[arg-type]  # the names are Hosting's own


ALIAS = hosting(domain="example.net", source=Source.ALIAS)


def test_placeholders_become_the_address() -> None:
    config = resolve(ANNA, hosting(), Protocol.IMAP)
    assert config.incoming.hostname == config.outgoing.hostname == "mail.example.com"
    assert config.incoming.username == config.outgoing.username == "anna@example.com"
    assert config.webmail_url == "https://mail.example.com/?user=anna"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("%EMAILADDRESS%", "anna@example.com"),
        ("%EMAILLOCALPART%.%EMAILDOMAIN%", "anna.example.com"),
        ("EXAMPLE\\%EMAILLOCALPART%", "EXAMPLE\\anna"),
        ("%EMAIL%EMAILDOMAIN%", "%EMAILexample.com"),
        ("%emailaddress%", "%emailaddress%"),
        ("%EMAILNOTHING%", "%EMAILNOTHING%"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_mozillas_placeholders_and_nothing_else(text: str, filled: str) -> None:
    assert fill_placeholders(text, local_part="anna", domain="example.com") == filled


def test_an_address_can_not_smuggle_a_placeholder_in() -> None:
    filled = fill_placeholders("%EMAILLOCALPART%", local_part="%EMAILDOMAIN%", domain="example.com")
    assert filled == "%EMAILDOMAIN%"


@given(st.text(alphabet="%EMAILDORSCPT x", max_size=60))
def test_filling_in_never_fails(text: str) -> None:
    filled = fill_placeholders(text, local_part="a", domain="b.c")
    assert ("%EMAILDOMAIN%" in text) <= ("b.c" in filled)


def test_a_sub_address_signs_in_as_its_mailbox_unless_the_plus_is_part_of_the_name() -> None:
    tagged = parse_address("anna+shop@example.com")
    config = resolve(tagged, hosting(), Protocol.IMAP)
    assert (config.address, config.incoming.username) == ("anna+shop@example.com", "anna@example.com")
    exact = resolve(tagged, hosting(exact_mailbox=True), Protocol.IMAP)
    assert exact.incoming.username == "anna+shop@example.com"


def test_an_alias_uses_the_primary_domains_servers_and_login_unless_told_otherwise() -> None:
    address = parse_address("anna@example.net")
    config = resolve(address, ALIAS, Protocol.IMAP)
    assert (config.address, config.domain, config.source) == ("anna@example.net", "example.net", Source.ALIAS)
    assert (config.incoming.hostname, config.incoming.username) == ("mail.example.com", "anna@example.com")
    own = resolve(address, replace(ALIAS, alias_uses_primary=False), Protocol.IMAP)
    assert (own.incoming.hostname, own.incoming.username) == ("mail.example.net", "anna@example.net")


def test_a_match_on_mx_records_says_so() -> None:
    assert resolve(ANNA, hosting(source=Source.MX), Protocol.IMAP).as_dict()["source"] == "mx"


def test_the_first_of_each_is_preferred_and_the_rest_are_alternatives() -> None:
    config = resolve(ANNA, hosting(IMAP, IMAP_STARTTLS, POP3, SMTP_STARTTLS, SMTP), Protocol.IMAP)
    assert (config.incoming.port, config.outgoing.port) == (993, 587)
    assert [other.port for other in config.alternatives] == [143, 465]
    assert [service.port for service in config.services] == [993, 143, 995, 587, 465]


@pytest.mark.parametrize("resolved", [lambda *args: resolve(ANNA, *args), resolve_domain])
@pytest.mark.parametrize(
    ("offer", "missing"),
    [
        (hosting(IMAP, SMTP), ServiceType.POP3),
        (hosting(POP3), ServiceType.SMTP),
    ],
)
def test_what_is_not_offered_is_said(resolved, offer: Hosting, missing: ServiceType) -> None:  # type: ignore[no-untyped-def]  # two functions of the same shape
    with pytest.raises(NotOffered) as refused:
        resolved(offer, Protocol.POP3)
    assert (refused.value.domain, refused.value.service_type) == (offer.domain, missing)


def test_a_domain_without_an_address_keeps_the_placeholders_in_user_names() -> None:
    config = resolve_domain(hosting(), Protocol.IMAP)
    assert config.address == "%EMAILADDRESS%"
    assert config.incoming.hostname == "mail.example.com"
    assert config.incoming.username == "%EMAILADDRESS%"


def test_an_alias_domain_without_an_address_signs_in_at_the_primary_domain() -> None:
    config = resolve_domain(ALIAS, Protocol.IMAP)
    assert (config.incoming.hostname, config.incoming.username) == (
        "mail.example.com",
        "%EMAILLOCALPART%@example.com",
    )
    own = resolve_domain(replace(ALIAS, alias_uses_primary=False), Protocol.IMAP)
    assert (own.incoming.hostname, own.incoming.username) == ("mail.example.net", "%EMAILADDRESS%")


@pytest.mark.parametrize("hostname", ["%EMAILLOCALPART%.example.com", "%EMAILADDRESS%"])
def test_a_server_named_after_the_person_is_not_told_without_an_address(hostname: str) -> None:
    personal = replace(IMAP, hostname=hostname)
    with pytest.raises(NotOffered):
        resolve_domain(hosting(personal, SMTP), Protocol.IMAP)
    config = resolve_domain(hosting(personal, IMAP, SMTP), Protocol.IMAP)
    assert config.incoming.hostname == "mail.example.com"
    assert config.alternatives == ()


def test_apps_that_know_ssl_alone_get_implicit_tls_where_there_is_any() -> None:
    offered = resolve(ANNA, hosting(IMAP_STARTTLS, IMAP, POP3, SMTP_STARTTLS, SMTP), Protocol.IMAP)
    config = within(offered, (SocketType.SSL,), (SocketType.SSL, SocketType.STARTTLS))
    assert (config.incoming.port, config.outgoing.port) == (993, 465)
    assert [other.port for other in config.alternatives] == [143, 587]
    assert within(offered, (), ()) == offered


def test_apps_get_what_they_know_in_their_own_order() -> None:
    offered = resolve(ANNA, hosting(IMAP, SMTP, SMTP_STARTTLS), Protocol.IMAP)
    config = within(offered, (SocketType.SSL,), (SocketType.STARTTLS, SocketType.SSL))
    assert (config.incoming.port, config.outgoing.port) == (993, 587)


def test_what_an_app_can_not_express_is_said_and_no_encryption_at_all_is_the_last_resort() -> None:
    offered = resolve(ANNA, hosting(IMAP_STARTTLS, SMTP), Protocol.IMAP)
    with pytest.raises(NotExpressible) as raised:
        within(offered, (SocketType.SSL,), ())
    assert raised.value.service == offered.incoming
    plain = replace(IMAP, port=143, socket_type=SocketType.PLAIN)
    bare = resolve(ANNA, hosting(IMAP_STARTTLS, plain, SMTP), Protocol.IMAP)
    assert within(bare, (SocketType.SSL,), ()).incoming.port == 143
