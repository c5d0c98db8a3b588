"""`make shots`: the README's pictures and sheets with all guides, taken of the running demo."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from demo import authenticator
from demo.state import STAFF_EMAIL
from tests.e2e.browser import launched

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "docs" / "shots"
# For the eye alone, so they are not part of the repository.
SHEETS = ROOT / "var" / "shots"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# What the app of the picture has, and says.
COMPARED = {
    "message": "We couldn’t log on to the incoming (POP) server. Please check your password.",
    "incoming_server": "mail.lindqvist.example",
    "incoming_port": "110",
    "outgoing_server": "mail.lindqvist.example",
    "outgoing_port": "25",
    "user_name": "anna@lindqvist.example",
}
READY = "Ctrl-C stops everything"


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: where it is, and what it printed."""

    url: str
    portal_password: str
    mailbox_password: str
    staff_password: str
    authenticator_key: str
    address: str = "anna@lindqvist.example"


@contextmanager
def running_demo(port: int) -> Iterator[Demo]:
    """`make run` with a state of its own, stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="mailway-demo-") as state:
        environment = {
            **os.environ,
            "PORT": str(port),
            "MAILWAY_STATE": state,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "demo"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        printed = ""
        try:
            for line in process.stdout:
                printed += line
                if READY in line:
                    break
            else:
                raise RuntimeError(f"The demo did not start:\n{printed}")
            passwords = re.findall(r"password\s+(\S+)", printed)
            (key,) = re.findall(r"secret=(\w+)", printed)
            yield Demo(f"http://127.0.0.1:{port}", *passwords, key)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def sign_in(page: Page, demo: Demo) -> None:
    page.goto(demo.url)
    page.fill("input[name=login]", demo.address)
    page.fill("input[name=password]", demo.portal_password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{demo.url}/")


def sign_in_as_staff(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/accounts/login/?next=/desk/")
    page.fill("input[name=login]", STAFF_EMAIL)
    page.fill("input[name=password]", demo.staff_password)
    page.press("input[name=password]", "Enter")
    page.fill("input[name=code]", authenticator.code(demo.authenticator_key, time.time()))
    page.press("input[name=code]", "Enter")
    page.wait_for_url(f"{demo.url}/desk/")


def run_test(page: Page, demo: Demo, password: str, app: str) -> None:
    page.goto(f"{demo.url}/setup/{demo.address}/test/?protocol=imap&app={app}")
    page.fill("input[name=password]", password)
    page.check("input[name=round_trip]")
    page.click("button.primary")
    page.wait_for_selector("[data-answer]", timeout=60_000)


def take_contact_sheets(browser: Browser, demo: Demo) -> None:
    """All guides side by side as small pictures, for whoever looks them through: one sheet a screen."""
    SHEETS.mkdir(parents=True, exist_ok=True)
    for width, columns in ((390, 12), (1280, 9)):
        for scheme in SCHEMES:
            with tempfile.TemporaryDirectory(prefix="mailway-shots-") as folder:
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                sign_in(page, demo)
                for slug, protocol in guide_pages():
                    page.goto(f"{demo.url}/setup/{demo.address}/{slug}/{protocol}/")
                    page.screenshot(path=Path(folder) / f"{slug}.png", full_page=True)
                sheet = Path(folder) / "sheet.html"
                sheet.write_text(_SHEET.format(columns=columns, figures="".join(_figures(Path(folder)))))
                page.set_viewport_size({"width": columns * 240, "height": 900})
                page.goto(sheet.as_uri())
                page.screenshot(path=SHEETS / f"guides-{width}-{scheme}.png", full_page=True)
                page.close()


_SHEET = """<!doctype html><meta charset="utf-8"><style>
body {{ columns: {columns}; column-gap: 12px; margin: 12px; font: 12px sans-serif }}
figure {{ break-inside: avoid; margin: 0 0 12px }} img {{ width: 100%; border: 1px solid #888 }}
</style>{figures}"""


def _figures(folder: Path) -> Iterator[str]:
    for picture in sorted(folder.glob("*.png")):
        yield f'<figure><figcaption>{picture.stem}</figcaption><img src="{picture.name}" alt=""></figure>'


def guide_pages() -> Iterator[tuple[str, str]]:
    """Every guide once, by the first protocol that it has."""
    command = [sys.executable, "manage.py", "guides", "--json"]
    printed = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "DEBUG": "true"}, stdout=subprocess.PIPE, check=True
    )
    for guide in json.loads(printed.stdout):
        yield guide["slug"], (guide["protocols"] or ["imap"])[0]


def main() -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with running_demo(8097) as demo, sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 1180}, color_scheme="light")
        sign_in(page, demo)
        page.goto(f"{demo.url}/setup/{demo.address}/windows-live-mail/pop3/")
        page.screenshot(path=SHOTS / "guide.png")
        page.goto(f"{demo.url}/setup/{demo.address}/compare/?app=outlook-classic&protocol=pop3")
        for name, value in COMPARED.items():
            page.fill(f"[name={name}]", value)
        page.select_option("[name=incoming_encryption]", "none")
        page.click("button.primary")
        page.wait_for_selector("[data-answer]")
        page.screenshot(path=SHOTS / "compare.png")
        run_test(page, demo, "not the password", "outlook-classic")
        page.screenshot(path=SHOTS / "test.png")
        reference = page.inner_text(".ref code")
        page.context.clear_cookies()
        sign_in_as_staff(page, demo)
        page.goto(f"{demo.url}/desk/tests/{reference}/")
        page.screenshot(path=SHOTS / "desk.png")
        take_contact_sheets(browser, demo)
        browser.close()


if __name__ == "__main__":
    main()
