"""Support on the telephone with nothing but a reference: the answer is there in two actions."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESKTOP_DARK, PHONE, assert_accessible
from tests.e2e.portal import OWNER, Portal
from tests.e2e.steps import expect_verdict, sign_in, sign_in_as_staff, start_test

pytestmark = [
    pytest.mark.parametrize("portal", ["embedded"], indirect=True),
    pytest.mark.parametrize("screen", [PHONE, DESKTOP_DARK], ids=str, indirect=True),
]


def test_a_reference_over_the_telephone(page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    page.goto("/setup/anna@lab.test/test/")
    start_test(page, "this is not it")
    expect_verdict(page, "One thing to fix")
    reference = page.locator(".ref code").inner_text()
    sign_in_as_staff(page, portal)
    page.goto("/desk/")
    assert_accessible(page)

    page.get_by_label("Type an address, a person").fill(reference.replace("-", " ").lower())
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="The server didn’t accept the password")).to_be_visible()
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    lines = page.get_by_role("region", name="Copy the lines of Receiving")
    expect(lines).to_contain_text("[password]")
    expect(lines).not_to_contain_text("this is not it")
    assert_accessible(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_other_pages_are_for_everybody_to_read(page: Page, portal: Portal) -> None:
    sign_in_as_staff(page, portal)
    for path in (
        "/desk/?q=lab",
        "/desk/?q=nobody+at+all",
        "/desk/addresses/anna@lab.test/",
        "/desk/addresses/anna@lab.test/?protocol=pop3",
        "/desk/domains/lab.test/",
    ):
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        assert_accessible(page)
    page.goto("/desk/?q=Lindqvist+AB")
    expect(page.get_by_role("heading", level=1, name="Lindqvist AB")).to_be_visible()
    assert_accessible(page)


def test_a_link_is_made_and_a_test_goes_up_to_the_sign_in(page: Page, portal: Portal) -> None:
    sign_in_as_staff(page, portal)
    page.goto("/desk/addresses/anna@lab.test/")
    page.get_by_role("button", name="Make a link").click()
    made = page.get_by_role("status").locator("code").inner_text()
    assert_accessible(page)
    page.goto("/desk/addresses/anna@lab.test/")
    page.get_by_role("button", name="Test IMAP up to the sign-in").click()
    expect(page.get_by_role("heading", level=1, name="Everything works up to the sign-in")).to_be_visible(
        timeout=60_000
    )
    page.context.clear_cookies()
    page.goto(made)
    expect(page.get_by_role("heading", level=1, name="Set up your mail")).to_be_visible()
