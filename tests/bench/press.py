"""From pressing the button to the first step on the page; the whole run beside a bare script."""

import imaplib
import shutil
import smtplib
import ssl
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Page, sync_playwright

from mailsetup.clientconfig import ServiceType, SocketType
from tests.bench.report import Promise
from tests.e2e.back_ends import BackEnd, embedded, grown_up
from tests.e2e.browser import CHROMIUM_ARGUMENTS
from tests.e2e.portal import OWNER, Portal, running_portal
from tests.e2e.visits import sign_in
from tests.mail.lab import LOOPBACK, MailLab, running_mail_lab
from tests.parts.postgres import running_postgres
from tests.parts.redis_server import running_redis

ROUNDS = 11


def measure(folder: Path) -> list[Promise]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with running_mail_lab() as lab, running_postgres() as postgres, running_redis() as redis_server:
        folder.mkdir()
        small = _first_step(folder / "embedded", embedded(folder / "embedded"), lab)
        large = _first_step(folder / "grown-up", grown_up(postgres, redis_server), lab)
        alone = max(_median(lambda: _imap_alone(lab)), _median(lambda: _smtp_alone(lab)))
    return [
        Promise("press to first step, embedded", small[0], 0.5, "s"),
        Promise("press to first step, Redis", large[0], 0.25, "s"),
        Promise("whole run by the slower service alone, embedded", small[1] / alone, 1.3, "times"),
        Promise("whole run by the slower service alone, Redis", large[1] / alone, 1.3, "times"),
    ]


def _median(measurement: Callable[[], float]) -> float:
    return statistics.median(measurement() for _ in range(ROUNDS))


def _first_step(folder: Path, back_end: BackEnd, lab: MailLab) -> tuple[float, float]:
    """Median seconds from the click to the first finished step, and of the whole run on the worker."""
    folder.mkdir(exist_ok=True)
    with (
        running_portal(folder, back_end, lab, Path(settings.STATIC_ROOT)) as portal,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS
        )
        page = browser.new_page(base_url=portal.url)
        sign_in(page, OWNER)
        _press(page, portal, lab)  # the first one warms the worker and the browser up
        rounds = [_press(page, portal, lab) for _ in range(ROUNDS)]
        browser.close()
    return statistics.median(first for first, _whole in rounds), statistics.median(
        whole for _first, whole in rounds
    )


def _press(page: Page, portal: Portal, lab: MailLab) -> tuple[float, float]:
    anna = lab.users["anna"]
    page.goto(f"/setup/{anna.address}/test/?protocol=imap")
    page.fill("input[name=password]", anna.password)
    page.uncheck("input[name=round_trip]")
    started = time.perf_counter()
    page.click("button.primary", no_wait_after=True)
    page.wait_for_selector("li[data-state=ok]")
    first = time.perf_counter() - started
    page.wait_for_selector("[data-answer]")
    reference = page.url.rstrip("/").rpartition("/")[2]
    seconds = portal.run_manage("shell", "-c", _SECONDS.format(reference=reference)).stdout
    return first, float(seconds.splitlines()[-1])


_SECONDS = (
    "from mailsetup.models import ConnectionTest; t = ConnectionTest.objects.get(reference='{reference}'); "
    "print((t.finished_at - t.started_at).total_seconds())"
)


def _imap_alone(lab: MailLab) -> float:
    """Connect, sign in, open the inbox, begin IDLE: what the test does, by the standard library."""
    service, anna = lab.server_settings(ServiceType.IMAP, SocketType.SSL), lab.users["anna"]
    started = time.perf_counter()
    context = ssl.create_default_context()
    context.load_verify_locations(lab.ca_file)
    context.check_hostname = False
    with imaplib.IMAP4_SSL(LOOPBACK, service.port, ssl_context=context) as client:
        client.login(anna.address, anna.password)
        client.select("INBOX")
        client.list()
        client.logout()
    return time.perf_counter() - started


def _smtp_alone(lab: MailLab) -> float:
    service, anna = lab.server_settings(ServiceType.SMTP, SocketType.STARTTLS), lab.users["anna"]
    started = time.perf_counter()
    context = ssl.create_default_context()
    context.load_verify_locations(lab.ca_file)
    context.check_hostname = False
    with smtplib.SMTP(LOOPBACK, service.port) as client:
        client.starttls(context=context)
        client.login(anna.address, anna.password)
    return time.perf_counter() - started
