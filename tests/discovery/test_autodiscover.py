"""Outlook asks without signing in, in every case of the path, and gets an answer to everything."""

import json
import logging
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mailsetup.hosting.models import Server
from tests.formats.test_autodiscover import ASKED, INNER, OUTER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]
PATH = "/autodiscover/autodiscover.xml"
HOST = {"host": "autodiscover.example.com"}


def post(client: Client, body: str = ASKED, path: str = PATH, **headers: str) -> bytes:
    answer = client.post(
        path, body.encode(), content_type="text/xml; charset=utf-8", headers={**HOST, **headers}
    )
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies
    return answer.content


def login(document: bytes) -> str | None:
    return ET.fromstring(document).findtext(
        f"{INNER}Response/{INNER}Account/{INNER}Protocol/{INNER}LoginName"
    )


def error(document: bytes) -> str | None:
    return ET.fromstring(document).findtext(f"{OUTER}Response/{OUTER}Error/{OUTER}ErrorCode")


@pytest.mark.parametrize(
    "path", [PATH, "/Autodiscover/Autodiscover.xml", "/AutoDiscover/AutoDiscover.xml", PATH.upper()]
)
@pytest.mark.parametrize("host", ["autodiscover.example.com", "example.com", "testserver"])
def test_the_settings_of_an_address(client: Client, path: str, host: str) -> None:
    assert login(post(client, path=path, host=host)) == "anna@example.com"


def test_an_unknown_mailbox_is_answered_like_a_known_one(client: Client) -> None:
    known, unknown = post(client), post(client, ASKED.replace("anna@", "nobody@"))
    assert known.replace(b"anna@", b"nobody@") == unknown
    assert login(post(client, ASKED.replace("anna@", "anna+shop@"))) == "anna@example.com"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "600"),
        ("not xml", "600"),
        ("<a>" * 500, "600"),
        (ASKED.replace("anna@example.com", "anna"), "600"),
        (ASKED.replace("anna@example.com", "a" * 300 + "@example.com"), "600"),
        (ASKED.replace("anna@example.com", "anna@nowhere.example"), "500"),
        (ASKED.replace("/outlook/", "/mobilesync/").replace("2006a", "2006"), "601"),
        (ASKED.replace("2006a", "2010"), "601"),
    ],
)
def test_what_is_wrong_is_said_in_a_document(client: Client, body: str, code: str) -> None:
    assert error(post(client, body)) == code


def test_no_stranger_is_told_apart_by_what_is_wrong(client: Client) -> None:
    assert b"nowhere" not in post(client, ASKED.replace("anna@example.com", "anna@nowhere.example"))


@pytest.mark.parametrize("method", ["get", "head"])
def test_whoever_asks_nothing_by_https_is_told_so(client: Client, method: str) -> None:
    answer = getattr(client, method)(PATH, headers=HOST, secure=True)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert method == "head" or error(answer.content) == "600"


def test_whoever_asks_by_http_is_sent_to_the_portals_own_name(client: Client, settings: Settings) -> None:
    settings.HTTPS_ONLY = True
    answer = client.get("/Autodiscover/Autodiscover.xml", headers={"host": "autodiscover.evil.example"})
    assert (answer.status_code, answer["Location"]) == (302, f"https://testserver{PATH}")


@pytest.mark.parametrize(("size", "status"), [(8192, 200), (8193, 413)])
def test_a_question_has_its_size(client: Client, size: int, status: int) -> None:
    body = ASKED + " " * (size - len(ASKED))
    assert client.post(PATH, body.encode(), content_type="text/xml", headers=HOST).status_code == status


def test_other_methods_are_refused(client: Client) -> None:
    assert client.put(PATH, headers=HOST).status_code == 405
    assert client.post("/autodiscover/autodiscover.json", headers=HOST).status_code == 405


def test_nothing_of_a_question_is_in_any_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Outlook and Thunderbird send the mailbox password along unasked."""
    with caplog.at_level(logging.DEBUG):
        post(
            client,
            ASKED.replace("anna@example.com", "canary@nowhere.example"),
            authorization="Basic Y2FuYXJ5OnB3",
        )
        post(client, "canary", authorization="Basic Y2FuYXJ5OnB3")
    assert "canary" not in caplog.text
    assert "Y2FuYXJ5OnB3" not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/autodiscover/autodiscover.json?Email=anna%40example.com&Protocol=Autodiscoverv1&RedirectCount=1",
        "/Autodiscover/AutoDiscover.json?protocol=AUTODISCOVERV1",
        "/autodiscover/autodiscover.json/v1.0/anna@example.com?Protocol=Autodiscoverv1&RedirectCount=1",
        "/autodiscover/autodiscover.json/v1.0/nobody@nowhere.example?Protocol=Autodiscoverv1",
    ],
)
def test_the_pointer_leads_to_the_portals_own_name(client: Client, path: str) -> None:
    """A customer's host name may be forged, and may have no certificate."""
    answer = client.get(path, headers={"host": "autodiscover.evil.example"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.content) == {"Protocol": "AutodiscoverV1", "Url": f"http://testserver{PATH}"}


@pytest.mark.parametrize("query", ["?Protocol=EWS", "?Protocol=ActiveSync", "", "?Protocol=%00%0d%0a"])
def test_the_pointer_refuses_what_we_have_not(client: Client, query: str) -> None:
    answer = client.get(f"/autodiscover/autodiscover.json{query}", headers=HOST)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert json.loads(answer.content)["ErrorCode"] == "InvalidProtocol"


# --- Exchange ActiveSync -----------------------------------------------------------------------------------


def test_activesync_is_named_where_the_server_has_it_and_only_there(client: Client) -> None:
    asked = ASKED.replace("/outlook/", "/mobilesync/").replace("2006a", "2006")
    assert error(post(client, asked)) == "601"
    Server.objects.update(activesync_url="https://mail.%EMAILDOMAIN%/Microsoft-Server-ActiveSync")
    document = ET.fromstring(post(client, asked))
    space = "{http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006}"
    server = document.find(f"{space}Response/{space}Action/{space}Settings/{space}Server")
    assert server is not None
    assert server.findtext(f"{space}Type") == "MobileSync"
    assert server.findtext(f"{space}Url") == "https://mail.example.com/Microsoft-Server-ActiveSync"
    assert document.findtext(f"{space}Response/{space}User/{space}EMailAddress") == "anna@example.com"
    assert error(post(client, asked.replace("anna@example.com", "anna@nowhere.example"))) == "500"
