"""A provider with two servers, and the three people of every permission test."""

import copy
import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Customer, Membership, User
from accounts.services import ensure_user
from mailsetup.provisioning import provision

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


@pytest.fixture
def provider(db: None, provider_file: dict[str, Any]) -> None:
    provision(json.dumps(provider_file).encode())


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


@pytest.fixture
def signed_in() -> Any:
    """A browser in which somebody has signed in."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Tasks are noted, not sent: the real brokers are used in tests/e2e."""
    sent: list[int] = []
    monkeypatch.setattr(
        "mailsetup.tasks.run_connection_test.delay_on_commit", lambda *, test_id: sent.append(test_id)
    )
    return sent
