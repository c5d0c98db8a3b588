"""What a person feels while others attack: slow senders, programs that ask for nobody, a hundred presses."""

import http.client
import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from playwright.sync_api import sync_playwright

from tests.bench.press import press
from tests.bench.report import Promise
from tests.e2e.back_ends import embedded
from tests.e2e.browser import launched
from tests.e2e.portal import OWNER, Portal, running_portal
from tests.e2e.steps import sign_in
from tests.mail.lab import LOOPBACK, MailLab, running_mail_lab

PAGES = 100
SLOW_SOCKETS, PROGRAMS = 16, 24
PRESSES, AT_ONCE, ROUNDS = 100, 20, 3
_PATIENCE_SECONDS = 60
# What is allowed in one window must not be used up by the round before.
_ROUNDS_APART = {"MAILBOX_TESTS_LIMIT": "1000", "CUSTOMER_TESTS_LIMIT": "1000"}
# Another address of this machine, as attackers have another one than the person.
ELSEWHERE = "127.0.0.2"


def measure(folder: Path) -> list[Promise]:
    folder.mkdir()
    with running_mail_lab() as lab, _silent_name_server() as resolver:
        back_end = embedded(folder)
        environment = {
            **back_end.environment,
            **_ROUNDS_APART,
            "LOG_LEVEL": "ERROR",
            "PROBE_RESOLVER": resolver,
        }
        quiet = replace(back_end, environment=environment)
        with running_portal(folder, quiet, lab, Path(settings.STATIC_ROOT)) as portal:
            port = urlsplit(portal.url).port or 0
            with _crowd(SLOW_SOCKETS, lambda: _send_slowly(port)):
                slow = _p95(port)
            with _crowd(PROGRAMS, _Programs(port)):
                programs = _p95(port)
            pressed = _press_beside_a_hundred(portal, lab)
    return [
        Promise(f"sign-in page, p95 beside {SLOW_SOCKETS} slow senders", slow * 1000, 300, "ms"),
        Promise(f"sign-in page, p95 beside {PROGRAMS} programs and silent DNS", programs * 1000, 300, "ms"),
        Promise(f"press to first step beside {PRESSES} of another", pressed, 1, "s"),
    ]


def _p95(port: int) -> float:
    """Seconds that 95 of 100 sign-in pages stay under."""
    times = []
    for _ in range(PAGES):
        started = time.perf_counter()
        assert _get(port, "/accounts/login/", LOOPBACK)[0] == 200
        times.append(time.perf_counter() - started)
    return statistics.quantiles(times, n=20)[-1]


def _get(port: int, path: str, host: str) -> tuple[int, str, str]:
    """Status, cookies and text."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_PATIENCE_SECONDS)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, answer.headers.get("Set-Cookie", ""), text


@contextmanager
def _crowd(size: int, act: Callable[[], None]) -> Iterator[None]:
    """While this lasts, so many threads do it again and again."""
    enough = threading.Event()

    def attack() -> None:
        while not enough.is_set():
            act()

    threads = [threading.Thread(target=attack, daemon=True) for _ in range(size)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        enough.set()


def _send_slowly(port: int) -> None:
    """A body that comes a byte a second, until the portal has had enough."""
    with socket.create_connection((LOOPBACK, port), timeout=1) as slow:
        slow.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n")
        while True:
            try:
                slow.sendall(b"x")
                if not slow.recv(4096):
                    return
            except TimeoutError:
                continue
            except OSError:
                return


class _Programs:
    """Ask for domains that nobody knows, each for another one."""

    def __init__(self, port: int) -> None:
        self._port, self._numbers = port, count()

    def __call__(self) -> None:
        domain = f"nobody-{next(self._numbers)}.example"
        try:
            _get(self._port, f"/mail/config-v1.1.xml?emailaddress=x@{domain}", f"autoconfig.{domain}")
        except OSError:
            return


@contextmanager
def _silent_name_server() -> Iterator[str]:
    """Takes questions and answers none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((LOOPBACK, 0))
        yield f"{LOOPBACK}:{silent.getsockname()[1]}"


def _press_beside_a_hundred(portal: Portal, lab: MailLab) -> float:
    """The median of a few rounds, in each of which another one presses a hundred times by a link."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page(base_url=portal.url)
        sign_in(page, OWNER)
        press(page, lab)  # the first one warms the worker and the browser up
        rounds = [_one_round(portal, lab, lambda: press(page, lab)) for _ in range(ROUNDS)]
        browser.close()
    return statistics.median(rounds)


def _one_round(portal: Portal, lab: MailLab, measured: Callable[[], float]) -> float:
    bert = lab.users["bert"]
    link = urlsplit(portal.run_manage("setup_link", bert.address).stdout.strip())
    port = link.port or 0
    _, cookies, text = _get(port, f"{link.path}test/?protocol=imap", LOOPBACK)
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    body = urlencode({**form, "protocol": "imap", "password": bert.password})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": cookies.partition(";")[0],
        "Referer": portal.url,
    }

    def attack(_number: int) -> int:
        connection = http.client.HTTPConnection(
            LOOPBACK, port, timeout=_PATIENCE_SECONDS, source_address=(ELSEWHERE, 0)
        )
        connection.request("POST", f"{link.path}test/", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(AT_ONCE) as attackers:
        statuses = attackers.map(attack, range(PRESSES))
        seconds = measured()
        answered = list(statuses)
    # One of them starts a test, the others are refused; anything else would be no attack.
    assert answered.count(302) >= 1, answered
    assert set(answered) <= {302, 422, 429, 503}, answered
    return seconds
