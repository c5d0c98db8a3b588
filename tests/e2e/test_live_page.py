"""The page of a test while it runs: in a second tab, after a reload, without scripts; and stopped."""

import itertools
import time

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import Complaints
from tests.e2e.portal import OWNER, Portal
from tests.e2e.steps import TEST_MILLISECONDS, expect_verdict, press_test, sign_in, start_test

ADDRESS = "anna@lab.test"
FORM = f"/setup/{ADDRESS}/test/"
AWAY = "We can’t be reached at the moment. This page goes on by itself once we’re back."


def test_a_second_tab_a_reload_and_the_button_back_show_what_is(page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    page.goto(FORM)
    with portal.worker_held():
        start_test(page, portal.lab.users["anna"].password)
        expect(page.get_by_text("at most, or we tell you")).to_be_visible()
        second = page.context.new_page()
        second.goto(page.url)
        expect(second.get_by_text("Starting…")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Starting…")).to_be_visible()
    for tab in (page, second):
        expect_verdict(tab, "Everything works")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", level=1, name="History")).to_be_visible()
    page.go_back()
    expect_verdict(page, "Everything works")
    expect(page.get_by_role("button", name="Stop the test")).to_have_count(0)


def test_back_leads_to_an_empty_form_and_forward_to_the_test(page: Page, portal: Portal) -> None:
    """The press has taken the place of the form without a new page; the browser goes on as if it were one."""
    sign_in(page, OWNER)
    page.goto(FORM)
    start_test(page, portal.lab.users["anna"].password)
    expect_verdict(page, "Everything works")
    expect(page).to_have_title("Everything works · Northwind Hosting")
    result = page.url
    assert "/tests/" in result
    page.go_back()
    expect(page.get_by_label("Password of this mailbox")).to_have_value("")
    page.go_forward()
    expect_verdict(page, "Everything works")
    assert page.url == result


def test_who_presses_in_a_crowd_sees_how_many_are_before_them(
    page: Page, browser: Browser, portal: Portal
) -> None:
    """As long as the database lets nobody write, neither press has an answer."""
    waiting = page.get_by_text("Waiting: 1 other is before you…")
    context = browser.new_context(base_url=portal.url)
    first = context.new_page()
    for tab, address in ((first, "bert@lab.test"), (page, ADDRESS)):
        sign_in(tab, OWNER)
        tab.goto(f"/setup/{address}/test/")
    with portal.back_end.nobody_writes():
        press_test(first, portal.lab.users["bert"].password)
        expect(first.get_by_text("You’re next. Starting…")).to_be_visible()
        press_test(page, portal.lab.users["anna"].password)
        expect(waiting).to_be_visible()
    for tab in (first, page):
        expect_verdict(tab, "Everything works")
    expect(waiting).to_have_count(0)
    context.close()


def test_what_is_wrong_with_a_press_stands_beside_the_form(
    page: Page, portal: Portal, complaints: Complaints
) -> None:
    sign_in(page, OWNER)
    page.goto(FORM)
    page.context.set_offline(True)
    press_test(page, "a password")
    expect(page.get_by_role("alert")).to_have_text(
        "We can’t be reached at the moment. Wait a little, then press the button again."
    )
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    complaints.expect("error: htmx:")
    page.context.set_offline(False)
    with portal.worker_held():
        start_test(page, portal.lab.users["anna"].password)
        expect(page.get_by_role("button", name="Stop the test")).to_be_visible()
        running = page.url
        page.goto(FORM)
        start_test(page, "a password")
        expect(page.get_by_role("alert")).to_contain_text("This mailbox is being tested.")
        complaints.expect("429")
        expect(page.get_by_label("Password of this mailbox")).to_have_value("")
        page.get_by_role("link", name="Watch the test that is running").click()
        assert page.url == running
    expect_verdict(page, "Everything works")


# What becomes of the page hangs on no database.
ON_ONE_KIND = pytest.mark.parametrize("portal", ["embedded"], indirect=True)


@ON_ONE_KIND
@pytest.mark.parametrize("gateway", [False, True], ids=["no-network", "gateway-answers"])
def test_a_portal_that_goes_away_is_missed_aloud_and_asked_less_and_less_often(
    page: Page, portal: Portal, complaints: Complaints, *, gateway: bool
) -> None:
    sign_in(page, OWNER)
    page.goto(FORM)
    with portal.worker_held():
        start_test(page, portal.lab.users["anna"].password)
        expect(page.get_by_text("at most, or we tell you")).to_be_visible()
        asked: list[float] = []
        page.on("request", lambda _request: asked.append(time.monotonic()))
        if gateway:
            page.route("**/tests/**", lambda route: route.fulfill(status=502, body="Bad gateway"))
        else:
            page.context.set_offline(True)
        away = page.locator("p.note", has_text="We can’t be reached at the moment.")
        expect(away).to_be_visible()
        expect(page.get_by_role("status")).to_have_text(AWAY)
        expect(page.get_by_text("at most, or we tell you")).to_be_hidden()
        asked.clear()
        for _question in range(3):
            page.wait_for_event("request")
        pauses = [later - sooner for sooner, later in itertools.pairwise(asked)]
        assert pauses[-1] > 1.5 * pauses[0], pauses
        page.unroute_all()
        page.context.set_offline(False)
        expect(away).to_be_hidden(timeout=TEST_MILLISECONDS)
        expect(page.get_by_text("at most, or we tell you")).to_be_visible()
        expect(page.get_by_role("status")).not_to_have_text(AWAY)
    for complaint in ["502"] if gateway else ["ERR_INTERNET_DISCONNECTED", "error: htmx:"]:
        complaints.expect(complaint)
    expect_verdict(page, "Everything works")


@ON_ONE_KIND
def test_a_portal_that_keeps_silent_is_missed_as_well(
    page: Page, portal: Portal, complaints: Complaints
) -> None:
    sign_in(page, OWNER)
    page.goto(FORM)
    with portal.worker_held():
        start_test(page, portal.lab.users["anna"].password)
        expect(page.get_by_text("at most, or we tell you")).to_be_visible()
        page.route("**/tests/**", lambda _route: None)
        expect(page.get_by_role("status")).to_have_text(AWAY, timeout=TEST_MILLISECONDS)
        page.unroute_all()
        expect(page.get_by_role("status")).not_to_have_text(AWAY, timeout=TEST_MILLISECONDS)
    complaints.expect("error: htmx:")
    expect_verdict(page, "Everything works")


def test_a_test_is_stopped_by_keyboard_and_the_worker_goes_on_with_others(page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    page.goto(FORM)
    with portal.worker_held():
        start_test(page, portal.lab.users["anna"].password)
        stop = page.get_by_role("button", name="Stop the test")
        stop.focus()
        # News have come by then, and the button has kept the focus.
        news = page.get_by_text("Our test service isn’t answering yet.")
        expect(news).to_be_visible(timeout=TEST_MILLISECONDS)
        expect(stop).to_be_focused()
        page.keyboard.press("Enter")
        expect_verdict(page, "The test was stopped")
    page.get_by_role("link", name="Test again").click()
    start_test(page, portal.lab.users["anna"].password)
    expect_verdict(page, "Everything works")


def test_without_scripts_a_test_is_followed_and_stopped(browser: Browser, page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    plain = browser.new_context(
        base_url=portal.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    tab = plain.new_page()
    tab.goto(FORM)
    with portal.worker_held():
        start_test(tab, portal.lab.users["anna"].password)
        tab.get_by_role("button", name="Stop the test").click()
        expect_verdict(tab, "The test was stopped")
    tab.goto(FORM)
    start_test(tab, portal.lab.users["anna"].password)
    expect_verdict(tab, "Everything works")
    plain.close()


def test_pages_go_before_tests_where_both_share_a_machine(portal: Portal) -> None:
    web, worker = (psutil.Process(daemon.pid).nice() for daemon in (portal.web, portal.worker))
    assert worker == max(web, 5)
