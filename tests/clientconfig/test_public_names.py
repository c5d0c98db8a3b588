"""The names that people script against: autoconfig's words as values, snake case as keys."""

from mailsetup.clientconfig import (
    AddressError,
    AddressFault,
    Authentication,
    Hosting,
    NotOffered,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
    parse_address,
    resolve,
    resolve_domain,
)

IMAP = ServerSettings(ServiceType.IMAP, "imap.example.com", 993, SocketType.SSL)
PLAIN_IMAP = ServerSettings(ServiceType.IMAP, "imap.example.com", 143, SocketType.PLAIN)
SMTP = ServerSettings(ServiceType.SMTP, "smtp.example.com", 587, SocketType.STARTTLS)
HOSTING = Hosting(
    domain="example.net",
    primary_domain="example.com",
    source=Source.ALIAS,
    display_name="Example Mail",
    services=(IMAP, PLAIN_IMAP, SMTP),
    webmail_url="https://mail.%EMAILDOMAIN%/",
)


def test_the_words_of_autoconfig() -> None:
    assert [member.value for member in ServiceType] == ["imap", "pop3", "smtp"]
    assert [member.value for member in Protocol] == ["imap", "pop3"]
    assert [member.value for member in SocketType] == ["SSL", "STARTTLS", "plain"]
    assert [member.value for member in Authentication] == [
        "password-cleartext",
        "password-encrypted",
        "OAuth2",
    ]
    assert [member.value for member in Source] == ["domain", "alias", "mx"]


def test_the_document_of_client_config() -> None:
    incoming = {
        "type": "imap",
        "hostname": "imap.example.com",
        "port": 993,
        "socket_type": "SSL",
        "authentication": "password-cleartext",
        "username": "anna@example.com",
    }
    plain = {**incoming, "port": 143, "socket_type": "plain"}
    outgoing = {
        **incoming,
        "type": "smtp",
        "hostname": "smtp.example.com",
        "port": 587,
        "socket_type": "STARTTLS",
    }
    assert resolve(parse_address("anna@example.net"), HOSTING, Protocol.IMAP).as_dict() == {
        "address": "anna@example.net",
        "domain": "example.net",
        "source": "alias",
        "display_name": "Example Mail",
        "protocol": "imap",
        "incoming": incoming,
        "outgoing": outgoing,
        "alternatives": [plain],
        "webmail_url": "https://mail.example.com/",
    }


def test_a_domain_alone_has_its_webmail_and_name_too() -> None:
    config = resolve_domain(HOSTING, Protocol.IMAP)
    assert (config.webmail_url, config.display_name) == ("https://mail.example.com/", "Example Mail")


def test_what_a_server_offers() -> None:
    assert HOSTING.protocols == (Protocol.IMAP,)
    assert [protocol.service_type for protocol in Protocol] == [ServiceType.IMAP, ServiceType.POP3]
    assert [service.encrypted for service in (IMAP, PLAIN_IMAP, SMTP)] == [True, False, True]


def test_without_webmail_there_is_no_address_of_one() -> None:
    bare = Hosting("example.com", "example.com", Source.DOMAIN, "Example Mail", (IMAP, SMTP))
    assert resolve(parse_address("anna+shop@example.com"), bare, Protocol.IMAP).webmail_url == ""
    assert bare.exact_mailbox is False


def test_errors_say_for_a_log_what_is_wrong() -> None:
    assert str(AddressError(AddressFault.NO_AT)) == "no_at"
    assert str(NotOffered("example.com", ServiceType.POP3)) == "example.com: pop3"
