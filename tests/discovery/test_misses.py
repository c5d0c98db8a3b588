"""Whoever asks for one unknown name after the other waits; whoever asks for a known one never does."""

from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from msgspec import structs
from pytest_django.fixtures import Settings

from tests.formats.test_autodiscover import ASKED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]
Ask = Callable[[str, str], HttpResponse]


@pytest.fixture(autouse=True)
def three_a_minute(settings: Settings) -> None:
    caches["default"].clear()
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, discovery_misses_per_minute_limit=3)


def autoconfig(domain: str, sender: str) -> HttpResponse:
    return Client().get("/mail/config-v1.1.xml", {"emailaddress": f"anna@{domain}"}, REMOTE_ADDR=sender)


def autodiscover(domain: str, sender: str) -> HttpResponse:
    body = ASKED.replace("example.com", domain)
    path = "/autodiscover/autodiscover.xml"
    return Client().post(path, body, content_type="text/xml", REMOTE_ADDR=sender)


def pacc(domain: str, sender: str) -> HttpResponse:
    path = "/.well-known/user-agent-configuration.json"
    return Client().get(path, headers={"host": domain}, REMOTE_ADDR=sender)


@pytest.mark.parametrize("ask", [autoconfig, autodiscover, pacc])
def test_unknown_names_are_counted_for_each_sender(ask: Ask) -> None:
    answers = [ask(f"stranger{number}.example", "203.0.113.1") for number in range(4)]
    assert 429 not in [answer.status_code for answer in answers[:3]]
    assert (answers[3].status_code, answers[3]["Retry-After"]) == (429, "60")
    assert ask("stranger9.example", "203.0.113.2").status_code != 429


def test_what_is_known_is_answered_all_the_same() -> None:
    assert autoconfig("example.com", "203.0.113.1").status_code == 200
    for number in range(4):
        autoconfig(f"stranger{number}.example", "203.0.113.1")
    assert autoconfig("stranger9.example", "203.0.113.1").status_code == 429
    assert autoconfig("example.com", "203.0.113.1").status_code == 200
