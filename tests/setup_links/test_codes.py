"""Codes for phones: what a camera reads off the page, and what a thumb types."""

import json
import re
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from msgspec import structs
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.hosting.models import Server
from mailsetup.setup_links.models import SetupLink
from tests.html import Element, read
from tests.setup_links.camera import scan

pytestmark = pytest.mark.django_db
PHONE = "/setup/anna@example.com/phone/"


def scanned(page: Element, label: str) -> str:
    """What a camera reads where the drawing says so."""
    (drawing,) = (part for part in page.all("svg") if part.attributes.get("aria-label", "") == label)
    return scan(drawing.one("path")["d"], drawing["viewbox"])


def make(browser: Client, **asked: str) -> Element:
    return read(browser.post(PHONE, asked)).one("main")


def typed(page: Element) -> str:
    return page.one("code", "short-code").text


def test_the_camera_and_the_thumb_come_to_the_same_guide(owner: User, signed_in: Any) -> None:
    page = make(signed_in(owner), app="outlook-mobile", protocol="imap")
    url = scanned(page, "QR code that opens your guide on the phone")
    code = typed(page)
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    assert "Open testserver/go/ on the phone and type" in page.text

    phone = Client()
    opened = phone.post("/go/", {"code": code.lower().replace("-", " ")}, follow=True)
    assert opened.redirect_chain[-1][0].endswith("/outlook-mobile/imap/")
    assert "anna@example.com" in opened.content.decode()
    assert Client().get(url).status_code == 404, "it belongs to the phone that typed the code"


def test_a_code_is_good_once_and_for_its_minutes(owner: User, signed_in: Any) -> None:
    browser = signed_in(owner)
    code = typed(make(browser))
    assert Client().post("/go/", {"code": code}).status_code == 302
    assert Client().post("/go/", {"code": code}).status_code == 422
    with time_machine.travel(0) as clock:
        late = typed(make(signed_in(owner)))
        clock.shift(15 * 60 + 1)
        answer = Client().post("/go/", {"code": late})
    assert answer.status_code == 422
    assert "This code is unknown, or it is over." in answer.content.decode()


def test_only_the_hash_of_a_code_is_stored(owner: User, signed_in: Any) -> None:
    code = typed(make(signed_in(owner))).replace("-", "")
    assert code not in json.dumps(list(SetupLink.objects.values()), default=str)


@pytest.mark.parametrize("text", ["", " ", "7K4Q-29MX", "\x00", "<script>", "7" * 500])
def test_what_is_no_code_is_said(text: str) -> None:
    answer = Client().post("/go/", {"code": text})
    assert answer.status_code == 422
    assert "<script>" not in answer.content.decode().replace("<script src", "")


def test_guesses_are_counted_for_a_visitor_and_for_all(
    settings: Settings, owner: User, signed_in: Any
) -> None:
    settings.SETUP_LINKS = structs.replace(
        settings.SETUP_LINKS, code_guesses_visitor_limit=3, code_guesses_limit=5
    )
    caches["default"].clear()
    statuses = [Client().post("/go/", {"code": "x"}, REMOTE_ADDR="203.0.113.1").status_code for _ in range(4)]
    assert statuses == [422, 422, 422, 429]
    statuses = [
        Client().post("/go/", {"code": "x"}, REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(2, 5)
    ]
    assert statuses == [422, 422, 429]
    code = typed(make(signed_in(owner)))
    answer = Client().post("/go/", {"code": code}, REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 429
    assert "Please wait 10 minutes." in answer.content.decode()


# --- Codes that an app scans itself --------------------------------------------------------------------


@pytest.mark.parametrize(("protocol", "number", "port"), [("imap", 0, 993), ("pop3", 1, 995)])
def test_thunderbird_for_android_scans_the_settings_without_a_password(
    owner: User, signed_in: Any, protocol: str, number: int, port: int
) -> None:
    page = read(signed_in(owner).get(f"{PHONE}?protocol={protocol}")).one("main")
    text = scanned(page, "QR code with the settings for Thunderbird for Android")
    incoming = [number, "mail.example.com", port, 3, 1, "anna@example.com"]
    outgoing = [0, "mail.example.com", 587, 2, 1, "anna@example.com"]
    assert json.loads(text) == [1, [1, 1], incoming, [[outgoing, ["anna@example.com", ""]]]]
    assert "null" not in text


def test_any_camera_shows_the_settings_as_text(owner: User, signed_in: Any) -> None:
    page = read(signed_in(owner).get(PHONE)).one("main")
    text = scanned(page, "QR code with the settings as text")
    assert text.splitlines() == [
        "anna@example.com",
        "Receiving: IMAP, mail.example.com, port 993, SSL/TLS, user name anna@example.com",
        "Sending: SMTP, mail.example.com, port 587, STARTTLS, user name anna@example.com",
    ]


def test_delta_chats_code_is_made_in_the_browser_alone(owner: User, signed_in: Any) -> None:
    page = read(signed_in(owner).get(PHONE))
    (form,) = (form for form in page.all("form") if form.attributes.get("id") == "delta-chat")
    assert not {"action", "method", "hx-post"} & form.attributes.keys()
    (password,) = form.all("input")
    assert "name" not in password.attributes, "a browser without scripts could send it"
    assert json.loads(form["data-parameters"]) == {
        "ih": "mail.example.com",
        "ip": "993",
        "iu": "anna@example.com",
        "is": "ssl",
        "sh": "mail.example.com",
        "sp": "587",
        "su": "anna@example.com",
        "ss": "starttls",
    }


def test_without_encryption_no_app_gets_a_code_of_its_own(owner: User, signed_in: Any) -> None:
    Server.objects.get().services.update(socket_type="plain")
    page = read(signed_in(owner).get(PHONE)).one("main")
    labels = [part.attributes.get("aria-label", "") for part in page.all("svg")]
    assert "QR code with the settings for Thunderbird for Android" not in labels
    assert not [form for form in page.all("form") if form.attributes.get("id") == "delta-chat"]
    assert "none: not safe" in page.text
