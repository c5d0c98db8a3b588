"""The whole product in a real browser, on both kinds of installation."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.back_ends import embedded, grown_up
from tests.e2e.browser import DESKTOP, Complaints, Screen, launched
from tests.e2e.portal import Portal, running_portal
from tests.mail.lab import MailLab


@pytest.fixture(scope="session", params=["embedded", "grown-up"])
def portal(
    request: pytest.FixtureRequest,
    mail_lab: MailLab,
    tmp_path_factory: pytest.TempPathFactory,
    static_files: None,
) -> Iterator[Portal]:
    """A running installation; every test that asks for it runs on both kinds."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        back_end = embedded(folder)
    else:
        back_end = grown_up(request.getfixturevalue("postgres"), request.getfixturevalue("redis_server"))
    with running_portal(folder, back_end, mail_lab, Path(settings.STATIC_ROOT)) as running:
        yield running


# Playwright keeps an event loop in this thread, and Django refuses its database there. So the browser
# ends with each module.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launched(playwright)
        yield started
        started.close()


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> Screen:
    """The desktop by day; another one by indirect parametrization."""
    chosen: Screen = getattr(request, "param", DESKTOP)
    return chosen


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """A test passes only when the browser had nothing to complain about."""
    heard = Complaints()
    yield heard
    assert heard.lines == []


@pytest.fixture
def page(browser: Browser, portal: Portal, screen: Screen, complaints: Complaints) -> Iterator[Page]:
    context = browser.new_context(
        base_url=portal.url,
        viewport={"width": screen.width, "height": screen.height},
        color_scheme=screen.scheme,
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(10_000)
    opened = context.new_page()
    complaints.listen_to(opened)
    yield opened
    context.close()
