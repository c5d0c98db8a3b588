"""Whoever asks for mail learns nothing by how long the answer takes."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from kombu.exceptions import OperationalError

from accounts import tasks
from tests.accounts.conftest import person

pytestmark = pytest.mark.django_db
FORMS = ["/accounts/login/code/", "/accounts/password/reset/"]
# As it is without the fixture that lets tests read mail.
SEND_LATER = tasks.send_later


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the broker was given."""
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks, "send_later", SEND_LATER)
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **sending: given.append(sending))
    return given


@pytest.mark.parametrize("form", FORMS)
def test_no_page_waits_for_a_mail_server(
    sent: list[dict[str, Any]],
    form: str,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    person("anna@lindqvist.example")
    with django_capture_on_commit_callbacks(execute=True):
        answers = [
            Client().post(form, {"email": email}) for email in ("anna@lindqvist.example", "nobody@x.example")
        ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert mail.outbox == []
    sending, to_nobody = sent
    assert sending["kwargs"]["to"] == "anna@lindqvist.example"
    assert to_nobody["kwargs"]["to"] == "", "handed over all the same, for the time that it takes"
    assert to_nobody["kwargs"]["body"]
    assert sending["kwargs"]["body"]
    assert sending["kwargsrepr"] == "{…}", "monitors and logs show no code"


@pytest.mark.parametrize("error", [OSError("no such folder"), OperationalError("no such host")])
def test_a_broker_that_is_down_tells_nobody_who_is_known(
    client: Client,
    sent: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., Any],
    error: Exception,
) -> None:
    person("anna@lindqvist.example")

    def down(**_sending: Any) -> None:
        raise error

    monkeypatch.setattr(tasks.deliver, "apply_async", down)
    with caplog.at_level(logging.ERROR), django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/accounts/password/reset/", {"email": "anna@lindqvist.example"})
    assert answer.status_code == 302
    assert "The broker did not take a mail" in caplog.text
    assert "anna@" not in caplog.text


def test_the_worker_sends_nothing_to_nobody() -> None:
    tasks.deliver(subject="Unknown account", body="Plain", to="")
    assert mail.outbox == []


def test_the_worker_sends_what_it_is_given() -> None:
    tasks.deliver(
        subject="Hello", body="Plain", html="<p>Rich</p>", to="anna@lindqvist.example", something_new=1
    )
    (message,) = mail.outbox
    assert (message.subject, message.body, message.to) == ("Hello", "Plain", ["anna@lindqvist.example"])
    assert list(message.alternatives) == [("<p>Rich</p>", "text/html")]
    assert message.from_email == "noreply@localhost"


def test_a_mail_expires_and_is_tried_again() -> None:
    assert tasks.deliver.expires == 15 * 60
    assert tasks.deliver.max_retries == 7
    assert OSError in tasks.deliver.autoretry_for
