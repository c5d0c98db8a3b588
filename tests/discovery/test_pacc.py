"""PACC's document at its address, and the digest of it in DNS."""

import base64
import hashlib
import re

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from mailsetup.hosting.models import Server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]
PATH = "/.well-known/user-agent-configuration.json"


@pytest.fixture
def with_implicit_tls(provider: None) -> None:
    """The provider's example sends with STARTTLS, which PACC can't say."""
    Server.objects.get().services.filter(type="smtp").update(port=465, socket_type="SSL")


@pytest.mark.usefixtures("with_implicit_tls")
@pytest.mark.parametrize("host", ["ua-auto-config.example.com", "example.com"])
def test_the_document_of_a_domain(client: Client, host: str) -> None:
    answer = client.get(PATH, headers={"host": host})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["protocols"]["imap"] == {"host": "mail.example.com"}
    assert answer["Cache-Control"].startswith("public, max-age=")
    again = client.get(PATH, headers={"host": host, "if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("with_implicit_tls")
@pytest.mark.parametrize("host", ["ua-auto-config.stranger.example", "testserver", "10.0.0.1"])
def test_strangers_get_404(client: Client, host: str) -> None:
    assert client.get(PATH, headers={"host": host}).status_code == 404


@pytest.mark.usefixtures("with_implicit_tls")
def test_only_by_https_where_there_is_any(client: Client, settings: Settings) -> None:
    settings.HTTPS_ONLY = True
    assert client.get(PATH, headers={"host": "example.com"}).status_code == 404
    assert client.get(PATH, headers={"host": "example.com"}, secure=True).status_code == 200


def test_nothing_where_it_would_be_wrong(client: Client) -> None:
    assert client.get(PATH, headers={"host": "example.com"}).status_code == 404


@pytest.mark.usefixtures("with_implicit_tls")
def test_dns_holds_the_digest_of_the_very_bytes(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    body = client.get(PATH, headers={"host": "ua-auto-config.example.com"}).content
    call_command("dns_report", "example.com", "--zone")
    digest = re.search(r'_ua-auto-config +IN TXT +"v=UAAC1; a=sha256; d=(.+)"', capsys.readouterr().out)
    assert digest
    assert digest[1] == base64.b64encode(hashlib.sha256(body).digest()).decode()
