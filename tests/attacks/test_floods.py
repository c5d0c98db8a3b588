"""Questions about random domains neither stop the pages nor push out what is counted."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from mailsetup.hosting import dns
from mailsetup.hosting.dns import Busy, Turnstile

pytestmark = pytest.mark.django_db
PATIENCE_SECONDS = 30


def ask(domain: str) -> int:
    path = f"/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=anna@{domain}"
    return Client().get(path, headers={"Host": "autoconfig.anywhere.example"}).status_code


@pytest.fixture
def silent_dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Semaphore, threading.Event]]:
    """Name servers that don't answer: how many questions have begun, and what lets them end."""
    begun, enough = threading.Semaphore(0), threading.Event()

    def mx_hosts(*_question: Any) -> tuple[str, ...]:
        begun.release()
        assert enough.wait(PATIENCE_SECONDS)
        return ("in.mx.hoster.example",)

    monkeypatch.setattr(dns, "mx_hosts", mx_hosts)
    yield begun, enough
    enough.set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("provider")
def test_two_questions_wait_for_silent_name_servers_and_no_more(
    silent_dns: tuple[threading.Semaphore, threading.Event],
) -> None:
    begun, enough = silent_dns
    answers: dict[int, int] = {}
    waiting = [
        threading.Thread(target=lambda n=n: answers.update({n: ask(f"silent-{n}.example")})) for n in range(2)
    ]
    for thread in waiting:
        thread.start()
    for _ in waiting:
        assert begun.acquire(timeout=PATIENCE_SECONDS)
    # All threads of the web server would wait by now.
    assert [ask(f"more-{number}.example") for number in range(24)] == [404] * 24
    assert not answers
    enough.set()
    for thread in waiting:
        thread.join(PATIENCE_SECONDS)
    assert answers == {0: 200, 1: 200}
    # Whoever was turned away is not remembered as unknown.
    assert ask("more-0.example") == 200


def test_a_second_has_so_many_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("mailsetup.hosting.dns.time.monotonic", lambda: now[0])
    turnstile = Turnstile(at_once=1, a_second=3)
    for _ in range(3):
        with turnstile:
            pass
    for _ in range(3):
        with pytest.raises(Busy), turnstile:
            pass
    now[0] += 1
    with turnstile, pytest.raises(Busy), turnstile:
        pass
