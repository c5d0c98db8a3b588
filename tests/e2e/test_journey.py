"""From signing in to mail that is proven to work, in a browser, under the real security policy."""

import plistlib
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESKTOP, PHONE_DARK, Screen
from tests.e2e.portal import OWNER, STRANGER, Portal
from tests.e2e.steps import (
    EMAIL_LABEL,
    PASSWORD_LABEL,
    choose,
    expect_verdict,
    sign_in,
    sign_out,
    start_test,
)

ADDRESS = "anna@lab.test"


@pytest.fixture
def screen(portal: Portal) -> Screen:
    """The telephone on what is embedded, the desktop on what is grown up: neither hangs on the other."""
    return PHONE_DARK if "sqlite" in portal.environment["DATABASE_URL"] else DESKTOP


def test_from_signing_in_to_working_mail(page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    choose(page, address=ADDRESS, kept="On every device", app="Windows Live Mail")

    _read_the_guide(page, portal)
    page.get_by_role("link", name="Test my connection").click()
    with portal.worker_held():
        start_test(page, portal.lab.users["anna"].password)
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.locator("[data-state=ok]")).to_have_count(0)
    expect_verdict(page, "Everything works")

    lanes = page.locator(".lane")
    expect(lanes).to_have_count(2)
    for lane in lanes.all():
        expect(lane.locator("li[data-state=ok]")).to_have_count(lane.locator("li").count())
    reference = page.locator(".ref code").inner_text()
    page.get_by_role("link", name="History").click()
    row = page.get_by_role("row", name=re.compile(reference))
    expect(row).to_contain_text(ADDRESS)
    row.get_by_role("link").click()
    expect_verdict(page, "Everything works")

    sign_out(page)
    page.goto("/tests/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def _read_the_guide(page: Page, portal: Portal) -> None:
    expect(page.get_by_role("heading", level=1, name="Windows Live Mail")).to_be_visible()
    settings = page.locator("#settings")
    for value in (
        ADDRESS,
        portal.lab.host,
        str(portal.lab.ports["imaps"]),
        str(portal.lab.ports["submission"]),
    ):
        expect(settings.get_by_text(value, exact=True).first).to_be_visible()
    settings.get_by_role("button", name="Copy receiving server").click()
    expect(page.get_by_role("status")).to_contain_text(portal.lab.host)
    assert page.evaluate("navigator.clipboard.readText()") == portal.lab.host
    step = page.get_by_role("checkbox", name="Step 1 done")
    step.check(force=True)
    expect(step).to_be_checked()


def test_the_profile_that_is_downloaded_is_the_one_that_render_prints(page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    choose(page, address=ADDRESS, kept="On every device", app="Mail on iPhone")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the profile").click()
    profile = started.value.path().read_bytes()

    mail = plistlib.loads(profile)["PayloadContent"][0]
    assert (mail["EmailAddress"], mail["IncomingMailServerHostName"]) == (ADDRESS, portal.lab.host)
    assert mail["IncomingMailServerPortNumber"] == portal.lab.ports["imaps"]
    output = portal.folder / "rendered.mobileconfig"
    rendered = portal.run_manage("render", "mobileconfig", ADDRESS, "--output", str(output))
    assert rendered.returncode == 0, rendered.stderr
    assert output.read_bytes() == profile


def test_a_wrong_password_is_explained(page: Page) -> None:
    sign_in(page, OWNER)
    page.goto("/setup/bert@lab.test/test/")
    start_test(page, "this is not it")
    expect_verdict(page, "One thing to fix")

    problem = page.locator(".problem")
    expect(problem.get_by_role("heading", name="The server didn’t accept the password")).to_be_visible()
    expect(problem).to_contain_text("What to do")
    expect(problem).to_contain_text("Type the password again")
    expect(page.get_by_role("link", name="Test again")).to_be_visible()

    reference = page.locator(".ref code").inner_text()
    page.goto("/tests/")
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        row = page.locator("tr", has_text=reference)
        chip, link = row.locator(".tag").bounding_box(), row.locator("code").bounding_box()
        assert chip is not None
        assert link is not None
        beside = link["x"] >= chip["x"] + chip["width"]
        above_or_below = link["y"] + link["height"] <= chip["y"] or link["y"] >= chip["y"] + chip["height"]
        assert beside or above_or_below, f"the result lies on the reference at {width} px"
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_test_up_to_the_sign_in_needs_no_password(page: Page) -> None:
    sign_in(page, OWNER)
    page.goto("/setup/bert@lab.test/test/")
    page.get_by_role("button", name="I don’t have the password here").click()
    expect(page.locator(".lane .tag")).to_have_count(2, timeout=30_000)
    expect(page.locator(".problem")).to_have_count(0)


def test_a_stranger_sees_nothing_of_it(page: Page, portal: Portal) -> None:
    page.goto("/")
    page.get_by_label(EMAIL_LABEL).fill(STRANGER.email)
    page.get_by_label(PASSWORD_LABEL).fill(STRANGER.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("main")).not_to_contain_text("lab.test")
    for path in (f"/setup/{ADDRESS}/test/", f"/setup/{ADDRESS}/thunderbird/imap/"):
        response = page.request.get(path)
        assert response.status == 404
        assert portal.lab.host not in response.text()
