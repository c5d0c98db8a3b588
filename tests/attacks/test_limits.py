"""A stranger's flood pushes no rate limit out of the cache."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client

from mailsetup.hosting import dns, selectors

FLOOD = 700


@pytest.fixture
def limit_reached(db: None) -> Client:
    """A browser whose next sign-in is refused for having been tried too often."""
    browser = Client()
    while sign_in(browser) != HTTPStatus.TOO_MANY_REQUESTS:
        pass
    return browser


def sign_in(browser: Client) -> int:
    answer = browser.post("/accounts/login/", {"login": "anna@example.com", "password": "a guess"})
    return answer.status_code


def test_invented_domains_do_not_open_the_sign_in_again(
    provider: None, limit_reached: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(selectors, "_turnstile", dns.Turnstile(at_once=1, a_second=FLOOD))
    monkeypatch.setattr(dns, "mx_hosts", lambda name, *_rest: asked.append(name) or ())
    for number in range(FLOOD):
        # A crowd of senders: one alone would have to wait for a minute.
        asked_for = {"emailaddress": f"a@invented-{number}.test"}
        Client().get("/mail/config-v1.1.xml", asked_for, REMOTE_ADDR=f"203.0.113.{number // 100}")
    assert len(asked) == FLOOD
    assert sign_in(limit_reached) == HTTPStatus.TOO_MANY_REQUESTS


def test_invented_sessions_do_not_open_it_either(limit_reached: Client) -> None:
    for number in range(FLOOD):
        stranger = Client()
        stranger.cookies["sessionid"] = f"invented{number:032}"
        stranger.get("/healthz")
    assert sign_in(limit_reached) == HTTPStatus.TOO_MANY_REQUESTS


def test_a_crowd_of_limits_keeps_each(settings: Any) -> None:
    cache.set("first", 1)
    for number in range(5000):
        cache.set(f"limit-{number}", 1)
    assert cache.get("first") == 1


@pytest.mark.parametrize("name", ["mx", "sessions"])
def test_what_strangers_fill_is_bounded(name: str) -> None:
    most = caches.settings[name]["OPTIONS"]["MAX_ENTRIES"]
    for number in range(most + 1):
        caches[name].set(str(number), 1)
    assert caches[name].get("0") is None
