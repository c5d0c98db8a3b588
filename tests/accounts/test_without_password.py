"""Who signs in by a code alone confirms who they are by a new sign-in, and comes back to where they were."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import Customer, Membership, Removal, User
from tests.accounts.authenticator import code_for, enrol
from tests.accounts.conftest import person, sign_in_by_code, signed_in_by_code
from tests.accounts.test_openid import billing, go_there_and_back  # noqa: F401
from tests.html import read

ADDRESS_FORM = ("/accounts/email/", {"email": "evil@elsewhere.example", "action_add": ""})
PASSWORD_FORM = ("/accounts/password/set/", {"password1": "a found browser", "password2": "a found browser"})
TOO_LATE = timedelta(minutes=5, seconds=1)


@pytest.fixture
def found(owner: User, time_machine: TimeMachineFixture) -> Client:
    """The browser of an owner, left alone for longer than a sign-in counts."""
    time_machine.move_to("2026-11-26T12:00:00Z", tick=False)
    browser = signed_in_by_code(owner)
    mail.outbox.clear()
    time_machine.shift(TOO_LATE)
    return browser


@pytest.mark.parametrize(("path", "form"), [ADDRESS_FORM, PASSWORD_FORM])
def test_a_found_browser_changes_nothing_about_the_account(
    found: Client, owner: User, path: str, form: dict[str, str]
) -> None:
    page = read(found.post(path, form, follow=True))

    assert "You signed in a while ago. Sign in anew, then go on where you were." in page.text
    assert mail.outbox == []
    owner.refresh_from_db()
    assert not owner.has_usable_password()
    assert found.get("/accounts/people/").status_code == 302, "still signed in"


@pytest.mark.parametrize("act", ["invite", "role", "remove", "undo"])
def test_a_found_browser_changes_nothing_about_the_people(
    found: Client, owner: User, colleague: User, customer: Customer, act: str
) -> None:
    theirs = Membership.objects.get(user=colleague)
    gone = Removal.objects.create(
        user=person("gone@lindqvist.example"), customer=customer, role=Membership.Role.OWNER
    )
    path = {
        "invite": f"customers/{customer.pk}/invite/",
        "role": f"memberships/{theirs.pk}/role/",
        "remove": f"memberships/{theirs.pk}/remove/",
        "undo": f"removals/{gone.pk}/undo/",
    }[act]

    answer = found.post(f"/accounts/people/{path}", {"email": "evil@elsewhere.example", "role": "owner"})

    assert answer.headers.get("location") == "/accounts/login/?next=%2Faccounts%2Fpeople%2F"
    assert set(customer.memberships.values_list("user", "role")) == {
        (owner.pk, "owner"),
        (colleague.pk, "member"),
    }
    assert not customer.invitations.exists()
    sign_in_by_code(found, owner, lands_at="/accounts/people/")


def test_a_found_browser_connects_nothing(found: Client, billing: object) -> None:  # noqa: F811
    answer = go_there_and_back(found, process="connect")

    assert answer.headers.get("location") == "/accounts/login/?next=%2Faccounts%2F3rdparty%2F"
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(("path", "form"), [ADDRESS_FORM, PASSWORD_FORM])
def test_after_a_new_sign_in_one_is_back_and_goes_on(
    found: Client, owner: User, path: str, form: dict[str, str]
) -> None:
    found.post(path, form)
    page = read(found.get(f"/accounts/login/?next={path}"))
    assert page.links()["Email me a sign-in code"].endswith(f"?next={path.replace('/', '%2F')}")

    sign_in_by_code(found, owner, lands_at=path)

    answer = found.post(path, form)
    assert answer.status_code == 302
    assert "login" not in answer.headers["location"]


@pytest.mark.parametrize(("path", "form"), [ADDRESS_FORM, PASSWORD_FORM])
def test_nobody_is_asked_who_has_just_signed_in(owner: User, path: str, form: dict[str, str]) -> None:
    answer = signed_in_by_code(owner).post(path, form)

    assert answer.status_code == 302
    assert "login" not in answer.headers["location"]


def test_where_every_sign_in_is_confirmed_one_still_gets_on(owner: User, settings: Settings) -> None:
    settings.ACCOUNTS = type(settings.ACCOUNTS)(fresh_sign_in_seconds=0)

    assert signed_in_by_code(owner).post(*ADDRESS_FORM).headers["location"] == "/accounts/confirm-email/"


def test_who_has_an_app_confirms_by_it(owner: User, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2026-11-26T12:00:00Z", tick=False)
    browser = signed_in_by_code(owner)
    secret = enrol(browser)
    time_machine.shift(TOO_LATE)

    answer = browser.post(*PASSWORD_FORM)
    assert answer.headers["location"] == "/accounts/2fa/reauthenticate/?next=%2Faccounts%2Fpassword%2Fset%2F"
    browser.post(answer.headers["location"], {"code": code_for(secret)})

    owner.refresh_from_db()
    assert owner.has_usable_password()
