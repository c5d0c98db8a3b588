"""The three people of every permission test, and support."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Customer, Membership, User
from accounts.services import ensure_user

PASSWORD = "correct horse battery staple"


def person(email: str, name: str = "", **fields: object) -> User:
    user = ensure_user(email)
    user.name = name
    for field, value in fields.items():
        setattr(user, field, value)
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(user: User) -> Client:
    """A browser in which this person has typed address and password."""
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def code_in_mail() -> str:
    """The code in the mail that went out last."""
    found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def signed_in_by_code(user: User) -> Client:
    """A browser of somebody who has no password and has typed the code in their mail."""
    user.set_unusable_password()
    user.save()
    browser = Client()
    sign_in_by_code(browser, user, lands_at="/")
    return browser


def sign_in_by_code(browser: Client, user: User, lands_at: str) -> None:
    """Go on to sign-in by code, to end at a page."""
    browser.post("/accounts/login/code/", {"email": user.email, "next": lands_at})
    answer = browser.post("/accounts/login/code/confirm/", {"code": code_in_mail(), "next": lands_at})
    assert answer.headers.get("location") == lands_at, answer.content.decode()


@pytest.fixture
def customer(db: None) -> Customer:
    return Customer.objects.create(external_id="whmcs:1234", name="Lindqvist AB")


@pytest.fixture
def owner(customer: Customer) -> User:
    user = person("owner@lindqvist.example", "Anna Lindqvist")
    Membership.objects.create(user=user, customer=customer, role=Membership.Role.OWNER)
    return user


@pytest.fixture
def colleague(customer: Customer) -> User:
    user = person("colleague@lindqvist.example")
    Membership.objects.create(user=user, customer=customer, role=Membership.Role.MEMBER)
    return user


@pytest.fixture
def stranger(db: None) -> User:
    elsewhere = Customer.objects.create(external_id="whmcs:9", name="Somebody else")
    user = person("stranger@elsewhere.example")
    Membership.objects.create(user=user, customer=elsewhere, role=Membership.Role.OWNER)
    return user


@pytest.fixture
def support(db: None) -> User:
    return person("support@hoster.example", "Sam", is_staff=True, is_superuser=True)
