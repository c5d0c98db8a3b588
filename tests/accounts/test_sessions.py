"""Where somebody is signed in, and signing out in one of these places."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from time_machine import TimeMachineFixture

from accounts.models import User
from tests.accounts.conftest import PASSWORD, signed_in
from tests.html import read
from tests.provider import support_looking_as

LIST = "/accounts/sessions/"
ON_LINUX = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)


def end_of(browser: Client) -> str:
    """The address that ends the session of this browser."""
    return f"/accounts/sessions/{UserSession.objects.get(session_key=browser.session.session_key).pk}/end/"


def may_enter(browser: Client) -> bool:
    return browser.get("/accounts/people/").status_code == 200


def test_one_signs_out_in_one_place_and_stays_everywhere_else(owner: User) -> None:
    here, lost, third = (signed_in(owner) for _each in range(3))
    page = read(here.get(LIST))
    forms = [form["action"] for form in page.one("table").all("form")]
    assert forms == [end_of(lost), end_of(third)]

    said = read(here.post(end_of(lost), follow=True)).text

    assert "is signed out." in said
    assert [may_enter(browser) for browser in (here, lost, third)] == [True, False, True]


def test_two_rows_of_one_browser_differ_by_since_when(owner: User, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2026-11-25T09:00:00Z", tick=False)
    first, here = (Client(headers={"User-Agent": ON_LINUX}) for _each in range(2))
    first.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    time_machine.shift(timedelta(days=1))
    here.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})

    page = read(here.get(LIST))

    rows = [row.text for row in page.one("tbody").all("tr")]
    assert len(rows) == 2
    assert "25 November 2026, 09:00" in rows[0]
    assert "this one" not in rows[0]
    assert rows[1].startswith("this one Chrome on Linux")
    assert "26 November 2026, 09:00" in rows[1]
    (button,) = page.one("tbody").all("button")
    assert button["aria-label"] == "Sign out Chrome on Linux, signed in 25 November 2026, 09:00"
    assert "Chrome on Linux is signed out." in read(here.post(end_of(first), follow=True)).text


def test_the_only_place_has_no_button_in_the_list(owner: User) -> None:
    page = read(signed_in(owner).get(LIST))

    assert page.one("table").all("form") == []
    assert "Change" not in page.one("table").text


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_nobody_ends_somebody_elses_session(who: str, owner: User, colleague: User, stranger: User) -> None:
    browser, theirs = signed_in({"colleague": colleague, "stranger": stranger}[who]), signed_in(owner)

    assert browser.post(end_of(theirs)).status_code == 404
    assert browser.post("/accounts/sessions/0/end/").status_code == 404
    assert may_enter(theirs)


def test_the_session_in_use_is_ended_by_the_menu_alone(owner: User) -> None:
    here = signed_in(owner)

    assert here.post(end_of(here)).status_code == 404
    assert may_enter(here)


def test_only_a_form_of_ours_ends_one(owner: User) -> None:
    here, other = signed_in(owner), signed_in(owner)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = here.cookies

    assert here.get(end_of(other)).status_code == 405
    assert strict.post(end_of(other)).status_code == 403
    assert Client().post(end_of(other)).headers["location"].startswith("/accounts/login/")
    assert may_enter(other)


def test_support_on_a_visit_ends_none(owner: User) -> None:
    theirs = signed_in(owner)

    assert support_looking_as(owner).post(end_of(theirs)).status_code == 403
    assert may_enter(theirs)
