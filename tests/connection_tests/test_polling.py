"""The page of a test while it runs: how it asks for news, and what it says when none come."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.connection_tests import heartbeat, reaper, services
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code
from tests.connection_tests.conftest import Later, Limits
from tests.connection_tests.runs import PASSWORD, START, WORKER, findings, queued, running
from tests.connection_tests.shown import Shown
from tests.html import read
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db
MOMENT = 0.001
LATE = "Our test service isn’t answering yet."


def page_of(test: ConnectionTest) -> str:
    return f"/tests/{test.reference}/"


@pytest.fixture
def link_page(setup_link: MakeLink, client: Client) -> str:
    """The page of a test that the holder of a link has started."""
    _link, token = setup_link()
    return client.post(f"/s/{token}/test/", {"protocol": "imap", "password": PASSWORD})["Location"]


# --- News ----------------------------------------------------------------------------------------------


def test_each_poll_says_what_is_on_the_page_and_gets_only_news(
    later: Later, owner: User, browser: Client
) -> None:
    test = queued(owner)
    page = Shown(browser.get(page_of(test)))
    assert page.poll_url == f"{page_of(test)}?seen=queued-0-0-60"
    assert browser.get(page.poll_url).status_code == 204

    found = findings()
    taken = running(test)
    page = Shown(browser.get(page.poll_url))
    assert page.poll_url.endswith("?seen=running-0-0-120")
    assert browser.get(page.poll_url).status_code == 204

    services.record_findings(taken, found[:3])
    page = Shown(browser.get(page.poll_url))
    assert page.poll_url.endswith("?seen=running-3-0-120")
    assert browser.get(page.poll_url).status_code == 204

    services.record_findings(taken, found[3:])
    assert Shown(browser.get(page.poll_url)).polls, "it sums up"
    services.finish_connection_test(taken)
    page = Shown(browser.get(page.poll_url))
    assert not page.polls, "it is over"
    assert page.headline == "Everything works"


def test_a_poll_gets_a_part_of_the_page_and_a_reload_all_of_it(owner: User, browser: Client) -> None:
    test = running(queued(owner))
    whole = Shown(browser.get(page_of(test)))
    part = Shown(browser.get(f"{page_of(test)}?seen=queued-0"))
    assert whole.page.all("main")
    assert not part.page.all("main")
    assert whole.text == part.text


def test_only_what_is_new_moves(owner: User, browser: Client) -> None:
    found = findings()
    test = running(queued(owner), [found[0], found[8], found[1], found[9]])
    page = Shown(browser.get(f"{page_of(test)}?seen=running-2-0-120"))
    new = [
        (lane.title, step.title) for lane in page.lanes.values() for step in lane.steps.values() if step.new
    ]
    assert new == [("Receiving", "Connect"), ("Sending", "Connect")]


def test_the_title_and_the_spoken_line_come_with_a_poll(owner: User, browser: Client) -> None:
    test = running(queued(owner), findings()[:1])
    poll = f"{page_of(test)}?seen=queued-0"

    def answer() -> Shown:
        return Shown(browser.get(poll, headers={"HX-Request": "true"}))

    (spoken,) = [part for part in answer().page.inside() if part.attributes.get("id") == "said"]
    assert spoken.text == "Connecting…"
    services.finish_connection_test(test)
    page = answer().page
    (spoken,) = [part for part in page.inside() if part.attributes.get("id") == "said"]
    assert spoken.text == "Everything works up to the sign-in"
    assert page.one("title").text == "Everything works up to the sign-in · Northwind Hosting"


@pytest.mark.parametrize("query", ["", "?seen=queued-0", "?seen=running-0"])
def test_nothing_of_it_is_kept_by_a_browser_or_a_proxy(
    owner: User, browser: Client, link_page: str, client: Client, query: str
) -> None:
    for someone, page in ((browser, page_of(queued(owner))), (client, link_page)):
        kept = someone.get(f"{page}{query}")["Cache-Control"]
        assert set(kept.split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize(
    ("age", "state", "every"),
    [
        (0, "queued", "100ms"),
        (5, "queued", "100ms"),
        (5 + MOMENT, "queued", "2000ms"),
        (0, "begun", "100ms"),
        (0, "running", "200ms"),
        (5, "running", "200ms"),
        (5 + MOMENT, "running", "600ms"),
        (15, "running", "600ms"),
    ],
)
def test_how_often_it_asks(
    owner: User, browser: Client, later: Later, age: float, state: str, every: str
) -> None:
    test = queued(owner)
    if state != "queued":
        running(test, findings()[:1] if state == "running" else [])
    later(age)
    page = Shown(browser.get(page_of(test)))
    assert page.test["hx-trigger"] == f"load delay:20ms, every {every}"
    part = Shown(browser.get(f"{page_of(test)}?seen=", headers={"HX-Request": "true"}))
    assert part.test["hx-trigger"] == f"every {every}"


def test_whoever_waits_for_others_asks_less_often(owner: User, browser: Client, later: Later) -> None:
    """A crowd's questions keep the web process from the crowd's presses."""
    later(0)
    queued(owner, address="bert@example.com")
    later(1)
    assert Shown(browser.get(page_of(queued(owner)))).test["hx-trigger"].endswith("every 600ms")


def test_the_pages_of_a_crowd_take_turns(owner: User, browser: Client, later: Later) -> None:
    """Each of a hundred would ask five times a second, and all of them at once when they have pressed."""
    later(0)
    test = running(queued(owner), findings()[:1])
    for number in range(39):
        running(queued(owner, address=f"{number}@example.com"))
    page = Shown(browser.get(page_of(test)))
    assert page.test["hx-trigger"] == "every 800ms"


def test_how_often_it_asks_is_a_setting(owner: User, browser: Client, later: Later, limits: Limits) -> None:
    limits(
        poll_first_milliseconds=51,
        poll_fast_milliseconds=101,
        poll_slow_milliseconds=102,
        poll_late_milliseconds=103,
        poll_away_milliseconds=1004,
    )
    later(0)
    test = queued(owner)
    asked = [Shown(browser.get(page_of(test))).test["hx-trigger"]]
    later(6)
    asked.append(Shown(browser.get(page_of(test))).test["hx-trigger"])
    taken = running(test)
    later(0)
    services.record_findings(taken, findings()[:1])
    asked.append(Shown(browser.get(page_of(test))).test["hx-trigger"])
    later(6)
    asked.append(Shown(browser.get(page_of(test))).test["hx-trigger"])
    assert [text.rpartition(" ")[2] for text in asked] == ["51ms", "103ms", "101ms", "102ms"]
    page = Shown(browser.get(page_of(test))).test
    assert (page["data-pause"], page["data-longest-pause"]) == ("102", "1004")
    assert page["hx-request"] == '{"timeout":1004}'


# --- Three queries -------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 16])
@pytest.mark.parametrize(("state", "status"), [("queued", 200), ("running", 204)])
def test_a_poll_of_somebody_signed_in_costs_three_queries(
    later: Later,
    owner: User,
    browser: Client,
    django_assert_num_queries: Any,
    state: str,
    status: int,
    steps: int,
) -> None:
    """The session, the user, and the test with its steps; and how many run, if there are news."""
    test = running(queued(owner), findings()[:steps])
    browser.get(page_of(test))
    with django_assert_num_queries(3 if status == 204 else 4):
        answer = browser.get(f"{page_of(test)}?seen={state}-{steps}-0-120")
    assert answer.status_code == status


@pytest.mark.parametrize(("state", "status"), [("queued", 200), ("running", 204)])
def test_a_poll_behind_a_link_costs_two_queries(
    later: Later, link_page: str, client: Client, django_assert_num_queries: Any, state: str, status: int
) -> None:
    """The link, and the test with its steps; and how many run, if there are news."""
    running(ConnectionTest.objects.get(), findings()[:5])
    with django_assert_num_queries(2 if status == 204 else 3):
        answer = client.get(f"{link_page}?seen={state}-5-0-60")
    assert answer.status_code == status


def test_a_test_that_waits_costs_one_query_more(
    later: Later, owner: User, browser: Client, django_assert_num_queries: Any
) -> None:
    """Its place in the queue."""
    test = queued(owner)
    browser.get(page_of(test))
    with django_assert_num_queries(4):
        assert browser.get(f"{page_of(test)}?seen=queued-0-0-60").status_code == 204


# --- The queue, and the time that is left --------------------------------------------------------------


def test_a_test_that_waits_says_how_many_are_before_it(owner: User, browser: Client, later: Later) -> None:
    later(0)
    before = []
    for number in range(2):
        later(number)
        before.append(queued(owner, address=f"{number}@example.com"))
    later(2)
    test = queued(owner)
    later(3)
    queued(owner, address="after@example.com")

    page = Shown(browser.get(page_of(test)))
    assert "Waiting: 2 tests are before yours…" in page.text
    assert {step.state for lane in page.lanes.values() for step in lane.steps.values()} == {"wait"}
    taken = running(before[0])
    page = Shown(browser.get(page.poll_url))
    assert "Waiting: 1 test is before yours…" in page.text
    services.finish_connection_test(taken)
    assert browser.get(page.poll_url).status_code == 204, "the place is the same"
    running(before[1])
    assert "Starting…" in Shown(browser.get(page.poll_url)).text


def test_what_nobody_comes_for_any_more_is_not_before_it(owner: User, browser: Client, later: Later) -> None:
    later(0)
    queued(owner)
    later(60 + MOMENT)
    assert "Starting…" in Shown(browser.get(page_of(queued(owner)))).text


@pytest.mark.parametrize(
    ("state", "seconds", "sentence"),
    [
        ("queued", 0, "starts in 60 seconds at most, or we tell you"),
        ("queued", 11, "starts in 50 seconds at most, or we tell you"),
        ("queued", 59, "starts in 10 seconds at most, or we tell you"),
        ("running", 0, "2 minutes left at most"),
        ("running", 61, "60 seconds left at most"),
        ("running", 100, "20 seconds left at most"),
        ("running", 119, "10 seconds left at most"),
    ],
)
def test_the_time_that_is_left_is_never_too_short(
    owner: User, browser: Client, later: Later, state: str, seconds: float, sentence: str
) -> None:
    later(0)
    test = queued(owner)
    if state == "running":
        running(test)
    later(seconds)
    heartbeat.beat(WORKER)
    assert sentence in Shown(browser.get(page_of(test))).text


def test_without_a_test_message_it_is_half_of_that(owner: User, browser: Client, later: Later) -> None:
    later(0)
    test = running(queued(owner, password=""))
    assert "60 seconds left at most" in Shown(browser.get(page_of(test))).text


def test_the_time_goes_on_while_nothing_happens_and_is_not_read_aloud(
    owner: User, browser: Client, later: Later
) -> None:
    def spoken(answer: Any) -> list[str]:
        return [part.text for part in read(answer).inside() if part.attributes.get("id") == "said"]

    later(0)
    test = running(queued(owner))
    poll = Shown(browser.get(page_of(test))).poll_url
    later(9)
    assert browser.get(poll).status_code == 204
    later(10)
    heartbeat.beat(WORKER)
    answer = browser.get(poll, headers={"HX-Request": "true"})
    assert "110 seconds" not in Shown(answer).text
    assert "2 minutes left at most" in Shown(answer).text
    assert spoken(answer) == []
    services.record_findings(test, findings()[:1])
    assert spoken(browser.get(Shown(answer).poll_url, headers={"HX-Request": "true"})) == ["Connecting…"]


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_one_place_is_read_aloud(owner: User, browser: Client, state: str) -> None:
    """Two would talk over each other."""
    test = queued(owner)
    if state != "queued":
        running(test, findings())
    if state == "done":
        services.finish_connection_test(test)
    live = [
        part
        for part in read(browser.get(page_of(test))).inside()
        if {"aria-live"} & set(part.attributes) or part.attributes.get("role") in ("status", "alert", "log")
    ]
    assert [part["id"] for part in live] == ["said"]


def test_a_page_that_is_opened_again_shows_what_there_is_by_then(
    later: Later, owner: User, browser: Client
) -> None:
    """By a reload, in a second tab, by the button "back": each asks for the whole page, and none is kept."""
    test = running(queued(owner), findings()[:4])
    first, second = browser.get(page_of(test)), browser.get(page_of(test))
    assert Shown(first).text == Shown(second).text
    assert Shown(first).poll_url == Shown(second).poll_url
    services.record_findings(test, findings()[4:])
    services.finish_connection_test(test)
    assert Shown(browser.get(page_of(test))).headline == "Everything works"
    # The other tab learns of it by its next question.
    assert Shown(browser.get(Shown(first).poll_url)).headline == "Everything works"


def test_without_javascript_the_page_comes_again_by_itself_until_it_is_over(
    owner: User, browser: Client
) -> None:
    test = running(queued(owner))
    page = browser.get(page_of(test)).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    services.record_findings(test, findings())
    services.finish_connection_test(test)
    assert "refresh" not in browser.get(page_of(test)).content.decode()


def test_a_full_house_is_no_worker_that_does_not_come(owner: User, browser: Client, later: Later) -> None:
    later(0)
    running(queued(owner, address="bert@example.com"))
    test = queued(owner)
    later(6)
    heartbeat.beat(WORKER)
    page = Shown(browser.get(page_of(test)))
    assert LATE not in page.text
    assert "starts in 60 seconds at most, or we tell you" in page.text


def test_a_worker_that_hangs_with_a_test_is_said_as_soon_as_it_counts_as_gone(
    owner: User, browser: Client, later: Later
) -> None:
    later(0)
    heartbeat.beat(WORKER)
    running(queued(owner, address="bert@example.com"))
    test = queued(owner)
    later(15)
    assert LATE not in Shown(browser.get(page_of(test))).text
    later(15 + MOMENT)
    assert LATE in Shown(browser.get(page_of(test))).text


# --- No worker comes -----------------------------------------------------------------------------------


def test_a_worker_that_does_not_come_is_said_after_five_seconds(
    owner: User, browser: Client, later: Later
) -> None:
    test = queued(owner, client="thunderbird")
    poll = f"{page_of(test)}?seen=queued-0-0-60"
    later(5)
    assert browser.get(poll).status_code == 204
    assert LATE not in Shown(browser.get(page_of(test))).text

    later(5 + MOMENT)
    for answer in (browser.get(poll), browser.get(page_of(test))):
        page = Shown(answer)
        assert LATE in page.text
        assert page.test.links()["Back to my guide"] == "/setup/anna@example.com/thunderbird/imap/"
    assert browser.get(page.poll_url).status_code == 204, "that has been said"

    running(test)
    assert LATE not in Shown(browser.get(page.poll_url)).text


def test_how_long_it_waits_before_it_says_so_is_a_setting(
    owner: User, browser: Client, later: Later, limits: Limits
) -> None:
    limits(worker_patience_seconds=30)
    test = queued(owner)
    later(30)
    assert LATE not in Shown(browser.get(page_of(test))).text
    later(30 + MOMENT)
    assert LATE in Shown(browser.get(page_of(test))).text


# --- A worker is gone ----------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["page", "poll"])
@pytest.mark.parametrize(("state", "limit"), [("queued", 60), ("running", 15)])
def test_a_lost_run_is_noticed_by_whoever_looks(
    owner: User, browser: Client, later: Later, state: str, limit: int, by: str
) -> None:
    later(0)
    test = queued(owner)
    if state == "running":
        running(test, findings()[:2])
    seen = {"queued": "late-0-0-10", "running": "running-2-0-110"}[state]
    address = page_of(test) if by == "page" else f"{page_of(test)}?seen={seen}"
    later(limit)
    if by == "page":
        assert Shown(browser.get(address)).polls
    else:
        assert browser.get(address).status_code == 204
    later(limit + MOMENT)
    page = Shown(browser.get(address))
    assert not page.polls
    assert page.problems[0].title == "The test was interrupted"
    test.refresh_from_db()
    assert (test.state, test.verdict, test.causes) == ("done", "not_run", [Code.LOST_RUN])


def test_a_lost_run_is_noticed_behind_a_link_too(link_page: str, client: Client, later: Later) -> None:
    later(0)
    ConnectionTest.objects.update(created_at=START - timedelta(seconds=60 + MOMENT))
    page = Shown(client.get(f"{link_page}?seen=queued-0"))
    assert page.problems[0].title == "The test was interrupted"


def test_a_run_that_ends_while_its_page_thinks_that_it_is_lost_shows_its_end(
    owner: User, browser: Client, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(0)
    taken = running(queued(owner))
    later(151)

    mark: Callable[[ConnectionTest], None] = reaper.mark_lost

    def end_and_mark(test: ConnectionTest) -> None:
        services.record_findings(taken, findings())
        services.finish_connection_test(taken)
        mark(test)

    monkeypatch.setattr(reaper, "mark_lost", end_and_mark)
    page = Shown(browser.get(page_of(taken)))
    assert page.headline == "Everything works"
    assert {step.state for lane in page.lanes.values() for step in lane.steps.values()} == {"ok"}
