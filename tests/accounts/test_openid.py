"""Sign-in with the hosting provider's own accounts, against a real OpenID Connect server."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Customer, User
from tests.accounts import oidc_server
from tests.accounts.conftest import signed_in
from tests.accounts.test_invitations import path_in_mail


@pytest.fixture
def billing(settings: Settings) -> Iterator[oidc_server.OpenIDServer]:
    with oidc_server.running() as server:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                **settings.SOCIALACCOUNT_PROVIDERS["openid_connect"],
                "APPS": [
                    {
                        "provider_id": "billing",
                        "name": "Northwind billing",
                        "client_id": oidc_server.CLIENT_ID,
                        "secret": oidc_server.CLIENT_SECRET,
                        "settings": {"server_url": server.discovery_url},
                    }
                ],
            }
        }
        yield server


def go_there_and_back(browser: Client, process: str = "login") -> HttpResponse:
    """What a browser does: press the button, let the page refresh to the provider, come back."""
    page = browser.post(f"/accounts/oidc/billing/login/?process={process}")
    assert page.status_code == 200
    there = urlsplit(page.context["redirect_to"])
    assert f'content="0; url={there.scheme}://{there.netloc}' in page.content.decode()
    connection = http.client.HTTPConnection(there.netloc)
    connection.request("GET", f"{there.path}?{there.query}")
    back = urlsplit(connection.getresponse().headers["location"])
    connection.close()
    return browser.get(f"{back.path}?{back.query}")


def test_the_sign_in_page_offers_the_provider(client: Client, billing: object, db: None) -> None:
    page = client.get("/accounts/login/").content.decode()

    assert "Continue with Northwind billing" in page
    assert 'action="/accounts/oidc/billing/login/' in page


def test_without_a_provider_the_page_offers_none(client: Client, db: None) -> None:
    assert "Continue with" not in client.get("/accounts/login/").content.decode()


def test_somebody_connects_their_account_and_signs_in_by_it(
    client: Client, billing: oidc_server.OpenIDServer, owner: User
) -> None:
    connected = go_there_and_back(signed_in(owner), process="connect")
    assert connected.status_code == 302

    answer = go_there_and_back(client)

    assert answer.status_code == 302
    assert owner.email in client.get("/accounts/people/").content.decode()


def test_an_address_that_a_provider_claims_opens_nobodys_account(
    client: Client, billing: oidc_server.OpenIDServer, owner: User
) -> None:
    billing.claims = {"sub": "666", "email": owner.email, "email_verified": True}

    answer = go_there_and_back(client)

    assert client.get("/accounts/people/").status_code == 302
    assert "by invitation" in client.get(answer.headers.get("location", "/accounts/signup/")).content.decode()
    assert User.objects.count() == 1


def test_a_provider_that_tells_no_address_leaves_one_question(
    client: Client, billing: oidc_server.OpenIDServer, db: None, settings: Settings
) -> None:
    settings.SIGNUP_OPEN = True
    billing.claims = {"sub": "77"}

    answer = go_there_and_back(client)
    page = client.get(answer.headers["location"]).content.decode()

    assert "One thing is missing before you can sign in with Northwind billing." in page


def test_a_plain_link_signs_nobody_in(client: Client, billing: object, db: None) -> None:
    page = client.get("/accounts/oidc/billing/login/")

    assert page.status_code == 200
    assert "redirect_to" not in page.context


@pytest.mark.parametrize("name", ["see www.evil.example", "x" * 151, ["a", "list"]])
def test_a_name_that_is_none_is_left_out(
    billing: oidc_server.OpenIDServer, settings: Settings, db: None, name: object
) -> None:
    settings.SIGNUP_OPEN = True
    billing.claims = {**billing.claims, "email": "new@lindqvist.example", "name": name}

    assert go_there_and_back(Client()).status_code == 302
    assert User.objects.get().name == ""


def test_by_an_invitation_nobody_comes_in_with_another_address(
    client: Client, billing: oidc_server.OpenIDServer, owner: User, customer: Customer
) -> None:
    client.post(invited(customer, owner, "new@lindqvist.example"))
    billing.claims = {"sub": "78", "email": "else@elsewhere.example", "email_verified": True}

    go_there_and_back(client)

    assert list(customer.users.all()) == [owner]
    assert not User.objects.exclude(pk=owner.pk).exists()


def test_by_an_invitation_one_comes_in_with_the_invited_address(
    client: Client, billing: oidc_server.OpenIDServer, owner: User, customer: Customer
) -> None:
    client.post(invited(customer, owner, "new@lindqvist.example"))
    billing.claims = {"sub": "78", "email": "New@lindqvist.example", "email_verified": True}

    go_there_and_back(client)

    assert customer.users.filter(email="new@lindqvist.example").exists()


def invited(customer: Customer, owner: User, email: str) -> str:
    """Where the link in the mail leads."""
    signed_in(owner).post(
        f"/accounts/people/customers/{customer.pk}/invite/", {"email": email, "role": "member"}
    )
    return path_in_mail()
