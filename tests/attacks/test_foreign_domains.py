"""Whoever has an account can't make the portal ask DNS about everybody's domains."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.hosting import dns

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that DNS was asked about."""
    names: list[str] = []

    def mx_hosts(name: str, *_how: Any) -> tuple[str, ...]:
        names.append(name)
        return ("in.mx.hoster.example",)

    monkeypatch.setattr(dns, "mx_hosts", mx_hosts)
    return names


@pytest.mark.parametrize("page", ["test/", "windows-live-mail/imap/"])
def test_an_address_of_nobodys_domain_is_unknown_without_a_question(
    owner: User, signed_in: Any, asked: list[str], page: str
) -> None:
    browser: Client = signed_in(owner)
    for number in range(3):
        assert browser.get(f"/setup/anna@random-{number}.example/{page}").status_code == 404
    assert browser.get(f"/setup/anna@elsewhere.example/{page}").status_code == 404
    assert asked == []
    assert browser.get(f"/setup/anna@example.net/{page}").status_code == 200
