"""Mail programs ask without signing in."""

from xml.etree import ElementTree as ET

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PATHS = [
    "/mail/config-v1.1.xml",
    "/.well-known/autoconfig/mail/config-v1.1.xml",
    "/v1.1/mail/config-v1.1.xml",
    "/.well-known/mail-v1.xml",
]


def username(body: bytes) -> str | None:
    return ET.fromstring(body).findtext("emailProvider/incomingServer/username")


@pytest.mark.parametrize("path", PATHS)
def test_by_host_with_placeholders(provider: None, client: Client, path: str) -> None:
    answer = client.get(path, headers={"host": "autoconfig.example.com"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert username(answer.content) == "%EMAILADDRESS%"
    assert not answer.cookies


@pytest.mark.parametrize(
    "host", ["autoconfig.example.com", "example.com", "testserver", "autoconfig.hoster.example:8080"]
)
def test_by_address_under_any_host(provider: None, client: Client, host: str) -> None:
    answer = client.get(
        PATHS[0], {"emailaddress": "anna@example.com", "emailmd5": "x"}, headers={"host": host}
    )
    assert username(answer.content) == "anna@example.com"


def test_an_unknown_mailbox_is_answered_like_a_known_one(provider: None, client: Client) -> None:
    known = client.get(PATHS[0], {"emailaddress": "anna@example.com"}).content
    unknown = client.get(PATHS[0], {"emailaddress": "nobody@example.com"}).content
    assert known.replace(b"anna@", b"nobody@") == unknown


@pytest.mark.parametrize("query", ["anna+shop@example.com", "anna%2Bshop@example.com", " anna@example.com "])
def test_a_plus_that_was_not_encoded_is_a_plus(provider: None, client: Client, query: str) -> None:
    """FairEmail sends the address as it is."""
    assert username(client.get(f"{PATHS[0]}?emailaddress={query}").content) == "anna@example.com"


@pytest.mark.parametrize("nobody", ["EVOLUTIONUSER", "evolutionuser"])
def test_evolution_names_nobody_and_fills_the_placeholders(
    provider: None, client: Client, nobody: str
) -> None:
    answer = client.get(
        f"{PATHS[0]}?emailaddress={nobody}@example.com&emailmd5=d41d8cd98f00b204e9800998ecf8427e"
    )
    assert username(answer.content) == "%EMAILADDRESS%"


def test_no_other_customer_is_named(provider: None, client: Client) -> None:
    assert b"elsewhere" not in client.get(PATHS[0], {"emailaddress": "anna@example.com"}).content


@pytest.mark.parametrize(
    "address",
    [
        "anna",
        "@example.com",
        "anna@",
        "a" * 300 + "@example.com",
        "anna\r\n@example.com",
        "anna@\x00",
        "å@example.com",
        "a/b@example.com",
        "anna@nowhere.example",
    ],
)
def test_what_is_no_address_of_ours_is_not_found(provider: None, client: Client, address: str) -> None:
    answer = client.get(PATHS[0], {"emailaddress": address})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_a_customers_host_name_gets_discovery_and_nothing_else(provider: None, client: Client) -> None:
    for path in ("/", "/accounts/login/", "/admin/", "/setup/anna@example.com/thunderbird/imap/"):
        assert client.get(path, headers={"host": "autoconfig.example.com"}).status_code == 404
