"""What every test of this room starts with."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from mailsetup.connection_tests import clearing
from tests.connection_tests.runs import START

Later = Callable[[float], None]
Limits = Callable[..., None]


@pytest.fixture(autouse=True)
def without_a_broker(request: pytest.FixtureRequest) -> None:
    """Tasks are noted, not sent."""
    request.getfixturevalue("no_broker")


@pytest.fixture
def later(time_machine: TimeMachineFixture) -> Later:
    """Moves the clock to so many seconds after the start; nothing ticks by itself."""
    time_machine.move_to(START, tick=False)
    return lambda seconds: time_machine.move_to(START + timedelta(seconds=seconds), tick=False)


@pytest.fixture(autouse=True)
def nothing_clears() -> Iterator[None]:
    """No thread looks after sealed passwords; tests/attacks/test_sealed_passwords.py is about that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clearing, "watch", lambda: None)
        yield


@pytest.fixture(autouse=True)
def several_tests_a_person(limits: Limits) -> None:
    """One person starts a few at once here; tests/attacks/test_crowds.py is about how many."""
    limits(
        person_unfinished_limit=1000,
        person_rejected_limit=1000,
        mailbox_unfinished_limit=1000,
        customer_unfinished_limit=1000,
        customer_rejected_limit=1000,
    )


@pytest.fixture
def limits(settings: Settings) -> Limits:
    """Sets limits of this room as the environment would."""

    def change(**values: int) -> None:
        settings.CONNECTION_TESTS = msgspec.structs.replace(settings.CONNECTION_TESTS, **values)

    return change


@pytest.fixture
def browser(owner: User, signed_in: Any) -> Client:
    """Of the owner, who is signed in."""
    return signed_in(owner)


@pytest.fixture
def support(signed_in: Any) -> Client:
    """Of staff with a second factor."""
    user = User.objects.create_superuser("support@hoster.example", "a long password of staff")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return signed_in(user)
