"""What lasts for a while: its last second, the first one after it, and what pages say about it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import Customer, Invitation, User
from tests.accounts.authenticator import STEP_SECONDS, code_for, enrol
from tests.accounts.conftest import PASSWORD, signed_in

SECOND = timedelta(seconds=1)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Later = Callable[[timedelta], None]


@pytest.fixture(autouse=True)
def later(time_machine: TimeMachineFixture) -> Later:
    """Moves the clock to so long after the start; nothing ticks by itself."""
    time_machine.move_to(START, tick=False)
    return lambda passed: time_machine.move_to(START + passed, tick=False)


@pytest.fixture
def limits(settings: Settings) -> Callable[..., None]:
    """Sets limits as the environment would; what Django and allauth read by names of their own stays."""

    def change(**values: int) -> None:
        settings.ACCOUNTS = msgspec.structs.replace(settings.ACCOUNTS, **values)

    return change


def link_in_mail() -> str:
    found = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert found
    return urlsplit(found[0]).path


def code_in_mail() -> str:
    found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mail.outbox[-1].body, re.MULTILINE)
    assert found
    return found[1]


def invite(browser: Client, customer: Customer, email: str = "new@lindqvist.example") -> int:
    path = f"/accounts/people/customers/{customer.pk}/invite/"
    return browser.post(path, {"email": email, "role": "member"}).status_code


# --- Invitations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "shown", "used"),
    [(timedelta(days=7) - SECOND, 200, 302), (timedelta(days=7), 410, 410)],
)
def test_an_invitation_works_for_seven_days(
    owner: User, customer: Customer, later: Later, passed: timedelta, shown: int, used: int
) -> None:
    invite(signed_in(owner), customer)
    later(passed)

    assert Client().get(link_in_mail()).status_code == shown
    assert Client().post(link_in_mail()).status_code == used


def test_sign_up_by_an_invitation_ends_with_it(owner: User, customer: Customer, later: Later) -> None:
    invite(signed_in(owner), customer)
    browser = Client()
    browser.post(link_in_mail())
    later(timedelta(days=7))

    assert "by invitation" in browser.get("/accounts/signup/").content.decode()


def test_an_invitation_lasts_as_long_as_the_setting_says(
    owner: User, customer: Customer, limits: Callable[..., None], later: Later
) -> None:
    limits(invitation_days=2)
    invite(signed_in(owner), customer)

    assert Invitation.objects.get().expires_at == START + timedelta(days=2)
    assert "until 4 March 2026" in mail.outbox[-1].body
    later(timedelta(days=2))
    assert "It was good until 4 March 2026." in Client().get(link_in_mail()).content.decode()


def test_twenty_invitations_an_hour(owner: User, customer: Customer, later: Later) -> None:
    browser = signed_in(owner)
    answers = [invite(browser, customer, f"{number}@example.com") for number in range(21)]
    later(timedelta(hours=1) - SECOND)
    answers.append(invite(browser, customer, "early@example.com"))
    later(timedelta(hours=1) + SECOND)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answers.append(invite(browser, customer, "late@example.com"))

    assert answers == [302] * 20 + [429, 429, 302]
    assert Invitation.objects.count() == 21


# --- Sign-in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "comes_in"), [(timedelta(minutes=15), True), (timedelta(minutes=15) + SECOND, False)]
)
def test_a_mailed_code_works_for_fifteen_minutes(
    client: Client, owner: User, later: Later, passed: timedelta, comes_in: bool
) -> None:
    client.post("/accounts/login/code/", {"email": owner.email})
    later(passed)
    client.post("/accounts/login/code/confirm/", {"code": code_in_mail()})

    assert (client.get("/accounts/people/").status_code == 200) is comes_in


@pytest.mark.parametrize(
    ("passed", "comes_in"), [(timedelta(minutes=15), True), (timedelta(minutes=15) + SECOND, False)]
)
def test_the_second_step_waits_for_fifteen_minutes(
    client: Client, owner: User, later: Later, passed: timedelta, comes_in: bool
) -> None:
    secret = enrol(signed_in(owner))
    later(timedelta(hours=1))
    client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    later(timedelta(hours=1) + passed)
    client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})

    assert (client.get("/accounts/people/").status_code == 200) is comes_in


@pytest.mark.parametrize(("steps", "comes_in"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step(
    client: Client, owner: User, later: Later, steps: int, comes_in: bool
) -> None:
    secret = enrol(signed_in(owner))
    later(timedelta(hours=1))
    client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    now = int((START + timedelta(hours=1)).timestamp())
    code = format_hotp_value(hotp_value(secret, now // STEP_SECONDS + steps))
    client.post("/accounts/2fa/authenticate/", {"code": code})

    assert (client.get("/accounts/people/").status_code == 200) is comes_in


@pytest.mark.parametrize(("passed", "status"), [(timedelta(seconds=300), 200), (timedelta(seconds=301), 302)])
def test_nobody_is_asked_again_within_five_minutes_of_signing_in(
    owner: User, later: Later, passed: timedelta, status: int
) -> None:
    browser = signed_in(owner)
    later(passed)

    assert browser.get("/accounts/2fa/totp/activate/").status_code == status


@pytest.mark.parametrize(("passed", "status"), [(timedelta(seconds=299), 200), (timedelta(seconds=300), 302)])
def test_nobody_is_asked_again_within_five_minutes_of_confirming_it(
    owner: User, later: Later, passed: timedelta, status: int
) -> None:
    browser = signed_in(owner)
    enrol(browser)
    later(timedelta(hours=1))
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    later(timedelta(hours=1) + passed)

    assert browser.get("/accounts/2fa/totp/deactivate/").status_code == status


@pytest.mark.parametrize(
    ("passed", "status"), [(timedelta(days=14) - SECOND, 200), (timedelta(days=14), 302)]
)
def test_a_session_lasts_for_fourteen_days(owner: User, later: Later, passed: timedelta, status: int) -> None:
    browser = signed_in(owner)
    later(passed)

    assert browser.get("/accounts/people/").status_code == status


def test_the_cookie_of_a_session_lasts_as_long_as_the_session(owner: User) -> None:
    browser = signed_in(owner)

    assert timedelta(seconds=browser.cookies["sessionid"]["max-age"]) == timedelta(days=14)


@pytest.mark.parametrize(
    ("passed", "noted"), [(timedelta(seconds=299), False), (timedelta(seconds=300), True)]
)
def test_the_list_of_sessions_is_right_to_five_minutes(
    owner: User, later: Later, passed: timedelta, noted: bool
) -> None:
    browser = signed_in(owner)
    browser.get("/accounts/people/")
    later(passed)
    browser.get("/accounts/people/")

    assert (UserSession.objects.get().last_seen_at == START + passed) is noted


# --- Links in the portal's mail ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "works"), [(timedelta(days=3), True), (timedelta(days=3) + SECOND, False)]
)
def test_the_link_to_a_new_password_works_for_three_days(
    client: Client, owner: User, later: Later, passed: timedelta, works: bool
) -> None:
    client.post("/accounts/password/reset/", {"email": owner.email})
    later(passed)
    page = client.get(link_in_mail(), follow=True).content.decode()

    assert ("Save the new password" in page) is works
    assert ("This link no longer works" in page) is not works


@pytest.mark.parametrize(
    ("passed", "works"), [(timedelta(minutes=15), True), (timedelta(minutes=15) + SECOND, False)]
)
def test_the_code_for_a_new_address_works_for_fifteen_minutes(
    owner: User, later: Later, passed: timedelta, works: bool
) -> None:
    browser = signed_in(owner)
    browser.post("/accounts/email/", {"email": "anna@home.example", "action_add": ""})
    later(passed)
    browser.post("/accounts/confirm-email/", {"code": code_in_mail()})

    owner.refresh_from_db()
    assert (owner.email == "anna@home.example") is works


# --- Passwords --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("password", "accepted"), [("vorpal-93", False), ("vorpal-937", True)])
def test_a_password_has_ten_characters(owner: User, password: str, accepted: bool) -> None:
    browser = signed_in(owner)
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    browser.post("/accounts/password/change/", form)

    owner.refresh_from_db()
    assert owner.check_password(password) is accepted


# --- What people read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "path", "sentence"),
    [
        ({}, "/accounts/login/code/confirm/", "It works for 15 minutes."),
        ({"sign_in_code_minutes": 1}, "/accounts/login/code/confirm/", "It works for 1 minute."),
        ({"sign_in_code_minutes": 12}, "/accounts/login/code/confirm/", "It works for 12 minutes."),
        ({}, "/accounts/password/reset/key/1-made-up/", "It works once, and for three days only."),
        ({"password_reset_days": 1}, "/accounts/password/reset/key/1-made-up/", "and for one day only."),
    ],
)
def test_a_page_says_what_the_setting_says(
    client: Client,
    owner: User,
    limits: Callable[..., None],
    changed: dict[str, int],
    path: str,
    sentence: str,
) -> None:
    limits(**changed)
    client.post("/accounts/login/code/", {"email": owner.email})

    assert sentence in " ".join(client.get(path).content.decode().split())


@pytest.mark.parametrize(
    ("changed", "path", "form", "sentence"),
    [
        ({}, "login/code/", {}, "It works once, for 15 minutes."),
        ({"sign_in_code_minutes": 1}, "login/code/", {}, "It works once, for 1 minute."),
        ({"sign_in_code_minutes": 12}, "login/code/", {}, "It works once, for 12 minutes."),
        ({}, "password/reset/", {}, "It works once, for three days."),
        ({"password_reset_days": 1}, "password/reset/", {}, "It works once, for one day."),
        ({}, "email/", {"action_add": ""}, "It works once, for 15 minutes."),
        ({"sign_in_code_minutes": 1}, "email/", {"action_add": ""}, "It works once, for 1 minute."),
    ],
)
def test_a_mail_says_what_the_setting_says(
    owner: User,
    limits: Callable[..., None],
    changed: dict[str, int],
    path: str,
    form: dict[str, Any],
    sentence: str,
) -> None:
    limits(**changed)
    browser = Client()
    if path == "email/":
        browser = signed_in(owner)
        form = {**form, "email": "anna@home.example"}
    browser.post(f"/accounts/{path}", {"email": owner.email, **form})

    assert sentence in mail.outbox[-1].body


def test_a_form_says_how_long_a_password_is(owner: User, limits: Callable[..., None]) -> None:
    limits(password_min_characters=12)

    page = signed_in(owner).get("/accounts/password/change/").content.decode()
    assert "At least 12 characters. Three or four words in a row work well." in page
