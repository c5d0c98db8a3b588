"""The three people of every permission test, and support."""

import pytest
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
