"""The form for comparing in the browser: other words for another app, with what is typed kept."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser import PHONE, Complaints
from tests.e2e.portal import OWNER
from tests.e2e.steps import sign_in

pytestmark = [
    pytest.mark.parametrize("portal", ["embedded"], indirect=True),
    pytest.mark.parametrize("screen", [PHONE], ids=str, indirect=True),
]
FORM = "/setup/anna@lab.test/compare/?app=thunderbird&protocol=imap"


@contextmanager
def words_on_their_way(page: Page) -> Iterator[None]:
    """The words of an app that is chosen within arrive at the end."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/compare/", hold)
    yield
    page.wait_for_function("document.querySelector('#id_app.htmx-request')")
    for route in held:
        route.continue_()
    page.unroute("**/compare/", hold)


def test_what_is_typed_while_the_words_of_another_app_come_stays(page: Page) -> None:
    sign_in(page, OWNER)
    page.goto(FORM)
    page.get_by_label("User name").fill("anna")
    with words_on_their_way(page):
        page.get_by_label("Which app is it?").select_option("outlook-classic")
        page.locator("#id_incoming_port").fill("110")
        page.locator("#id_incoming_encryption").select_option("none")
        message = page.get_by_label("Paste or type what your app shows")
        message.fill("The server fails")
        message.press("Home")
        page.keyboard.type("Oh: ")
    expect(page.get_by_role("heading", name="Often said by Outlook (classic)")).to_be_visible()
    expect(message).to_be_focused()
    page.keyboard.type("no! ")
    expect(message).to_have_value("Oh: no! The server fails")
    expect(page.get_by_label("User name")).to_have_value("anna")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Three settings to change")
    expect(page.get_by_text("“Oh: no! The server fails”")).to_be_visible()


def test_of_two_apps_the_last_one_counts(page: Page, complaints: Complaints) -> None:
    sign_in(page, OWNER)
    page.goto(FORM)
    app = page.get_by_label("Which app is it?")
    with words_on_their_way(page):
        app.select_option("geary")
        app.select_option("windows-live-mail")
    expect(page.get_by_role("heading", name="Often said by Windows Live Mail")).to_be_visible()
    complaints.expect("error: htmx:")  # of the request for the first one, which it gave up
    expect(app).to_have_value("windows-live-mail")
    options = page.locator("#id_incoming_encryption option")
    expect(options).to_have_text(["Not sure", "Ticked", "Not ticked"])
