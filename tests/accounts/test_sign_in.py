"""Signing in: by password, by a mailed code, with a second factor; and not by guessing."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.services import ensure_user
from tests.accounts.authenticator import code_for, enrol
from tests.accounts.conftest import PASSWORD, signed_in


def test_sign_in_by_password_in_any_case_of_the_address(client: Client, owner: User) -> None:
    answer = client.post("/accounts/login/", {"login": "Owner@Lindqvist.Example", "password": PASSWORD})

    assert answer.status_code == 302
    assert client.get("/accounts/people/").status_code == 200


def test_a_wrong_password_says_so_and_lets_nobody_in(client: Client, owner: User) -> None:
    answer = client.post("/accounts/login/", {"login": owner.email, "password": "something else"})

    assert answer.status_code == 200
    assert "doesn’t match" in answer.content.decode()
    assert client.get("/accounts/people/").status_code == 302


def test_sign_in_by_a_code_that_goes_to_the_accounts_own_address(client: Client, owner: User) -> None:
    client.post("/accounts/login/code/", {"email": owner.email})

    [message] = mail.outbox
    assert message.to == [owner.email]
    code = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", message.body, re.MULTILINE)
    assert code, message.body
    answer = client.post("/accounts/login/code/confirm/", {"code": code[1]})
    assert answer.status_code == 302
    assert client.get("/accounts/people/").status_code == 200


def test_a_code_for_an_unknown_address_sends_nothing_and_looks_the_same(client: Client, owner: User) -> None:
    known = client.post("/accounts/login/code/", {"email": owner.email})
    mail.outbox.clear()

    unknown = Client().post("/accounts/login/code/", {"email": "nobody@nowhere.example"})

    assert mail.outbox == []
    assert (unknown.status_code, unknown.headers["location"]) == (
        known.status_code,
        known.headers["location"],
    )


def test_a_person_that_provisioning_made_sets_a_password_by_the_reset_mail(client: Client, db: None) -> None:
    ensure_user("new@lindqvist.example")
    client.post("/accounts/password/reset/", {"email": "new@lindqvist.example"})

    link = re.search(r"https?://\S+", mail.outbox[0].body)
    assert link
    form = client.get(urlsplit(link[0]).path, follow=True)
    answer = client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})

    assert answer.status_code == 302
    signed_in(User.objects.get(email="new@lindqvist.example"))


def test_an_authenticator_app_right_after_sign_in_without_a_second_question(owner: User) -> None:
    browser = signed_in(owner)

    secret = enrol(browser)

    kinds = {str(kind) for kind in Authenticator.objects.values_list("type", flat=True)}
    assert kinds == {"totp", "recovery_codes"}
    fresh = Client()
    answer = fresh.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    assert answer.headers["location"] == "/accounts/2fa/authenticate/"
    assert fresh.get("/accounts/people/").status_code == 302
    assert fresh.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert fresh.post("/accounts/2fa/authenticate/", {"code": code_for(secret)}).status_code == 302
    assert fresh.get("/accounts/people/").status_code == 200


def test_the_first_factor_shows_its_recovery_codes_without_a_question(owner: User) -> None:
    browser = signed_in(owner)
    enrol(browser)

    page = browser.get("/accounts/2fa/recovery-codes/")

    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert page.status_code == 200
    assert codes[0] in page.content.decode()


def test_a_recovery_code_works_once(owner: User) -> None:
    enrol(signed_in(owner))
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    answers = []
    for _attempt in range(2):
        browser = Client()
        browser.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
        answers.append(browser.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code)

    assert answers == [302, 200]


def test_taking_the_second_factor_away_asks_who_you_are(owner: User) -> None:
    secret = enrol(signed_in(owner))
    browser = Client()
    browser.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})

    answer = browser.post("/accounts/2fa/totp/deactivate/")

    assert "reauthenticate" in answer.headers["location"]
    assert Authenticator.objects.filter(type="totp").exists()


def test_guessing_passwords_is_stopped_for_a_while(client: Client, owner: User) -> None:
    pages = [
        client.post(
            "/accounts/login/", {"login": owner.email, "password": f"guess {number}"}
        ).content.decode()
        for number in range(6)
    ]
    right = client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})

    assert "doesn’t match" in pages[0]
    assert "a lot in a short time" in pages[-1]
    assert right.status_code == 200, "the right password came in after too many wrong ones"


def test_nobody_is_flooded_with_codes(owner: User) -> None:
    answers = [Client().post("/accounts/login/code/", {"email": owner.email}).status_code for _ in range(4)]

    assert answers == [302, 302, 302, 200]
    assert len(mail.outbox) == 3


def test_nobody_is_flooded_with_reset_mails(client: Client, owner: User) -> None:
    answers = [client.post("/accounts/password/reset/", {"email": owner.email}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "a lot in a short time" in answers[-1].content.decode()
    assert len(mail.outbox) == 5


def test_sign_up_is_closed_and_says_how_to_get_an_account(client: Client, db: None) -> None:
    page = client.get("/accounts/signup/")
    client.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD})

    assert "by invitation" in page.content.decode()
    assert not User.objects.exists()


def test_open_sign_up_wants_the_address_confirmed_first(client: Client, db: None, settings: Settings) -> None:
    settings.SIGNUP_OPEN = True

    client.post("/accounts/signup/", {"email": "New@Example.com", "name": "Nina", "password1": PASSWORD})

    assert User.objects.get().email == "new@example.com"
    assert User.objects.get().name == "Nina"
    assert mail.outbox[0].to == ["new@example.com"]
    assert client.get("/accounts/people/").status_code == 302


def test_sign_ins_and_failures_are_noted_without_addresses(
    owner: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever looks into a break-in needs them, and people type their password into the other field."""
    with caplog.at_level("INFO", "accounts.receivers"):
        for login, password in (
            (owner.email.upper(), "not it"),
            ("typed.password@nowhere.example", "x"),
            (owner.email, PASSWORD),
        ):
            client.post("/accounts/login/", {"login": login, "password": password})
    noted = [record.getMessage() for record in caplog.records if record.name == "accounts.receivers"]
    assert noted == [
        f"a sign-in failed: user {owner.pk}",
        "a sign-in failed: nobody has this address",
        f"user {owner.pk} signed in",
    ]
    assert owner.email not in caplog.text.lower()


@pytest.mark.parametrize("path", ["/accounts/people/", "/accounts/2fa/", "/accounts/sessions/"])
def test_pages_of_an_account_send_a_visitor_to_sign_in(client: Client, db: None, path: str) -> None:
    assert client.get(path).headers["location"].startswith("/accounts/login/?next=")
