"""What people do on the pages, in the words that the pages show them."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.portal import Person, Portal

# A test with a round trip takes a second or two; a busy machine may take longer.
TEST_MILLISECONDS = 60_000
EMAIL_LABEL, PASSWORD_LABEL = re.compile("^Email"), re.compile("^Password")


def sign_in(page: Page, person: Person) -> None:
    page.goto("/")
    page.get_by_label(EMAIL_LABEL).fill(person.email)
    page.get_by_label(PASSWORD_LABEL).fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Set up your mail")).to_be_visible()


def sign_in_as_staff(page: Page, portal: Portal) -> None:
    page.context.clear_cookies()
    name, value = portal.staff_session
    page.context.add_cookies([{"name": name, "value": value, "url": portal.url}])


def sign_out(page: Page) -> None:
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def choose(page: Page, *, address: str, kept: str, app: str) -> None:
    """Answer the three questions of the start page."""
    page.goto("/")
    page.get_by_role("radio", name=address).check()
    page.get_by_role("radio", name=kept).check()
    app_button(page, app).click()


def app_button(page: Page, app: str) -> Locator:
    """The app's button, with its device's group opened where it is closed."""
    button = page.locator("button.app", has_text=app).first
    group = page.locator("details:not([open])", has=page.locator("button.app", has_text=app))
    if not button.is_visible():
        group.locator("summary").click()
    return button


def start_test(page: Page, password: str) -> None:
    """Until the press is answered."""
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=TEST_MILLISECONDS):
        press_test(page, password)


def press_test(page: Page, password: str) -> None:
    page.get_by_label("Password of this mailbox").fill(password)
    page.get_by_label("Also send a short test message from you to you").check()
    page.get_by_role("button", name="Test my connection").click()


def expect_verdict(page: Page, headline: str) -> None:
    heading = page.get_by_role("heading", level=1, name=headline)
    expect(heading).to_be_visible(timeout=TEST_MILLISECONDS)
