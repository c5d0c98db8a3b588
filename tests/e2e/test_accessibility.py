"""axe-core finds nothing on any page of the journey, on small and large screens, by day and by night."""

import pytest
from playwright.sync_api import Page, expect

from mailsetup.guides.clients import GUIDES
from tests.e2e.browser import DESKTOP_DARK, PHONE, Screen, assert_accessible
from tests.e2e.portal import OWNER, Portal
from tests.e2e.steps import expect_verdict, sign_in, start_test

PAGES = [
    "/",
    "/tests/",
    "/setup/anna@lab.test/test/",
    "/setup/anna@lab.test/windows-live-mail/pop3/",
    "/setup/anna@lab.test/geary/pop3/",  # It says that there is none.
    "/setup/anna@lab.test/compare/?app=outlook-classic&protocol=pop3",
    "/setup/anna@lab.test/phone/?app=thunderbird&protocol=imap",
    "/setup/anna@lab.test/windows-live-mail/pop3/print/",
    "/setup/anna@lab.test/windows-live-mail/pop3/send/",
    "/setup/several/",
    "/setup/?address=anna%40lab.test&q=outl",
    "/setup/?address=anna%40lab.test&q=pegasus",
    "/go/",
    "/guide/lab.test/",
    "/accounts/people/",
    "/accounts/name/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
]
# Each guide on one of the screens: what differs between them is the words.
GUIDE_PAGES = [f"/setup/anna@lab.test/{slug}/imap/" for slug in GUIDES]

# Pages look the same whatever the database is, so one kind of installation is enough. What axe looks at
# depends on the colours or on the width, and never on both: so two screens show all that four would.
pytestmark = [
    pytest.mark.parametrize("portal", ["embedded"], indirect=True),
    pytest.mark.parametrize("screen", [PHONE, DESKTOP_DARK], ids=str, indirect=True),
]


def test_signing_in(page: Page) -> None:
    page.goto("/")
    assert_accessible(page)


def test_pages_of_a_customer(page: Page, screen: Screen) -> None:
    sign_in(page, OWNER)
    for path in PAGES + GUIDE_PAGES[screen is PHONE :: 2]:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        assert_accessible(page)


def test_a_comparison(page: Page) -> None:
    sign_in(page, OWNER)
    page.goto("/setup/anna@lab.test/compare/?app=thunderbird&protocol=imap")
    page.fill("[name=incoming_port]", "1")
    page.fill("[name=user_name]", "anna@lab.test")
    page.fill("[name=message]", "Login to server x with username y failed.")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One setting to change")
    assert_accessible(page)
    page.goto("/setup/anna@lab.test/compare/?app=thunderbird&protocol=imap")
    page.get_by_role("button", name="Login to server").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your app can’t sign in")
    assert_accessible(page)


def test_a_connection_test_running_and_finished(page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    page.goto("/setup/anna@lab.test/test/")
    with portal.worker_held():
        start_test(page, "this is not it")
        expect(page.get_by_role("progressbar")).to_be_visible()
        assert_accessible(page)
    expect_verdict(page, "One thing to fix")
    assert_accessible(page)
