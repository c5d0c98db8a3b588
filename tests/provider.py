"""A provider with two servers, and the three people of every permission test."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.access import VISIT_SESSION_KEY
from accounts.models import Customer, Membership, SupportVisit, User
from accounts.services import ensure_user
from mailsetup.clientconfig import parse_address
from mailsetup.discovery.index import follower
from mailsetup.hosting.models import Domain, DomainAlias, Mailbox, Server, Service
from mailsetup.hosting.provisioning import provision
from mailsetup.hosting.selectors import find_hosting
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.selectors import setup_of_user
from mailsetup.setup_links.services import create_setup_link
from mailsetup.setup_links.setups import Setup

PROVIDER: dict[str, Any] = {
    "customers": [
        {"id": "whmcs:1234", "name": "Lindqvist AB", "users": ["owner@lindqvist.example"]},
        {"id": "whmcs:9", "name": "Somebody else", "users": ["stranger@elsewhere.example"]},
    ],
    "servers": [
        {
            "name": "smarter1",
            "software": "smartermail",
            "webmail_url": "https://mail.%EMAILDOMAIN%/",
            "mx_patterns": ["*.mx.hoster.example"],
            "services": [
                {"type": "imap", "hostname": "mail.%EMAILDOMAIN%", "port": 993, "socket_type": "SSL"},
                {"type": "pop3", "hostname": "mail.%EMAILDOMAIN%", "port": 995, "socket_type": "SSL"},
                {"type": "smtp", "hostname": "mail.%EMAILDOMAIN%", "port": 587, "socket_type": "STARTTLS"},
            ],
        }
    ],
    "domains": [
        {
            "name": "example.com",
            "server": "smarter1",
            "customer": "whmcs:1234",
            "aliases": ["example.net"],
            "mailboxes": ["anna@example.com"],
        },
        {"name": "elsewhere.example", "server": "smarter1", "customer": "whmcs:9"},
    ],
}


@pytest.fixture
def provider_file() -> dict[str, Any]:
    return copy.deepcopy(PROVIDER)


@pytest.fixture(scope="session")
def provisioned(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> list[list[Model]]:
    """The rows that PROVIDER becomes: to work them out anew for a thousand tests takes half a minute."""
    models: tuple[type[Model], ...] = (
        *(User, EmailAddress, Customer, Membership),
        *(Server, Service, Domain, DomainAlias, Mailbox),
    )
    with django_db_blocker.unblock(), transaction.atomic():
        provision(json.dumps(PROVIDER).encode())
        rows = [list(model._default_manager.all()) for model in models]
        transaction.set_rollback(True)
    for row in (row for rows_of_one in rows for row in rows_of_one):
        for field in row._meta.concrete_fields:
            # Tests make people and customers of their own before they ask for these.
            if (field.primary_key or field.is_relation) and getattr(row, field.attname) is not None:
                setattr(row, field.attname, getattr(row, field.attname) + 1000)
    return rows


@pytest.fixture
def provider(db: None, provisioned: list[list[Model]]) -> None:
    for rows in provisioned:
        type(rows[0])._default_manager.bulk_create(map(copy.copy, rows))


@pytest.fixture
def indexed(provider: None) -> Iterator[None]:
    """This process knows all domains, as each web process does a moment after its start."""
    follower.look()
    yield
    follower.index = None


@pytest.fixture
def owner(provider: None) -> User:
    return User.objects.get(email="owner@lindqvist.example")


@pytest.fixture
def colleague(provider: None) -> User:
    user = ensure_user("colleague@lindqvist.example")
    Membership.objects.create(
        user=user, customer=Customer.objects.get(external_id="whmcs:1234"), role=Membership.Role.MEMBER
    )
    return user


@pytest.fixture
def stranger(provider: None) -> User:
    return User.objects.get(email="stranger@elsewhere.example")


def just_signed_in(user: User, *, raise_request_exception: bool = True) -> Client:
    """A browser in which somebody has signed in a moment ago, as allauth notes it."""
    client = Client(raise_request_exception=raise_request_exception)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, "code")
    request.session.save()
    return client


@pytest.fixture
def signed_in() -> Any:
    """A browser in which somebody has signed in."""
    return just_signed_in


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """Tasks are noted, not sent: the id of a test and its key. The real brokers are used in tests/e2e."""
    sent: dict[int, str] = {}
    monkeypatch.setattr(
        "mailsetup.connection_tests.tasks.run_connection_test.apply_async_on_commit",
        lambda *, kwargs, **_options: sent.update({kwargs["test_id"]: kwargs["key"]}),
    )
    return sent


MakeLink = Callable[..., tuple[SetupLink, str]]


@pytest.fixture
def setup_link(provider: None) -> MakeLink:
    """Makes a set-up link to an address, as support does: the link and its token."""

    def make(
        address: str = "anna@example.com", *, hours: float = 1, one_device: bool = False, **guide: str
    ) -> tuple[SetupLink, str]:
        parsed = parse_address(address)
        hosting, domain = find_hosting(parsed, display_name="Northwind Hosting")
        setup = Setup(address=parsed, hosting=hosting, domain=domain)
        return create_setup_link(setup, lifetime=timedelta(hours=hours), one_device=one_device, **guide)

    return make


def setup_of(user: User, address: str = "anna@example.com") -> Setup:
    """A signed-in user sets up an address."""
    return setup_of_user(user, address, display_name="Northwind Hosting")


def support_looking_as(user: User) -> Client:
    """A browser in which a superuser has begun to look at the portal as `user`."""
    staff, _created = User.objects.get_or_create(
        email="sam@hoster.example", defaults={"is_staff": True, "is_superuser": True}
    )
    visit = SupportVisit.objects.create(staff=staff, user=user, reason="Ticket 4711")
    browser = Client()
    browser.force_login(user)
    session = browser.session
    # django-hijack keeps who looks there.
    session.update({"hijack_history": [str(staff.pk)], VISIT_SESSION_KEY: visit.pk})
    session.save()
    return browser
