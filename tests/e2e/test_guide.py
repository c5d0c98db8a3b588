"""A guide in the browser: ticks that stay, and a code that is drawn without asking anybody."""

import base64
import re
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import PHONE
from tests.e2e.portal import OWNER
from tests.e2e.steps import app_button, sign_in
from tests.setup_links.camera import read, scan

pytestmark = [
    pytest.mark.parametrize("portal", ["embedded"], indirect=True),
    pytest.mark.parametrize("screen", [PHONE], ids=str, indirect=True),
]
GUIDE = "/setup/anna@lab.test/thunderbird/imap/"


def test_ticks_stay_on_the_device_until_they_are_taken_back(page: Page) -> None:
    sign_in(page, OWNER)
    page.goto(GUIDE)
    kept = page.get_by_text("We keep your ticks on this device.")
    expect(kept).to_be_hidden()
    page.get_by_label("Step 2 done").check(force=True)
    expect(kept).to_be_visible()
    page.reload()
    expect(page.get_by_label("Step 2 done")).to_be_checked()
    expect(page.get_by_label("Step 1 done")).not_to_be_checked()
    page.goto("/setup/anna@lab.test/thunderbird/pop3/")
    expect(page.get_by_label("Step 2 done")).not_to_be_checked()
    page.goto(GUIDE)
    page.get_by_role("button", name="Start again").click()
    page.reload()
    expect(page.get_by_label("Step 2 done")).not_to_be_checked()


def test_a_step_that_is_folded_away_opens_when_a_sentence_points_at_it(page: Page) -> None:
    sign_in(page, OWNER)
    page.goto("/setup/anna@lab.test/apple-mail-iphone/imap/")
    hostname = page.locator("#incoming").get_by_text("Host Name").first
    expect(hostname).to_be_hidden()
    page.locator('#later a[href="#outgoing"]').click()
    expect(hostname).to_be_visible()


def test_whoever_chooses_pop3_sees_at_once_which_apps_lack_it(page: Page) -> None:
    """By the stylesheet alone, before anything is sent."""
    sign_in(page, OWNER)
    mark = app_button(page, "Geary").get_by_text("IMAP only")
    expect(mark).to_be_hidden()
    page.get_by_role("radio", name="On one computer only").check()
    expect(mark).to_be_visible()
    page.get_by_role("radio", name="On every device").check()
    expect(mark).to_be_hidden()


GREY = """
async png => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return { width: image.width, grey: Array.from({ length: data.length / 4 }, (_, place) => data[place * 4]) };
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_camera_reads_the_code_off_the_screen(page: Page, scheme: Literal["light", "dark"]) -> None:
    """By day and by night."""
    page.emulate_media(color_scheme=scheme)
    sign_in(page, OWNER)
    page.goto("/setup/anna@lab.test/phone/?app=thunderbird&protocol=pop3")
    page.get_by_role("button", name="Make a code").click()
    shot = page.get_by_label("QR code that opens your guide on the phone").screenshot()
    # A page without our policy makes pixels of it.
    desk = page.context.new_page()
    pixels = desk.evaluate(GREY, base64.b64encode(shot).decode())
    desk.close()
    url = read(bytes(pixels["grey"]), pixels["width"])
    assert url.startswith(f"{page.url.partition('/setup/')[0]}/s/")
    page.goto(url)
    expect(page).to_have_url(re.compile("/s/[^/]+/thunderbird/pop3/$"))


def test_delta_chats_code_holds_the_password_and_sends_it_nowhere(page: Page) -> None:
    password = "pa ss+w&ord=\u00fc?#%"
    sign_in(page, OWNER)
    page.goto("/setup/anna@lab.test/phone/")
    page.get_by_text("Delta Chat").first.click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Password of this mailbox").fill(password)
    page.get_by_role("button", name="Draw the code").click()
    drawing = page.get_by_label("QR code with the settings for Delta Chat")
    expect(drawing).to_be_visible()
    text = scan(drawing.locator("path").get_attribute("d") or "", drawing.get_attribute("viewBox") or "")
    parts = urlsplit(text)
    told = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    assert (parts.scheme, parts.netloc) == ("dclogin", "anna@lab.test")
    assert (told["v"], told["p"], told["is"]) == ("1", password, "ssl")
    assert asked == []
    expect(page.get_by_label("Password of this mailbox")).to_have_value("")
