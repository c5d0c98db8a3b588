"""Every page of django-allauth has our layout and holds to the strict Content-Security-Policy."""

from html.parser import HTMLParser

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.adapters import MFAAdapter
from accounts.models import User
from tests.accounts.authenticator import enrol
from tests.accounts.conftest import signed_in, signed_in_by_code
from tests.html import read

FOR_VISITORS = [
    "login/",
    "signup/",
    "login/code/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/done/",
    "inactive/",
    "3rdparty/login/cancelled/",
]
FOR_THE_SIGNED_IN = [
    "people/",
    "name/",
    "email/",
    "password/change/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "sessions/",
    "logout/",
    "3rdparty/",
    "reauthenticate/",
]
WITH_A_SECOND_FACTOR = [
    "2fa/",
    "2fa/reauthenticate/",
    "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/",
    "2fa/totp/deactivate/",
]


class Reader(HTMLParser):
    """Notes what a strict policy would block, and whether our layout is there."""

    def __init__(self) -> None:
        super().__init__()
        self.blocked: list[str] = []
        self.has_layout = False
        self.labels: set[str] = set()
        self.controls: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in attributes}
        self.has_layout |= tag == "main" and attrs.get("id") == "main"
        self.blocked += [f"{tag} {name}" for name in attrs if name == "style" or name.startswith("on")]
        if tag == "style" or (
            tag == "script" and "src" not in attrs and attrs.get("type") != "application/json"
        ):
            self.blocked.append(self.get_starttag_text() or tag)
        if tag == "label":
            self.labels.add(attrs.get("for", ""))
        unseen = attrs.get("type") in ("hidden", "radio", "checkbox") or "aria-hidden" in attrs
        if tag in ("input", "select", "textarea") and not unseen:
            self.controls.add(attrs.get("id", ""))


def check(browser: Client, path: str) -> None:
    page = browser.get(f"/accounts/{path}")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'"} <= set(
        policy
    )
    reader = Reader()
    reader.feed(page.content.decode())
    assert reader.has_layout
    assert reader.blocked == []
    assert reader.controls <= reader.labels, "a control has no label"


@pytest.mark.parametrize("path", FOR_VISITORS)
def test_pages_for_visitors(client: Client, db: None, path: str) -> None:
    check(client, path)


@pytest.mark.parametrize("path", FOR_THE_SIGNED_IN)
def test_pages_for_the_signed_in(owner: User, path: str) -> None:
    check(signed_in(owner), path)


def test_pages_with_a_second_factor(owner: User) -> None:
    browser = signed_in(owner)
    enrol(browser)
    for path in WITH_A_SECOND_FACTOR:
        check(browser, path)


def test_pages_about_a_key(owner: User) -> None:
    browser = signed_in(owner)
    key = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Anna’s key", "credential": {}}
    )
    for path in ("2fa/webauthn/", f"2fa/webauthn/keys/{key.pk}/edit/", f"2fa/webauthn/keys/{key.pk}/remove/"):
        check(browser, path)


def test_a_first_password(owner: User) -> None:
    check(signed_in_by_code(owner), "password/set/")


def test_sign_up_where_it_is_open(client: Client, db: None, settings: Settings) -> None:
    settings.SIGNUP_OPEN = True

    check(client, "signup/")


def test_each_way_to_show_who_one_is_has_its_own_words(owner: User) -> None:
    browser = signed_in(owner)
    enrol(browser)
    Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Anna’s key", "credential": {}}
    )

    links = read(browser.get("/accounts/reauthenticate/")).links()

    assert links["Use a code"].startswith("/accounts/2fa/reauthenticate/")
    assert links["Use a key"].startswith("/accounts/2fa/webauthn/reauthenticate/")


def test_keys_without_a_name_are_counted(owner: User) -> None:
    kind, adapter = Authenticator.Type.WEBAUTHN, MFAAdapter()
    names = []
    for _key in range(3):
        names.append(adapter.generate_authenticator_name(owner, kind))
        Authenticator.objects.create(user=owner, type=kind, data={"name": names[-1], "credential": {}})

    assert names == ["My key", "Key 2", "Key 3"]
