"""Somebody signs up with another one's address and waits until its owner comes."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.services import ensure_user
from tests.accounts import oidc_server
from tests.accounts.conftest import PASSWORD, customer, owner, person, signed_in  # noqa: F401  # fixtures
from tests.accounts.test_invitations import link  # noqa: F401
from tests.accounts.test_openid import billing, go_there_and_back  # noqa: F401

pytestmark = pytest.mark.django_db
VICTIM = "new@lindqvist.example"
SQUATTERS_PASSWORD = "chosen by the squatter"


@pytest.fixture(autouse=True)
def open_sign_up(settings: Settings) -> None:
    settings.SIGNUP_OPEN = True


def sign_up(browser: Client, email: str = VICTIM) -> None:
    answer = browser.post("/accounts/signup/", {"email": email, "password1": SQUATTERS_PASSWORD})
    assert answer.status_code == 302, answer.content.decode()


def may_enter(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def code_in_mail() -> str:
    found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mail.outbox[-1].body, re.MULTILINE)
    assert found
    return found[1]


@pytest.fixture
def squatter() -> Client:
    """Their browser, stopped where the address would have to be confirmed."""
    browser = Client()
    sign_up(browser)
    assert not may_enter(browser)
    return browser


def test_a_provider_that_verifies_nothing_lets_nobody_in_when_the_address_is_provided(
    billing: oidc_server.OpenIDServer,  # noqa: F811
) -> None:
    billing.claims = {**billing.claims, "email": VICTIM, "email_verified": False}
    browser = Client()
    go_there_and_back(browser)
    assert SocialAccount.objects.filter(user__email=VICTIM).exists()
    assert not may_enter(browser)

    victim = ensure_user(VICTIM)

    assert not SocialAccount.objects.exists()
    assert not may_enter(browser)
    go_there_and_back(browser)
    assert not may_enter(browser)
    assert list(victim.emailaddress_set.values_list("email", "verified")) == [(VICTIM, True)]


@pytest.mark.parametrize("said", ["false", "true", 1, "yes", None], ids=str)
def test_only_true_is_verified(billing: oidc_server.OpenIDServer, said: object) -> None:  # noqa: F811
    """Text where a boolean belongs was an error page, or counted as true."""
    billing.claims = {**billing.claims, "email": VICTIM, "email_verified": said}
    browser = Client()
    assert go_there_and_back(browser).status_code == 302
    assert not EmailAddress.objects.get(email=VICTIM).verified
    assert not may_enter(browser)


def test_nothing_of_a_squatter_is_left_in_a_provided_account(squatter: Client) -> None:
    user = User.objects.get(email=VICTIM)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    EmailAddress.objects.create(user=user, email="evil@elsewhere.example", verified=False, primary=False)

    victim = ensure_user(VICTIM)

    assert not victim.has_usable_password()
    assert not Authenticator.objects.exists()
    assert list(EmailAddress.objects.values_list("email", "user")) == [(VICTIM, victim.pk)]
    assert not may_enter(squatter)
    answer = Client().post("/accounts/login/", {"login": VICTIM, "password": SQUATTERS_PASSWORD})
    assert answer.status_code == 200


def test_a_claim_beside_an_address_of_their_own_goes_and_the_account_stays() -> None:
    rival = person("rival@elsewhere.example")
    EmailAddress.objects.create(user=rival, email=VICTIM, verified=False, primary=False)

    victim = ensure_user(VICTIM)

    assert victim != rival
    assert list(rival.emailaddress_set.values_list("email", flat=True)) == ["rival@elsewhere.example"]
    assert User.objects.get(pk=rival.pk).has_usable_password()


def test_a_squatter_does_not_block_an_invitation(squatter: Client, link: str) -> None:  # noqa: F811
    browser = Client()
    browser.post(link)

    answer = browser.post("/accounts/signup/", {"email": VICTIM, "password1": PASSWORD})

    assert answer.status_code == 302
    assert may_enter(browser)
    assert not may_enter(squatter)
    assert User.objects.get(email=VICTIM).memberships.exists()


def test_reading_an_invitation_forgets_nobody(squatter: Client, link: str) -> None:  # noqa: F811
    Client().get(link)
    assert User.objects.filter(email=VICTIM).exists()


def test_nobody_confirms_somebody_elses_account_by_opening_their_mail(squatter: Client) -> None:
    """There is nothing in it to press, and its code is good in the squatter's browser alone."""
    assert "http" not in mail.outbox[-1].body
    victim = Client()

    victim.post("/accounts/confirm-email/", {"code": code_in_mail()})

    assert not EmailAddress.objects.get(email=VICTIM).verified
    assert not may_enter(squatter)


def test_who_signed_up_confirms_their_address_where_they_did() -> None:
    browser = Client()
    sign_up(browser)
    browser.post("/accounts/confirm-email/", {"code": code_in_mail()})
    assert EmailAddress.objects.get(email=VICTIM).verified
    assert may_enter(browser)


@pytest.mark.usefixtures("squatter")
def test_who_signed_up_confirms_their_address_after_signing_in_elsewhere() -> None:
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": VICTIM, "password": SQUATTERS_PASSWORD})
    elsewhere.post("/accounts/confirm-email/", {"code": code_in_mail()})
    assert EmailAddress.objects.get(email=VICTIM).verified


# --- The owner of the address comes by themselves -----------------------------------------------------------


def come_by_code(browser: Client) -> None:
    browser.post("/accounts/login/code/", {"email": VICTIM})
    browser.post("/accounts/login/code/confirm/", {"code": code_in_mail()})


def come_by_link(browser: Client) -> None:
    browser.post("/accounts/password/reset/", {"email": VICTIM})
    found = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert found
    form = browser.get(urlsplit(found[0]).path).headers["location"]
    browser.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    browser.post("/accounts/login/", {"login": VICTIM, "password": PASSWORD})
    if not may_enter(browser):
        browser.post("/accounts/confirm-email/", {"code": code_in_mail()})


@pytest.mark.parametrize("come", [come_by_code, come_by_link])
def test_nothing_of_a_squatter_opens_the_account_when_its_owner_comes(
    squatter: Client, come: Callable[[Client], None]
) -> None:
    user = User.objects.get(email=VICTIM)
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={})
    SocialAccount.objects.create(user=user, provider="billing", uid="the squatter's")
    victim = Client()

    come(victim)

    assert may_enter(victim)
    assert EmailAddress.objects.get(email=VICTIM).verified
    assert not Authenticator.objects.exists()
    assert not SocialAccount.objects.exists()
    for path in ("/accounts/confirm-email/", "/accounts/login/", "/accounts/email/"):
        squatter.get(path)
    assert not may_enter(squatter)
    squatter.post("/accounts/login/", {"login": VICTIM, "password": SQUATTERS_PASSWORD})
    assert not may_enter(squatter)


def test_a_sign_in_by_code_costs_nobody_their_password_whose_address_is_theirs() -> None:
    user = person(VICTIM)
    SocialAccount.objects.create(user=user, provider="billing", uid="their own")

    come_by_code(Client())

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert SocialAccount.objects.exists()


@pytest.mark.usefixtures("squatter")
def test_a_wrong_code_costs_nobody_anything() -> None:
    browser = Client()
    browser.post("/accounts/login/code/", {"email": VICTIM})
    browser.post("/accounts/login/code/confirm/", {"code": "WRNG-WRNG"})

    assert User.objects.get(email=VICTIM).has_usable_password()
