"""`make run`: prepares the demo, starts portal, worker and mail server, and stops them together.

PORT=8000 HOST=127.0.0.1 MAILWAY_STATE=var python -m demo
"""

import fcntl
import os
import shlex
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from demo.authenticator import app_address
from demo.children import Child, first_ended, stop, wait_until_ready
from demo.fingerprint import CHECKOUT, fingerprint
from demo.ports import LOCAL, MailPorts, answers_healthz, free_mail_ports, is_free, listens
from demo.private_files import private_folder, write_private
from demo.state import CUSTOMER_EMAIL, STAFF_EMAIL, WILDCARDS, DemoState

PYTHON = (sys.executable, "-m")
READY_WITHIN_SECONDS = 60.0
WATCH_SECONDS = 0.2
# Time enough to see what a test says then.
MAIL_SERVER_AWAY_SECONDS = 120
WORKER_RESTARTS_LIMIT = 5
WORKER_RESTARTS_SECONDS = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRunError(Exception):
    """One plain sentence for the person at the terminal."""


class StopRequested(BaseException):
    """Raised by the signal handler; no `except Exception` on the way may swallow it."""


class Supervisor:
    def __init__(self, host: str, port: int, folder: Path) -> None:
        self.host = host
        self.port = port
        self.folder = folder
        self.children: list[Child] = []

    def run(self) -> None:
        """Returns never: ends with CannotRunError or StopRequested, and then no child is left."""
        # Another one on the same data has most likely the port as well, and a second port would not help.
        with self._only_one():
            self._check_port()
            try:
                self._watch(*self._start())
            finally:
                for number in STOP_SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
                # The worker looks for a signal every two seconds only, so this takes a moment.
                say("\nStopping …")
                stop(self.children)

    def _check_port(self) -> None:
        try:
            free = is_free(self.listen_address, self.port)
        except OSError as error:
            reason = error.strerror.lower()
            raise CannotRunError(f"The portal can't listen on HOST={self.host}: {reason}.") from None
        if not free:
            raise CannotRunError(
                f"Port {self.port} is in use. Start with another: make run PORT={self.port + 1}"
            )

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        with (private_folder(self.folder) / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotRunError(
                    f"Another `make run` is using {self.folder}. Stop it first, or keep this one's data "
                    "elsewhere with MAILWAY_STATE."
                ) from None
            yield

    def _start(self) -> tuple[Child, Child, Mapping[str, str]]:
        """Mail server, worker and what they run with, for when one of the two has to be started again."""
        say("Starting Mailway …")
        state = DemoState.in_folder(self.folder)
        settings = state.settings(self.host, os.environ)
        if not os.environ.get("PORTAL_URL"):
            settings["PORTAL_URL"] = self.address  # PORTAL_HOSTS knows no port
        shell_file = state.write_shell_file(settings)
        environment = {**settings, **os.environ}
        mail_ports = free_mail_ports()
        mail_server = self._mail_server(state, mail_ports)
        web = self._web(state)
        worker = self._worker(state)
        self.children = [mail_server, web, worker]
        # The mail server needs nothing of the portal, so it starts while the database is prepared.
        mail_server.start(environment, CHECKOUT)
        prepared = self.folder / "prepared"
        found = fingerprint(state, environment, mail_ports)
        if not found or not prepared.exists() or prepared.read_text() != found:
            self._prepare(state, mail_ports, environment)
            write_private(prepared, fingerprint(state, environment, mail_ports).encode())
        for child in (web, worker):
            child.start(environment, CHECKOUT)
        trouble = wait_until_ready(self.children, READY_WITHIN_SECONDS)
        if trouble is not None:
            raise CannotRunError(account_of(trouble))
        say(welcome(state, self.address, mail_ports, shell_file))
        return mail_server, worker, environment

    def _prepare(self, state: DemoState, mail_ports: MailPorts, environment: Mapping[str, str]) -> None:
        preparation = Child(
            "preparation",
            [*PYTHON, "demo.preparation", "--state", str(state.folder), *mail_ports.as_options(), "--past"],
            state.logs / "preparation.log",
            lambda: preparation.exit_status == 0,
        )
        self.children.append(preparation)
        preparation.start(environment, CHECKOUT)
        if wait_until_ready([preparation], READY_WITHIN_SECONDS) is not None:
            said = preparation.exit_status == os.EX_CONFIG
            raise CannotRunError(preparation.last_words() if said else account_of(preparation))
        self.children.remove(preparation)

    def _watch(self, mail_server: Child, worker: Child, environment: Mapping[str, str]) -> None:
        """A worker that ends is started again, unless it keeps ending; without the web server all is over.

        A mail server that ends is missing for a while: so does it at a provider, and the portal says so.
        """
        others = [child for child in self.children if child is not mail_server]
        missed_since: float | None = None
        while True:
            if missed_since is None and mail_server.has_ended:
                missed_since = time.monotonic()
                say(
                    f"The mail server ended{mail_server.how_it_ended()}, so tests of its mailboxes fail now; "
                    f"it is started again in {MAIL_SERVER_AWAY_SECONDS} seconds."
                )
            elif missed_since is not None and time.monotonic() - missed_since > MAIL_SERVER_AWAY_SECONDS:
                missed_since = None
                mail_server.start(environment, CHECKOUT)
                say("The mail server was started again.")
            ended = first_ended(others)
            if ended is worker and worker.starts_within(WORKER_RESTARTS_SECONDS) <= WORKER_RESTARTS_LIMIT:
                how = worker.how_it_ended()
                worker.signal_group(signal.SIGKILL)
                worker.start(environment, CHECKOUT)
                say(f"The worker ended{how} and was started again.")
            elif ended is not None:
                raise CannotRunError(account_of(ended))
            time.sleep(WATCH_SECONDS)

    @property
    def listen_address(self) -> str:
        """An IP address, because granian takes no name; raises OSError for a name that nobody knows."""
        return self.host if ":" in self.host else socket.gethostbyname(self.host)

    @property
    def reachable_host(self) -> str:
        """Where this machine reaches the portal, also when it listens on every address."""
        return LOCAL if self.host in WILDCARDS else self.host

    @property
    def address(self) -> str:
        name = f"[{self.reachable_host}]" if ":" in self.reachable_host else self.reachable_host
        return f"http://{name}:{self.port}/"

    def _mail_server(self, state: DemoState, ports: MailPorts) -> Child:
        return Child(
            "mail server",
            [*PYTHON, "demo.mailserver", "--state", str(state.mail), *ports.as_options()],
            state.logs / "mailserver.log",
            lambda: all(map(listens, (ports.imap, ports.pop3, ports.smtp))),
        )

    def _web(self, state: DemoState) -> Child:
        address = ("--host", self.listen_address, "--port", str(self.port))
        capacity = ("--workers", "1", "--backpressure", "4096", "--http1-header-read-timeout", "10000")
        return Child(
            "web server",
            [*PYTHON, "granian", "--interface", "asgi", *address, *capacity, "portal.asgi:application"],
            state.logs / "web.log",
            lambda: answers_healthz(self.reachable_host, self.port),
        )

    def _worker(self, state: DemoState) -> Child:
        sign = self.folder / "worker-is-ready"
        sign.unlink(missing_ok=True)
        command = [*PYTHON, "demo.worker", str(sign)]
        return Child("worker", command, state.logs / "worker.log", sign.exists)


def account_of(child: Child) -> str:
    happened = "ended unexpectedly" if child.has_ended else "did not become ready"
    return f"The {child.name} {happened}. The end of {child.log}:\n\n{child.last_words()}"


def welcome(state: DemoState, address: str, ports: MailPorts, shell_file: Path) -> str:
    # A phone that scans a code would look for the portal on itself.
    only_here = address.startswith(f"http://{LOCAL}:")
    for_phones = [("Try it on a phone", "make run HOST=this machine's address")] if only_here else []
    elsewhere = f"MAILWAY_STATE={shlex.quote(str(state.folder))} " if state.folder != CHECKOUT / "var" else ""
    code_command = f"{elsewhere}{PYTHON[0]} -m demo.authenticator"
    sign_ins = [
        ("Portal", address),
        ("  sign in as", state.customer_email),
        ("  password", state.customer_password),
        ("Mailbox to test", CUSTOMER_EMAIL),
        ("  password", state.mailboxes.passwords[CUSTOMER_EMAIL]),
        ("  on this machine", f"IMAP {ports.imap}, POP3 {ports.pop3}, SMTP {ports.smtp}"),
        ("Support staff", f"{address}admin/"),
        ("  sign in as", STAFF_EMAIL),
        ("  password", state.staff_password),
        ("  second step", f"a code of an authenticator app, or of: {code_command}"),
        ("  for the app", app_address(state.authenticator_key, "Northwind Hosting")),
        *for_phones,
        ("Mail from the portal", f"{state.sent_mail}  (sign-in codes, links to reset a password)"),
        ("Commands", f". {shlex.quote(str(shell_file))} && {PYTHON[0]} manage.py help"),
    ]
    lines = "\n".join(f"  {label:<22}{value}" for label, value in sign_ins)
    tries = "\n".join(f"  {number}. {text}" for number, text in enumerate(_to_try(address), 1))
    return f"\nMailway is ready.\n\n{lines}\n\nFive things to try:\n\n{tries}\n\nCtrl-C stops everything."


def _to_try(address: str) -> tuple[str, ...]:
    return (
        f"Set up {CUSTOMER_EMAIL} in any app: the steps have its own values in them.",
        "Press “Test my connection” with the mailbox's password, and see mail go round. Then end its server, "
        "`pkill -f demo.mailserver`, and test again.",
        "Test info@kaffehuset.example and info@fjordbygg.example with any password: their servers are broken "
        "on purpose.",
        f"Ask what mail programs ask: curl '{address}mail/config-v1.1.xml?emailaddress={CUSTOMER_EMAIL}'",
        "Be support: sign in as staff in a private window, find Anna's tests, and look at a server's page.",
    )


def say(text: str) -> None:
    # After SIGHUP the terminal is gone, and that must not keep the children from being stopped.
    with suppress(OSError):
        print(text, flush=True)


def port_from_environment() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotRunError(f"PORT is “{text}” and should be a number from 1 to 65535.")
    return int(text)


def request_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopRequested


def main() -> int:
    for number in STOP_SIGNALS:
        signal.signal(number, request_stop)
    try:
        folder = Path(os.environ.get("MAILWAY_STATE") or CHECKOUT / "var").resolve()
        Supervisor(os.environ.get("HOST") or LOCAL, port_from_environment(), folder).run()
    except StopRequested:
        say("Stopped.")
    except CannotRunError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
