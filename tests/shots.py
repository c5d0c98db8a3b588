"""`make shots`: the README's pictures, taken of the running demo."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "docs" / "shots"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
READY = "Ctrl-C stops everything"


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: where it is, and what it printed."""

    url: str
    portal_password: str
    mailbox_password: str
    address: str = "anna@lindqvist.example"


@contextmanager
def running_demo(port: int) -> Iterator[Demo]:
    """`make run` with a state of its own, stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="mailway-demo-") as state:
        environment = {
            **os.environ,
            "BRAND_NAME": "Northwind Hosting",
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
            portal, mailbox, *_staff = re.findall(r"password\s+(\S+)", printed)
            yield Demo(f"http://127.0.0.1:{port}", portal, mailbox)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def sign_in(page: Page, demo: Demo) -> None:
    page.goto(demo.url)
    page.fill("input[name=login]", demo.address)
    page.fill("input[name=password]", demo.portal_password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{demo.url}/")


def run_test(page: Page, demo: Demo, password: str, app: str) -> None:
    page.goto(f"{demo.url}/setup/{demo.address}/test/?protocol=imap&app={app}")
    page.fill("input[name=password]", password)
    page.click("button.primary")
    page.wait_for_selector("[data-answer]", timeout=60_000)


def main() -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with running_demo(8097) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGS))
        page = browser.new_page(viewport={"width": 1280, "height": 1180}, color_scheme="light")
        sign_in(page, demo)
        page.goto(f"{demo.url}/setup/{demo.address}/windows-live-mail/pop3/")
        page.screenshot(path=SHOTS / "guide.png")
        run_test(page, demo, "not the password", "outlook-classic")
        page.screenshot(path=SHOTS / "test.png")
        browser.close()


if __name__ == "__main__":
    main()
