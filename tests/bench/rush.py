"""A hundred customers press "Test my connection" at the same moment: what each of them sees, and when.

Without browsers, so what is measured is one web process, two workers, PostgreSQL and Redis.
"""

import http.client
import json
import re
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from mailsetup.clientconfig import ServiceType
from tests.bench.late import greeting_late
from tests.bench.report import Promise
from tests.e2e.back_ends import BackEnd, grown_up
from tests.e2e.portal import REPOSITORY, Portal, running_portal
from tests.faults.thread import ServerThread
from tests.mail.lab import LOOPBACK, MailLab, running_mail_lab
from tests.parts.daemon import Daemon
from tests.parts.postgres import running_postgres
from tests.parts.redis_server import running_redis

PRESSES, ROUNDS, ALONE = 100, 3, 7
HOST = "mail.rush.test"
_THREADS = 40
_WORKER = (
    *("celery", "-A", "portal", "worker", "--pool=threads", f"--concurrency={_THREADS}"),
    *("--queues=probes,default", "--without-gossip", "--without-mingle", "--without-heartbeat"),
)


@dataclass(frozen=True, slots=True)
class Pressed:
    """Seconds from the press to its answer, to the first step or the place in the queue, and to the step."""

    answer: float
    seen: float
    stepped: float


def measure(folder: Path) -> list[Promise]:
    folder.mkdir()
    with (
        running_mail_lab() as lab,
        running_postgres() as postgres,
        running_redis() as redis_server,
        ServerThread() as servers,
    ):
        ports = {kind: servers.listen(handler) for kind, handler in greeting_late().items()}
        back_end = _quiet(grown_up(postgres, redis_server), lab)
        with running_portal(folder, back_end, lab, Path(settings.STATIC_ROOT)) as portal:
            sessions = _sessions(portal, ports)
            with _second_worker(portal):
                pressed = [one for _ in range(ROUNDS) for one in _round(portal, sessions)]
                alone = [_round(portal, sessions[:1])[0].stepped for _ in range(ALONE)]
    answers, seen = [one.answer for one in pressed], [one.seen for one in pressed]
    return [
        Promise("press to first step, Redis, no browser", statistics.median(alone), 0.25, "s"),
        Promise(
            f"{PRESSES} press at once, Redis, no browser: step or place, p95 (answer {_p95(answers):.2f} s)",
            _p95(seen),
            1,
            "s",
        ),
    ]


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _quiet(back_end: BackEnd, lab: MailLab) -> BackEnd:
    hosts = f"{lab.host}={LOOPBACK},{HOST}={LOOPBACK}"
    return replace(
        back_end,
        environment={**back_end.environment, "LOG_LEVEL": "WARNING", "PROBE_HOSTS": hosts},
    )


@contextmanager
def _second_worker(portal: Portal) -> Iterator[None]:
    worker = Daemon(
        [sys.executable, "-m", *_WORKER, "--loglevel=INFO"],
        portal.folder / "second.log",
        environment=portal.environment,
        folder=REPOSITORY,
    )
    try:
        worker.wait_until_logged(" ready.")
        yield
    finally:
        worker.stop()


_SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import User
for user in User.objects.filter(email__endswith="@rush.test").order_by("email"):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)
"""


def _sessions(portal: Portal, ports: dict[ServiceType, int]) -> list[str]:
    """The session of each customer, who is signed in and has a mailbox of their own."""
    for arguments, stdin in (
        (("provision", "-"), json.dumps(_provider_file(ports))),
        (("shell", "-v", "0", "-c", _SIGN_IN), ""),
    ):
        done = portal.run_manage(*arguments, stdin=stdin)
        if done.returncode:
            raise RuntimeError(done.stderr)
    return done.stdout.split()


def _round(portal: Portal, sessions: list[str]) -> list[Pressed]:
    at_once = threading.Barrier(len(sessions))
    with ThreadPoolExecutor(len(sessions)) as customers:
        pressing = [
            customers.submit(_Customer(portal, number, session).press_and_watch, at_once)
            for number, session in enumerate(sessions)
        ]
        return [press.result() for press in pressing]


class _Customer:
    """At a browser of their own, which asks for news as htmx does."""

    def __init__(self, portal: Portal, number: int, session: str) -> None:
        server = urlsplit(portal.url)
        self._form = f"/setup/anna@{_domain(number)}/test/"
        # As many people have as many addresses.
        self._from = (LOOPBACK, server.port, f"127.0.1.{number + 1}")
        self._token = f"{number:032}"
        self._headers = {"Host": server.netloc, "Cookie": f"sessionid={session}; csrftoken={self._token}"}
        self._connection = self._connect()

    def _connect(self) -> http.client.HTTPConnection:
        host, port, source = self._from
        return http.client.HTTPConnection(host, port, timeout=60, source_address=(source, 0))

    def open_form(self) -> None:
        self._ask("GET", self._form, 200)

    def press(self) -> str:
        """What takes the place of the form."""
        form = {"protocol": "imap", "password": "crowd", "csrfmiddlewaretoken": self._token}
        return self._ask("POST", self._form, 200, body=urlencode(form))

    def press_and_watch(self, at_once: threading.Barrier) -> Pressed:
        """As soon as the form of each is there; then they watch until their tests are over."""
        self.open_form()
        at_once.wait(60)
        started = time.perf_counter()
        with ThreadPoolExecutor(1) as beside:
            answer = beside.submit(self.press)
            seen = self._waits_for(answer, started)
            text = answer.result()
        answered = time.perf_counter() - started
        while not _says_something(text):
            text = self._news(text)
        seen = seen or time.perf_counter() - started
        while 'data-state="ok"' not in text:
            text = self._news(text)
        stepped = time.perf_counter() - started
        while "hx-get" in text:
            text = self._news(text)
        self._connection.close()
        return Pressed(answered, seen, stepped)

    def _waits_for(self, answer: Future[str], started: float) -> float | None:
        """When the form has said how many are before it, if it had to; it asks as the page does.

        And no more once there is nothing to say, as while the answer is on its way.
        """
        pause, seen = settings.PORTAL.turn_first_milliseconds / 1000, None
        with closing(self._connect()) as connection:
            while not wait([answer], timeout=pause).done:
                pause = settings.PORTAL.turn_milliseconds / 1000
                if not self._ask("GET", "/turn/", 200, 204, connection=connection):
                    break
                seen = seen or time.perf_counter() - started
        return seen

    def _news(self, text: str) -> str:
        """What the page shows after its next question, which comes when the page says."""
        found = re.search(r'hx-get="([^"]+)" hx-trigger="(?:load delay:([0-9]+)ms, )?every ([0-9]+)ms"', text)
        if found is None:
            raise RuntimeError("The page doesn't ask for news.")
        path, first, then = found.groups()
        time.sleep(int(first or then) / 1000)
        news = self._ask("GET", path.replace("&amp;", "&"), 200, 204)
        return news or text.replace(f"load delay:{first}ms, ", "")

    def _ask(
        self,
        method: str,
        path: str,
        expected: int,
        or_else: int = 0,
        *,
        body: str = "",
        connection: http.client.HTTPConnection | None = None,
    ) -> str:
        connection = connection or self._connection
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body or None, {**self._headers, **kind, "HX-Request": "true"})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status not in (expected, or_else):
            raise RuntimeError(f"{method} {path} was answered with {answer.status}.")
        return text


def _says_something(text: str) -> bool:
    """A step that is over, or a place in the queue."""
    return any(word in text for word in ('data-state="ok"', "You’re next", "before yours"))


def _domain(number: int) -> str:
    return f"customer-{number:03}.test"


def _provider_file(ports: dict[ServiceType, int]) -> dict[str, object]:
    services = [
        {"type": kind.value, "hostname": HOST, "port": port, "socket_type": "STARTTLS"}
        for kind, port in ports.items()
    ]
    numbers = range(PRESSES)
    return {
        "customers": [
            {"id": f"rush:{n}", "name": f"Customer {n}", "users": [f"{n:03}@rush.test"]} for n in numbers
        ],
        "servers": [{"name": "rush", "services": services}],
        "domains": [
            {"name": _domain(n), "server": "rush", "customer": f"rush:{n}", "mailboxes": []} for n in numbers
        ],
    }
