"""A real browser, as a person with this screen sees it."""

import shutil
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

# Chromium without its window: with it each page costs three times as much.
CHROMIUM = "chromium-headless-shell"
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launched(playwright: Playwright) -> Browser:
    """The suite's browser, which whoever asks for it closes."""
    executable = shutil.which(CHROMIUM)
    assert executable, f"{CHROMIUM} is not installed: run make test"
    return playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)


@dataclass(frozen=True)
class Screen:
    name: str
    width: int
    height: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.name}-{self.scheme}"


PHONE, PHONE_DARK = (Screen("phone", 390, 844, scheme) for scheme in ("light", "dark"))
DESKTOP, DESKTOP_DARK = (Screen("desktop", 1280, 900, scheme) for scheme in ("light", "dark"))


@dataclass
class Complaints:
    """What the browser complained about: console messages, errors in scripts, requests that failed."""

    lines: list[str] = field(default_factory=list)

    def listen_to(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.lines.append(f"script error: {error}"))
        page.on("requestfailed", self._request_failed)

    def expect(self, part: str) -> None:
        """Take out the complaints that the test caused on purpose; there has to be one."""
        others = [line for line in self.lines if part not in line]
        assert others != self.lines, f"the browser did not complain about {part}: {self.lines}"
        self.lines = others

    def _request_failed(self, request: Request) -> None:
        # That is what becomes of requests under way when somebody leaves the page.
        if request.failure != "net::ERR_ABORTED":
            self.lines.append(f"{request.url}: {request.failure}")

    def _console(self, message: ConsoleMessage) -> None:
        self.lines.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing: WCAG 2.0 to 2.2, A and AA, and good practice."""
    # What axe loads besides for rules that aren't asked for needs styles that our policy refuses.
    results = Axe().run(page, options={"preload": False})
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
