"""axe-core finds nothing on staff's pages, and none is wider than its screen."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESKTOP_DARK, PHONE, Screen, assert_accessible
from tests.e2e.portal import OWNER, Portal
from tests.e2e.steps import TEST_MILLISECONDS, expect_verdict, sign_in, sign_in_as_staff, start_test

LISTS = [
    "accounts/customer", "accounts/user", "accounts/invitation",
    "hosting/domain", "hosting/mailbox", "hosting/server",
    "setup_links/setuplink", "connection_tests/connectiontest", "guides/stepsmail", "accounts/supportvisit",
]  # fmt: skip
PAGES = [
    "/admin/",
    *(f"/admin/{name}/" for name in LISTS),
    "/admin/hosting/domain/?q=lab&enabled__exact=1",
    "/admin/hosting/domain/import/",
    "/admin/hosting/server/add/",
    *(f"/admin/{name}/add/" for name in ("accounts/customer", "accounts/user", "accounts/invitation")),
    *(f"/admin/{name}/add/" for name in ("hosting/domain", "hosting/mailbox")),
    *(f"/admin/{name}/1/change/" for name in ("accounts/customer", "accounts/user")),
    *(f"/admin/{name}/1/change/" for name in ("hosting/domain", "hosting/mailbox", "hosting/server")),
    *(f"/admin/hosting/{name}/1/{page}/" for name in ("domain", "server") for page in ("history", "delete")),
    "/servers/",
]
SHEET = "name,server,customer\nnew.example,lab,test:1\nlab.test,lab,test:1\n"

pytestmark = [
    pytest.mark.parametrize("portal", ["embedded"], indirect=True),
    pytest.mark.parametrize("screen", [PHONE, DESKTOP_DARK], ids=str, indirect=True),
]


def assert_good(page: Page, screen: Screen) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= screen.width, page.url


def test_pages_of_the_admin(page: Page, portal: Portal, screen: Screen) -> None:
    sign_in_as_staff(page, portal)
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert_good(page, screen)


def test_a_test_in_the_list_and_its_report(page: Page, portal: Portal, screen: Screen) -> None:
    sign_in(page, OWNER)
    page.goto("/setup/anna@lab.test/test/")
    start_test(page, "this is not it")
    expect_verdict(page, "One thing to fix")
    sign_in_as_staff(page, portal)
    page.goto("/admin/connection_tests/connectiontest/")
    assert_good(page, screen)
    page.locator(".field-reference a").first.click()
    expect(page.get_by_role("heading", level=1, name="The server didn’t accept the password")).to_be_visible()
    assert_good(page, screen)


def test_what_a_server_would_tell_before_it_is_saved(page: Page, portal: Portal, screen: Screen) -> None:
    sign_in_as_staff(page, portal)
    page.goto("/admin/hosting/server/1/change/")
    page.locator("[name$=port]").nth(1).fill("143")
    page.get_by_role("button", name="Show it again").click()
    expect(page.get_by_text("Most apps will fail.")).to_be_visible()
    assert_good(page, screen)
    page.locator("[name$=port]").last.fill("25")
    page.get_by_role("button", name="Save the server").click()
    expect(page.locator("#ways .error")).to_be_visible()
    assert_good(page, screen)


def test_the_rows_of_a_server_are_tried_and_the_form_comes_back(
    page: Page, portal: Portal, screen: Screen
) -> None:
    sign_in_as_staff(page, portal)
    page.goto("/admin/hosting/server/1/change/")
    page.locator("[name=name]").fill("not saved yet")
    page.locator("[name=example]").fill("anna@lab.test")
    page.get_by_role("button", name="Try all rows now").click()
    heading = page.get_by_role("heading", level=1, name="All rows answer")
    expect(heading).to_be_visible(timeout=TEST_MILLISECONDS)
    assert_good(page, screen)
    page.get_by_role("button", name="Back to the form").click()
    expect(page.locator("[name=name]")).to_have_value("not saved yet")


def test_what_an_import_would_change(page: Page, portal: Portal, screen: Screen) -> None:
    sign_in_as_staff(page, portal)
    for sheet in (SHEET, SHEET.replace("lab,", "nowhere,")):
        page.goto("/admin/hosting/domain/import/")
        page.locator("[name=sheet]").fill(sheet)
        page.locator("main form button").first.click()
        page.wait_for_load_state()
        assert_good(page, screen)
