"""The guess at the device: from what browsers of today and of yesterday say of themselves."""

import pytest

from mailsetup.guides.clients import Platform
from mailsetup.guides.devices import guess_platform, may_be_an_ipad
from tests.growth import growth

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0"
AGENTS = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME}": Platform.WINDOWS,
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/141.0.0.0": Platform.WINDOWS,
    "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko": Platform.WINDOWS,
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {SAFARI} Mobile/15E Safari/604.1": Platform.IOS,
    f"Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1": Platform.IOS,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/141.0.0.0 Mobile/15E148 Safari/604.1": Platform.IOS,
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME}": Platform.ANDROID,
    f"Mozilla/5.0 (Linux; Android 15; SM-S931B) SamsungBrowser/28.0 {CHROME}": Platform.ANDROID,
    "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0": Platform.ANDROID,
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15": Platform.MAC,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0": Platform.MAC,
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": Platform.LINUX,
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": Platform.LINUX,
    "Mozilla/5.0 (X11; Fedora; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": Platform.LINUX,
    "Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 Firefox/140.0": Platform.LINUX,
    # Nothing of ours runs on these as it does on a computer, so nothing is guessed.
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}": None,
    "Mozilla/5.0 (Linux; Tizen 8.0; SMART-TV) AppleWebKit/537.36 Version/8.0 TV Safari/537.36": None,
    "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) Edge/15.15254": None,
    "curl/8.5.0": None,
    "": None,
}


@pytest.mark.parametrize("agent", AGENTS)
def test_the_device_is_read_off_what_the_browser_says_it_is(agent: str) -> None:
    assert guess_platform({"User-Agent": agent}) is AGENTS[agent]


@pytest.mark.parametrize(
    ("hint", "platform"),
    [
        ('"Windows"', Platform.WINDOWS),
        ('"macOS"', Platform.MAC),
        ('"Android"', Platform.ANDROID),
        ('"iOS"', Platform.IOS),
        ('"Linux"', Platform.LINUX),
    ],
)
def test_the_hint_of_the_browser_counts_more(hint: str, platform: Platform) -> None:
    agent = f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}"
    assert guess_platform({"Sec-CH-UA-Platform": hint, "User-Agent": agent}) is platform


@pytest.mark.parametrize("hint", ['"Unknown"', '"Chrome OS"', "Windows", "", "x" * 5000])
def test_a_hint_that_says_nothing_leaves_it_to_the_rest(hint: str) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert guess_platform({"Sec-CH-UA-Platform": hint, "User-Agent": agent}) is Platform.LINUX


def test_only_safari_on_a_mac_may_be_an_ipad() -> None:
    maybe = [agent for agent in AGENTS if may_be_an_ipad({"User-Agent": agent})]
    assert maybe == [f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15"]


@pytest.mark.parametrize("part", ["x", "HbbTV/1.1.1 ;", "Linux ", "(((", "CPU OS ", "\u2028"])
def test_a_browser_that_talks_on_and_on_takes_nobodys_time(part: str) -> None:
    def guess(agent: str) -> None:
        guess_platform({"User-Agent": agent})

    assert growth(guess, part * 1000, part * 8000) < 20, "eight times the text"
