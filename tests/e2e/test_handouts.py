"""Steps given away in the browser: mailed by the worker, copied, on a sheet of paper that a camera reads."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mailsetup.guides.clients import GUIDES
from tests.e2e.browser import PHONE
from tests.e2e.portal import OWNER, Portal
from tests.e2e.steps import sign_in
from tests.setup_links.camera import scan

pytestmark = pytest.mark.parametrize("portal", ["embedded"], indirect=True)
GUIDE = "/setup/anna@lab.test/windows-live-mail/pop3/"
# What the worker may take to send a mail.
PATIENCE_SECONDS = 20
# Their steps are files of the terminal, longer than a page.
LONGER_THAN_A_PAGE = {"aerc", "fetchmail", "getmail", "mbsync", "neomutt", "offlineimap"}


def mails_with(portal: Portal, text: str) -> list[str]:
    folder = Path(portal.folder) / "mail"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = [mail for file in folder.glob("*") if text in (mail := file.read_text(errors="replace"))]
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def test_the_worker_mails_the_steps_and_the_link_opens_them(page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    page.goto(GUIDE)
    page.get_by_role("link", name="Send these steps").click()
    page.get_by_label("Send to").fill("helper@elsewhere.example")
    page.get_by_label("A line from you").fill("Could you have a look?")
    page.get_by_role("button", name="Send the steps").click()
    expect(page.get_by_text("We’ve sent the steps for anna@lab.test in Windows Live Mail")).to_be_visible()
    expect(page.get_by_text("4 left today")).to_be_visible()
    (mail,) = mails_with(portal, "To: helper@elsewhere.example")
    (url,) = re.findall(r"http://\S+/s/[\w-]+/", mail)
    page.context.clear_cookies()
    page.goto(url)
    expect(page).to_have_url(re.compile("/s/[^/]+/windows-live-mail/pop3/$"))
    expect(page.get_by_role("link", name="All mail apps")).to_have_count(0)


def test_the_text_is_copied_whole(page: Page) -> None:
    sign_in(page, OWNER)
    page.goto(f"{GUIDE}send/")
    page.get_by_role("button", name="Copy all steps").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    assert download.value.suggested_filename == "steps.txt"
    assert copied == download.value.path().read_text(encoding="utf-8")
    assert copied.startswith("Set up anna@lab.test in Windows Live Mail, POP3\n")


@pytest.mark.parametrize("screen", [PHONE], ids=str, indirect=True)
def test_the_sheet_shows_what_a_camera_opens(page: Page, portal: Portal) -> None:
    sign_in(page, OWNER)
    page.goto(GUIDE)
    page.get_by_role("button", name="Print these steps").click()
    drawing = page.get_by_label("QR code that opens this guide")
    expect(drawing).to_be_visible()
    url = scan(drawing.locator("path").get_attribute("d") or "", drawing.get_attribute("viewBox") or "")
    assert url.startswith(f"{portal.url}/s/")
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()


# A code for each sheet: more than one person may make in a day.
_CODES = """
from django.conf import settings
from msgspec import structs
from accounts.models import User
from mailsetup.guides.clients import GUIDES
from mailsetup.setup_links.selectors import setup_of_user
from mailsetup.setup_links.services import ensure_guide_link

settings.SETUP_LINKS = structs.replace(settings.SETUP_LINKS, guide_links_per_day_limit=1000)
setup = setup_of_user(User.objects.get(email={email!r}), "anna@{domain}", display_name="")
for guide in GUIDES.values():
    for protocol in guide.protocols:
        ensure_guide_link(setup, client=guide.slug, protocol=protocol.value)
"""


def test_most_guides_fit_on_one_page(page: Page, portal: Portal) -> None:
    done = portal.run_manage(
        "shell", "-v", "0", "-c", _CODES.format(email=OWNER.email, domain=portal.lab.domain)
    )
    assert done.returncode == 0, done.stderr
    sign_in(page, OWNER)
    page.emulate_media(media="print")
    longer = set()
    for guide in GUIDES.values():
        if not guide.protocols:
            continue
        page.goto(f"/setup/anna@lab.test/{guide.slug}/{guide.protocols[-1]}/print/")
        expect(page.get_by_label("QR code that opens this guide")).to_be_visible()
        pages = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True, format="A4"))
        if len(pages) > 1:
            longer.add(guide.slug)
    assert longer == LONGER_THAN_A_PAGE
