"""Programs follow links before people do: what they learn of one, and that they don't use it up.

Agents as their makers document them or servers' logs have them.
"""

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.connection_tests.models import ReportLink
from mailsetup.connection_tests.shares import share_report
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.services import create_one_device_link
from tests.connection_tests.runs import findings, finished, queued
from tests.html import read
from tests.provider import MakeLink, setup_of

pytestmark = pytest.mark.django_db

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {SAFARI}"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"

ROBOTS = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "WhatsApp/2.24.20.89 A",
    "TelegramBot (like TwitterBot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "facebookexternalhit/1.1;line-poker/1.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Twitterbot/1.0",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mattermost-Bot/1.1",
    "Synapse (bot; +https://github.com/matrix-org/synapse)",
    "http.rb/5.1.1 (Mastodon/4.2.8; +https://mastodon.example/) Bot",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
]
# Browsers inside of other apps, and a few whose names have the name of a robot in them.
PEOPLE = [
    "",
    IPHONE,
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36",
    f"{IPHONE} DaumApps/6.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 "
    "[FBAN/FBIOS;FBAV/430.0;FBDV/iPhone14,5]",
    f"Mozilla/5.0 (Linux; Android 11; KFTRWI) {CHROME} like Silk/110.3.1 Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) {CHROME} Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    f"Mozilla/5.0 (X11; Linux x86_64) {CHROME.replace('Chrome', 'HeadlessChrome')} Safari/537.36",
    *("curl/8.5.0", "Wget/1.21.4", "python-requests/2.32.3", "python-httpx/0.28.1"),
    *("Python-urllib/3.13", "python-urllib3/2.2.1", "Java/17.0.1"),
    "x" * 100_000,
]
PREFETCHES = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
]
PAGES = ("", "thunderbird/imap/", "thunderbird/imap/print/", "files/text/imap/", "test/")


@pytest.fixture
def token(owner: User) -> str:
    return create_one_device_link(setup_of(owner)).token


def opens_for_one_device_alone(token: str) -> bool:
    phone, other = Client(headers={"User-Agent": IPHONE}), Client(headers={"User-Agent": IPHONE})
    answer, later, elsewhere = (each.get(f"/s/{token}/thunderbird/imap/") for each in (phone, phone, other))
    return (answer.status_code, later.status_code, elsewhere.status_code) == (200, 200, 410)


def told_nothing(client: Client, path: str, *, status: int) -> bool:
    answer = client.get(path)
    text = answer.content.decode().replace(path, "")
    kept = any(secret in text for secret in ("anna", "example.com", "993", path.split("/")[2]))
    return answer.status_code == status and not answer.cookies and not kept


@pytest.mark.parametrize("agent", ROBOTS)
def test_who_follows_links_by_itself_learns_nothing_and_uses_up_no_link(token: str, agent: str) -> None:
    robot = Client(headers={"User-Agent": agent})
    pages = [f"/s/{token}/{page}" for page in PAGES]
    assert [page for page in pages if not told_nothing(robot, page, status=200)] == []
    assert SetupLink.objects.get().opened_at is None
    assert opens_for_one_device_alone(token)


@pytest.mark.parametrize("headers", PREFETCHES)
def test_a_page_that_a_browser_loads_ahead_is_refused_so_that_it_asks_again(
    token: str, headers: dict[str, str]
) -> None:
    browser = Client(headers={"User-Agent": IPHONE, **headers})
    pages = [f"/s/{token}/{page}" for page in PAGES]
    assert [page for page in pages if not told_nothing(browser, page, status=403)] == []
    assert SetupLink.objects.get().opened_at is None
    assert opens_for_one_device_alone(token)


def test_who_asks_by_head_uses_up_no_link(token: str) -> None:
    preview = Client()
    assert preview.head(f"/s/{token}/").status_code == 200
    assert not preview.cookies
    assert opens_for_one_device_alone(token)


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_and_their_scripts_get_the_guide_at_once(token: str, agent: str) -> None:
    person = Client(headers={"User-Agent": agent})
    answer = person.get(f"/s/{token}/thunderbird/imap/")
    assert answer.status_code == 200
    assert b"anna@example.com" in answer.content
    assert Client().get(f"/s/{token}/").status_code == 410


def test_a_link_for_everybody_was_not_opened_by_a_robot_either(setup_link: MakeLink) -> None:
    _link, token = setup_link()
    robot = Client(headers={"User-Agent": ROBOTS[0]})
    assert told_nothing(robot, f"/s/{token}/", status=200)
    assert SetupLink.objects.get().opened_at is None
    Client().get(f"/s/{token}/")
    assert SetupLink.objects.get().opened_at is not None


def test_the_bare_page_says_what_the_link_is_for(token: str) -> None:
    page = read(Client(headers={"User-Agent": ROBOTS[0]}).get(f"/s/{token}/"))
    assert "steps for a mail app" in page.text
    assert "the link isn’t used up" in page.text


def test_a_robot_finds_no_page_behind_a_forged_link(token: str) -> None:
    assert Client(headers={"User-Agent": ROBOTS[0]}).get("/s/forged/").status_code == 404


# --- A link to one result ------------------------------------------------------------------------------


@pytest.fixture
def report(owner: User) -> str:
    return f"/report/{share_report(finished(queued(owner), findings()), owner)}/"


def is_read_and_noted(report: str) -> bool:
    unopened = ReportLink.objects.get().opened_at is None
    answer = Client(headers={"User-Agent": IPHONE}).get(report)
    return unopened and b"993" in answer.content and ReportLink.objects.get().opened_at is not None


@pytest.mark.parametrize("agent", ROBOTS)
def test_who_follows_links_by_itself_reads_no_report_and_is_not_its_reader(report: str, agent: str) -> None:
    assert told_nothing(Client(headers={"User-Agent": agent}), report, status=200)
    assert is_read_and_noted(report)


@pytest.mark.parametrize("headers", PREFETCHES)
def test_a_report_that_a_browser_loads_ahead_is_refused_and_nobody_has_read_it(
    report: str, headers: dict[str, str]
) -> None:
    assert told_nothing(Client(headers={"User-Agent": IPHONE, **headers}), report, status=403)
    assert is_read_and_noted(report)


def test_who_asks_for_a_report_by_head_has_not_read_it(report: str) -> None:
    assert Client().head(report).status_code == 200
    assert is_read_and_noted(report)


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_and_their_scripts_read_a_report_at_once(report: str, agent: str) -> None:
    assert b"993" in Client(headers={"User-Agent": agent}).get(report).content
    assert ReportLink.objects.get().opened_at is not None


def test_the_bare_page_says_what_a_report_is(report: str) -> None:
    page = read(Client(headers={"User-Agent": ROBOTS[0]}).get(report))
    assert "what a test of a mailbox found" in page.text
    assert "doesn’t count as opened" in page.text


def test_a_robot_finds_no_page_behind_a_report_that_has_ended(report: str) -> None:
    ReportLink.objects.get().delete()
    assert Client(headers={"User-Agent": ROBOTS[0]}).get(report).status_code == 404
