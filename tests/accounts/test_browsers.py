"""Lists and mails name a browser and a clock as a person does."""

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.browsers import describe
from accounts.models import User
from accounts.templatetags.signed_in import clock
from tests.accounts.conftest import PASSWORD
from tests.html import read

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0"
ON_LINUX = f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (ON_LINUX, "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/141.0.0.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Ubuntu",
        ),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15", "Safari on a Mac"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {SAFARI} Mobile/15E Safari/604.1",
            "Safari on an iPhone or iPad",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/141.0.0.0 Mobile/15E148 Safari/604.1",
            "Chrome on an iPhone or iPad",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {CHROME}".replace("Safari", "Mobile Safari"),
            "Chrome on Android",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15; SM-S931B) SamsungBrowser/28.0 {CHROME}",
            "Samsung Internet on Android",
        ),
        ("curl/8.5.0", "curl"),
        ("Unspecified", "A browser that we don’t know"),
        ("", "A browser that we don’t know"),
        ("x" * 100_000, "A browser that we don’t know"),
    ],
)
def test_a_browser_in_words(agent: str, said: str) -> None:
    assert describe(agent) == said


@pytest.mark.parametrize(
    "agent",
    [
        "Evil.example/1.0",
        "Mozilla/5.0 (compatible; http://evil.example; Evil.Bot/1.0; +http://evil.example/bot)",
        "evil.example/1.0 CFNetwork/1 Darwin/1",
        "<b>Bold</b>Bot/1.0",
    ],
)
def test_no_link_comes_out_of_what_a_browser_says(agent: str) -> None:
    assert not set("./:<>") & set(describe(agent))


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "UTC"),
        ("Europe/Stockholm", "Stockholm time"),
        ("America/New_York", "New York time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("Etc/GMT-2", "UTC+02"),
    ],
)
def test_the_clock_has_a_name(zone: str, said: str) -> None:
    with timezone.override(zone):
        assert clock() == said


@pytest.fixture
def browser(owner: User, time_machine: TimeMachineFixture, settings: Settings) -> Client:
    """Chrome on Linux, at five past one in Stockholm."""
    settings.TIME_ZONE = "Europe/Stockholm"
    time_machine.move_to("2026-11-26T12:05:00Z", tick=False)
    client = Client(headers={"User-Agent": ON_LINUX})
    client.post("/accounts/login/", {"login": owner.email, "password": PASSWORD})
    return client


def test_the_list_of_sessions_says_what_and_when(browser: Client) -> None:
    page = read(browser.get("/accounts/sessions/")).text

    assert "Chrome on Linux" in page
    assert "26 November 2026, 13:05" in page
    assert "Times are Stockholm time." in page
    assert "Mozilla" not in page
    assert UserSession.objects.get().user_agent == ON_LINUX


def test_a_mail_about_a_change_says_what_and_when(browser: Client) -> None:
    new = "another horse battery staple"
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    body = mail.outbox[-1].body
    assert "When: 26 November 2026, 13:05, Stockholm time" in body
    assert "Browser: Chrome on Linux" in body
    assert "Mozilla" not in body
