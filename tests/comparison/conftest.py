"""What every test of this room starts with."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.comparison.shown import Shown

ADDRESS = "/setup/anna@example.com/compare/"
Compare = Callable[..., Shown]


@pytest.fixture
def browser(owner: User, signed_in: Any) -> Client:
    """Of the owner, who is signed in."""
    client: Client = signed_in(owner)
    return client


@pytest.fixture
def compare(browser: Client) -> Compare:
    """Sends the form as the owner and reads the answer."""

    def send(**values: object) -> Shown:
        return Shown(browser.post(ADDRESS, {"app": "thunderbird", "protocol": "imap", **values}))

    return send
