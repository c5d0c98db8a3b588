"""From pressing the button to the first step on the page; the whole run beside a bare script."""

import imaplib
import smtplib
import ssl
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from mailsetup.clientconfig import ServiceType, SocketType
from tests.bench.report import Promise
from tests.e2e.back_ends import embedded, grown_up
from tests.e2e.browser import launched
from tests.e2e.portal import OWNER, Portal, running_portal
from tests.e2e.steps import sign_in
from tests.mail.lab import LOOPBACK, MailLab, running_mail_lab
from tests.parts.postgres import running_postgres
from tests.parts.redis_server import running_redis

ROUNDS = 11


def measure(folder: Path) -> list[Promise]:
    promises = []
    with running_mail_lab() as lab, running_postgres() as postgres, running_redis() as redis_server:
        folder.mkdir()
        kinds = {
            "embedded": (embedded(folder / "embedded"), 0.5),
            "Redis": (grown_up(postgres, redis_server), 0.25),
        }
        for name, (back_end, limit) in kinds.items():
            (folder / name).mkdir(exist_ok=True)
            quiet = replace(back_end, environment={**back_end.environment, "LOG_LEVEL": "WARNING"})
            with running_portal(folder / name, quiet, lab, Path(settings.STATIC_ROOT)) as portal:
                first_step, whole_run = _first_step(portal, lab), _whole_run(portal, lab)
            alone = _median(lambda: _both_by_a_bare_script(lab))
            promises += [
                Promise(f"press to first step as Chromium shows it, {name}", first_step, limit, "s"),
                Promise(f"whole run by a bare script's, {name}", whole_run / alone, 1.25, "times"),
            ]
    return promises


def _median(measurement: Callable[[], float]) -> float:
    return statistics.median(measurement() for _ in range(ROUNDS))


def _first_step(portal: Portal, lab: MailLab) -> float:
    """Median seconds from the click to the first finished step that the browser shows."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page(base_url=portal.url)
        sign_in(page, OWNER)
        press(page, lab)  # the first one warms the worker and the browser up
        seconds = _median(lambda: press(page, lab))
        browser.close()
    return seconds


# By the page's own clock: to tell this process takes the browser as long again.
_CLOCKS = """() => {
    const button = document.querySelector("button.primary")
    button.addEventListener("click", () => { pressed = performance.now() }, true)
    const watch = new MutationObserver(() => {
        if (!document.querySelector("li[data-state=ok]")) return
        shown = performance.now()
        watch.disconnect()
    })
    watch.observe(document.documentElement, { subtree: true, childList: true, attributes: true })
}"""


def press(page: Page, lab: MailLab) -> float:
    anna = lab.users["anna"]
    page.goto(f"/setup/{anna.address}/test/?protocol=imap")
    page.fill("input[name=password]", anna.password)
    page.evaluate(_CLOCKS)
    page.click("button.primary", no_wait_after=True)
    page.wait_for_selector("[data-answer]")
    milliseconds: float = page.evaluate("shown - pressed")
    return milliseconds / 1000


def _whole_run(portal: Portal, lab: MailLab) -> float:
    """Median seconds of a run on the worker, by its own rows, while nobody watches."""
    anna = lab.users["anna"]
    script = _QUEUE.format(address=anna.address, password=anna.password, rounds=ROUNDS)
    done = portal.run_manage("shell", "-v", "0", "-c", script)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return statistics.median(float(line) for line in done.stdout.split())


_QUEUE = """
import time
from mailsetup.connection_tests import credentials
from mailsetup.connection_tests.tasks import enqueue_connection_test
from tests.queued import queued_test
for _ in range({rounds}):
    key = credentials.new_key()
    test = queued_test({address!r}, {password!r}, key)
    enqueue_connection_test(test, key)
    while test.state != "done":
        time.sleep(0.02)
        test.refresh_from_db()
    print((test.finished_at - test.started_at).total_seconds())
"""


def _both_by_a_bare_script(lab: MailLab) -> float:
    """The longer of both chains as the test goes them, by the standard library.

    Receiving: connect, sign in, open the inbox, list the folders. Sending, beside it: connect, STARTTLS, and
    the sign-in once receiving has signed in.
    """
    started = time.perf_counter()
    signed_in = threading.Event()
    receiving = threading.Thread(target=_receive, args=(lab, signed_in))
    receiving.start()
    _send(lab, signed_in)
    receiving.join()
    return time.perf_counter() - started


def _receive(lab: MailLab, signed_in: threading.Event) -> None:
    service, anna = lab.server_settings(ServiceType.IMAP, SocketType.SSL), lab.users["anna"]
    with imaplib.IMAP4_SSL(LOOPBACK, service.port, ssl_context=_context(lab)) as client:
        client.login(anna.address, anna.password)
        signed_in.set()
        client.select("INBOX")
        client.list()
        client.logout()


def _send(lab: MailLab, signed_in: threading.Event) -> None:
    service, anna = lab.server_settings(ServiceType.SMTP, SocketType.STARTTLS), lab.users["anna"]
    with smtplib.SMTP(LOOPBACK, service.port) as client:
        client.starttls(context=_context(lab))
        signed_in.wait()
        client.login(anna.address, anna.password)


def _context(lab: MailLab) -> ssl.SSLContext:
    """Trusts the lab and, as a program does, the system's roots."""
    context = ssl.create_default_context()
    context.load_verify_locations(lab.ca_file)
    context.check_hostname = False
    return context
