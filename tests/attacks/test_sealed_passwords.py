"""No mailbox password outlives its two minutes, whatever has died meanwhile."""

import threading

import msgspec
import pytest
from django.db import DatabaseError
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.connection_tests import clearing, credentials
from mailsetup.connection_tests.models import SealedPassword
from mailsetup.connection_tests.tasks import enqueue_connection_test
from tests.connection_tests.runs import KEY, queued

# A thread of the web process clears, so the rows have to be where another thread sees them.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_broker")]
# Longer than anything here takes.
PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def a_second(settings: Settings) -> None:
    """So long a password stays sealed here."""
    settings.CONNECTION_TESTS = msgspec.structs.replace(
        settings.CONNECTION_TESTS, sealed_password_seconds=1, test_queue_seconds=1
    )


def clearing_thread() -> threading.Thread:
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "clearing"]
    return thread


def wait_until_cleared() -> None:
    clearing_thread().join(PATIENCE_SECONDS)
    assert not SealedPassword.objects.exists()


def test_without_any_worker_the_process_that_sealed_it_deletes_it(owner: User) -> None:
    for _ in range(2):  # the second one finds that nobody watches any more
        enqueue_connection_test(queued(owner), KEY)
        assert SealedPassword.objects.exists()
        wait_until_cleared()


def test_what_an_earlier_process_left_is_deleted_by_the_next(owner: User) -> None:
    queued(owner)
    clearing.watch()
    clearing.watch()  # one thread is enough
    wait_until_cleared()


def test_a_database_that_is_away_for_a_moment_is_asked_again(
    owner: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = [DatabaseError("the server closed the connection")]
    forget = credentials.forget_expired

    def away_once() -> int:
        if answers:
            raise answers.pop()
        return forget()

    monkeypatch.setattr(credentials, "forget_expired", away_once)
    monkeypatch.setattr(clearing.time, "sleep", lambda _seconds: None)
    queued(owner)
    clearing.watch()
    wait_until_cleared()
    assert "Expired passwords could not be deleted" in caplog.text
