"""The page of a test while it runs: how it asks for news, and what it says when none come."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.connection_tests import reaper, services
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code
from tests.connection_tests.conftest import Later, Limits
from tests.connection_tests.runs import PASSWORD, START, findings, queued, running
from tests.connection_tests.shown import Shown
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


def test_each_poll_says_what_is_on_the_page_and_gets_only_news(owner: User, browser: Client) -> None:
    test = queued(owner)
    page = Shown(browser.get(page_of(test)))
    assert page.poll_url == f"{page_of(test)}?seen=queued-0"
    assert browser.get(page.poll_url).status_code == 204

    found = findings()
    taken = running(test)
    page = Shown(browser.get(page.poll_url))
    assert page.poll_url.endswith("?seen=running-0")
    assert browser.get(page.poll_url).status_code == 204

    services.record_findings(taken, found[:3])
    page = Shown(browser.get(page.poll_url))
    assert page.poll_url.endswith("?seen=running-3")
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
    page = Shown(browser.get(f"{page_of(test)}?seen=running-2"))
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
        (0, "queued", "200ms"),
        (5, "queued", "200ms"),
        (5 + MOMENT, "queued", "2000ms"),
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
    if state == "running":
        running(test)
    later(age)
    page = Shown(browser.get(page_of(test)))
    assert page.test["hx-trigger"] == f"load delay:20ms, every {every}"
    part = Shown(browser.get(f"{page_of(test)}?seen=", headers={"HX-Request": "true"}))
    assert part.test["hx-trigger"] == f"every {every}"


def test_how_often_it_asks_is_a_setting(owner: User, browser: Client, later: Later, limits: Limits) -> None:
    limits(poll_fast_milliseconds=101, poll_slow_milliseconds=102, poll_late_milliseconds=103)
    test = queued(owner)
    asked = [Shown(browser.get(page_of(test))).test["hx-trigger"]]
    later(6)
    asked.append(Shown(browser.get(page_of(test))).test["hx-trigger"])
    running(test)
    asked.append(Shown(browser.get(page_of(test))).test["hx-trigger"])
    assert [text.rpartition(" ")[2] for text in asked] == ["101ms", "103ms", "102ms"]


# --- Three queries -------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 16])
@pytest.mark.parametrize(("state", "status"), [("queued", 200), ("running", 204)])
def test_a_poll_of_somebody_signed_in_costs_three_queries(
    owner: User,
    browser: Client,
    django_assert_num_queries: Any,
    state: str,
    status: int,
    steps: int,
) -> None:
    """The session, the user, and the test with its steps."""
    test = running(queued(owner), findings()[:steps])
    browser.get(page_of(test))
    with django_assert_num_queries(3):
        answer = browser.get(f"{page_of(test)}?seen={state}-{steps}")
    assert answer.status_code == status


@pytest.mark.parametrize(("state", "status"), [("queued", 200), ("running", 204)])
def test_a_poll_behind_a_link_costs_two_queries(
    link_page: str, client: Client, django_assert_num_queries: Any, state: str, status: int
) -> None:
    """The link, and the test with its steps."""
    running(ConnectionTest.objects.get(), findings()[:5])
    with django_assert_num_queries(2):
        answer = client.get(f"{link_page}?seen={state}-5")
    assert answer.status_code == status


# --- No worker comes -----------------------------------------------------------------------------------


def test_a_worker_that_does_not_come_is_said_after_five_seconds(
    owner: User, browser: Client, later: Later
) -> None:
    test = queued(owner, client="thunderbird")
    poll = f"{page_of(test)}?seen=queued-0"
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
    seen = {"queued": "late-0", "running": "running-2"}[state]
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
