"""What people do on the pages, in the words that the pages show them."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.portal import STAFF, Person, Portal

# A test with a round trip takes a second or two; a busy machine may take longer.
TEST_MILLISECONDS = 60_000
EMAIL_LABEL, PASSWORD_LABEL = re.compile("^Email"), re.compile("^Password")
# A browser in which staff have signed in, with their second step.
_SESSION = """
from allauth.mfa.models import Authenticator
from django.test import Client
from accounts.models import User

user = User.objects.get(email={email!r})
Authenticator.objects.get_or_create(user=user, type="totp", defaults={{"data": {{"secret": "x"}}}})
browser = Client()
browser.force_login(user)
for cookie in browser.cookies.values():
    print(cookie.key, cookie.value)
"""


def sign_in(page: Page, person: Person) -> None:
    page.goto("/")
    page.get_by_label(EMAIL_LABEL).fill(person.email)
    page.get_by_label(PASSWORD_LABEL).fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Set up your mail")).to_be_visible()


def sign_in_as_staff(page: Page, portal: Portal) -> None:
    page.context.clear_cookies()
    done = portal.run_manage("shell", "-v", "0", "-c", _SESSION.format(email=STAFF.email))
    assert done.returncode == 0, done.stderr
    name, value = done.stdout.split()
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
    page.get_by_label("Password of this mailbox").fill(password)
    page.get_by_label("Also send a short test message from you to you").check()
    page.get_by_role("button", name="Test my connection").click()


def expect_verdict(page: Page, headline: str) -> None:
    heading = page.get_by_role("heading", level=1, name=headline)
    expect(heading).to_be_visible(timeout=TEST_MILLISECONDS)
