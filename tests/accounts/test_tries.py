"""A wrong password or code is said beside its field, with the tries that are left, whoever has an account."""

import re

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.accounts.authenticator import code_for, enrol
from tests.accounts.conftest import PASSWORD, signed_in
from tests.html import read

NOBODY = "nobody@nowhere.example"


def try_password(email: str, password: str = "not it", browser: Client | None = None) -> HttpResponse:
    return (browser or Client()).post("/accounts/login/", {"login": email, "password": password})


def beside(answer: HttpResponse, field: str) -> str:
    """What is said beside a field, and nowhere else on the page."""
    page = read(answer)
    notes = [note for note in page.all("p", "note") if note.attributes.get("data-state") == "bad"]
    assert not [note for note in notes if "hidden" not in note.attributes]
    (control,) = [part for part in page.inside() if part.attributes.get("id") == f"id_{field}"]
    assert control.attributes.get("aria-invalid") == "true"
    assert f"id_{field}_error" in control["aria-describedby"].split()
    (said,) = [part for part in page.inside() if part.attributes.get("id") == f"id_{field}_error"]
    return said.text


@pytest.mark.parametrize("known", [True, False])
def test_tries_are_counted_down_for_every_address(owner: User, known: bool) -> None:
    email = owner.email if known else NOBODY

    said = [beside(try_password(email), "password") for _try in range(6)]

    wrong = "That password doesn’t match this address. Check Caps Lock and try again."
    assert said == [
        f"{wrong} You have 4 tries left.",
        f"{wrong} You have 3 tries left.",
        f"{wrong} You have 2 tries left.",
        f"{wrong} You have 1 try left.",
        f"{wrong} That was the last try for 5 minutes.",
        "That was a lot in a short time. It’s a pause, nothing is locked: try again in 5 minutes.",
    ]


def test_the_page_is_the_same_whether_or_not_somebody_has_the_address(owner: User) -> None:
    known, unknown = (
        re.sub(r'value="[\w-]{64}"', "", try_password(email).content.decode()).replace(email, "")
        for email in (owner.email, NOBODY)
    )

    assert known == unknown


def test_the_cursor_stands_where_it_is_put_right(owner: User) -> None:
    page = read(try_password(owner.email))

    assert [part["id"] for part in page.inside() if "autofocus" in part.attributes] == ["id_password"]


def test_tries_that_a_network_address_has_left_count_too(owner: User) -> None:
    for number in range(8):
        try_password(f"{number}@nowhere.example")

    assert "You have 1 try left." in beside(try_password(owner.email), "password")


def test_a_right_password_costs_no_try(owner: User) -> None:
    try_password(owner.email)
    for _time in range(3):
        assert try_password(owner.email, PASSWORD).status_code == 302

    assert "You have 3 tries left." in beside(try_password(owner.email), "password")


def test_the_limit_is_the_one_that_is_set(owner: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,2/1m/key"}

    assert "You have 1 try left." in beside(try_password(owner.email), "password")


@pytest.mark.parametrize("known", [True, False])
def test_a_mailed_code_is_tried_three_times(client: Client, owner: User, known: bool) -> None:
    client.post("/accounts/login/code/", {"email": owner.email if known else NOBODY})

    said = [
        beside(client.post("/accounts/login/code/confirm/", {"code": "WRNG-WRNG"}), "code")
        for _try in range(2)
    ]
    last = client.post("/accounts/login/code/confirm/", {"code": "WRNG-WRNG"}, follow=True).content.decode()

    wrong = "That code doesn’t match. Codes change: take the newest one."
    assert said == [f"{wrong} You have 2 tries left.", f"{wrong} You have 1 try left."]
    assert "That was the last try with this code. Ask for a new one." in last


def test_so_is_the_code_for_a_new_address(owner: User) -> None:
    browser = signed_in(owner)
    browser.post("/accounts/email/", {"email": "anna@new.example", "action_add": ""})
    assert mail.outbox

    said = [
        beside(browser.post("/accounts/confirm-email/", {"code": "WRNG-WRNG"}), "code") for _try in range(2)
    ]

    assert [text.rpartition("one. ")[2] for text in said] == [
        "You have 2 tries left.",
        "You have 1 try left.",
    ]


def test_the_second_step_counts_down(owner: User) -> None:
    secret = enrol(signed_in(owner))
    browser = Client()
    try_password(owner.email, PASSWORD, browser)

    said = beside(browser.post("/accounts/2fa/authenticate/", {"code": "000000"}), "code")
    again = beside(browser.post("/accounts/2fa/authenticate/", {"code": "000001"}), "code")

    assert said == "That code doesn’t match. Codes change: take the newest one. You have 4 tries left."
    assert again.endswith("You have 3 tries left.")
    assert browser.post("/accounts/2fa/authenticate/", {"code": code_for(secret)}).status_code == 302


def test_so_does_the_password_that_is_asked_for_again(owner: User) -> None:
    browser = signed_in(owner)

    said = beside(browser.post("/accounts/reauthenticate/", {"password": "not it"}), "password")

    assert said == "That password doesn’t match. Check Caps Lock and try again. You have 4 tries left."


def test_an_empty_field_costs_no_try(owner: User) -> None:
    browser = signed_in(owner)
    try_password(owner.email, "")
    browser.post("/accounts/reauthenticate/", {"password": ""})

    assert "You have 4 tries left." in beside(try_password(owner.email), "password")
