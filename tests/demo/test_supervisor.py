"""`make run` from outside: it gets ready, says how to sign in, and leaves nothing behind."""

import fcntl
import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import psutil
import pytest

from demo.__main__ import WORKER_RESTARTS_LIMIT, welcome
from demo.authenticator import code
from demo.fingerprint import CHECKOUT, fingerprint
from demo.ports import PREFERRED
from demo.state import CUSTOMER_EMAIL, STAFF_EMAIL, DemoState
from tests.demo.servers import accepts_connections, free_ports

READY_WITHIN_SECONDS = 60
# Five seconds until the supervisor kills, and some for a busy machine.
GONE_WITHIN_SECONDS = 15


RUN = ("-m", "demo")
# The same with a mail server that is missing for a moment.
RUN_IN_A_HURRY = ("-c", "from demo import __main__ as demo; demo.MAIL_SERVER_AWAY_SECONDS = 3; demo.main()")


class Demo:
    """`python -m demo` in a session of its own, so that all it ever started can be found."""

    def __init__(self, state: Path, port: int, *, program: Sequence[str] = RUN, **settings: str) -> None:
        self.port = port
        self.state = state
        self.process = subprocess.Popen(
            [sys.executable, *program],
            env={"PATH": os.environ["PATH"], "PORT": str(port), "MAILWAY_STATE": str(state), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_until_ready(self) -> str:
        """What it printed up to the line that says how to stop it."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if "Ctrl-C" in line:
                return said
        raise AssertionError(f"It ended before it was ready:\n{said}\n{self.process.communicate()[1]}")

    def running(self) -> list[psutil.Process]:
        """Each has its command line in `info`, empty for one that has just ended."""
        return [process for process in psutil.process_iter(["cmdline"]) if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            ours = os.getsid(process.pid) == self.process.pid
            return ours and process.status() != psutil.STATUS_ZOMBIE
        except (ProcessLookupError, psutil.NoSuchProcess):
            return False

    def clear_away(self) -> None:
        for process in self.running():
            # One goes when another does.
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.communicate()


class Browser:
    """Cookies and forms, without scripts."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        with self.opener.open(f"{self.address}{path}", timeout=20) as answer:
            return answer.read().decode()

    def address_after(self, path: str) -> str:
        """Where one is in the end."""
        with self.opener.open(f"{self.address}{path}", timeout=20) as answer:
            return answer.url.removeprefix(self.address)

    def send(self, path: str, **fields: str) -> None:
        [token] = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))[:1]
        form = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        self.opener.open(f"{self.address}{path}", data=form, timeout=20).close()


def wait_for(fact: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests here: the first start prepares it, the others are second starts."""
    return tmp_path_factory.mktemp("demo-state")


@pytest.fixture(scope="module")
def port() -> int:
    """One for all tests here: on another the demo would be prepared again."""
    return free_ports(1)[0]


@pytest.fixture
def demo(state: Path, port: int) -> Iterator[Demo]:
    started = Demo(state, port)
    try:
        yield started
    finally:
        started.clear_away()


def ports_in(said: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?:IMAP|POP3|SMTP) (\d+)", said)]


def test_it_gets_ready_and_ctrl_c_stops_everything(demo: Demo) -> None:
    said = demo.wait_until_ready()
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=10)
    connection.request("GET", "/accounts/login/")
    assert connection.getresponse().status == 200
    connection.close()
    assert f"http://127.0.0.1:{demo.port}/" in said
    assert re.search("second step +a code of an authenticator app", said)
    assert "otpauth://totp/Northwind%20Hosting%3Asupport%40northwind.example?secret=" in said
    assert re.findall(r"^  (\d)\. ", said, re.MULTILINE) == ["1", "2", "3", "4", "5"]
    assert re.search("on a phone +make run HOST=", said)
    mail_ports = ports_in(said)
    assert len(mail_ports) == 3
    assert all(accepts_connections(port) for port in mail_ports)
    assert len(demo.running()) >= 4

    demo.process.send_signal(signal.SIGINT)
    _, errors = demo.process.communicate(timeout=GONE_WITHIN_SECONDS)
    assert (demo.process.returncode, errors) == (0, "")
    assert demo.running() == []
    assert not any(accepts_connections(port) for port in (demo.port, *mail_ports))


def test_a_visitor_finds_tests_of_before_and_servers_that_fail(demo: Demo, state: Path) -> None:
    demo.wait_until_ready()
    with closing(sqlite3.connect(state / "mailway.sqlite3")) as connection:
        tests = connection.execute(
            "SELECT address, verdict, causes, julianday('now') - julianday(created_at) > 1 "
            "FROM connection_tests_connectiontest ORDER BY created_at"
        ).fetchall()
        customers = connection.execute("SELECT count(*) FROM accounts_customer").fetchone()
    assert tests == [
        ("info@kaffehuset.example", "failed", '["cert_wrong_name"]', 1),
        ("anna@lindqvist.example", "failed", '["auth_failed"]', 1),
        ("anna@lindqvist.example", "passed", "[]", 1),
        ("office@lindqvist.example", "passed", "[]", 1),
    ]
    assert customers == (2,)


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("hej@smörgåsbutiken.example", "passed"),
        ("anna@lindqvistbygg.example", "passed"),
        ("info@kaffehuset.example", "failed  cert_wrong_name"),
        ("info@fjordbygg.example", "failed  tcp_refused"),
    ],
)
def test_its_domains_are_what_it_says_of_them(demo: Demo, state: Path, address: str, verdict: str) -> None:
    demo.wait_until_ready()
    told = DemoState.in_folder(state)
    file = state / "typed-password"
    mailboxes = {"hej@smörgåsbutiken.example": "hej@xn--smrgsbutiken-wcb9u.example"}
    file.write_text(told.mailboxes.passwords.get(mailboxes.get(address, CUSTOMER_EMAIL), ""))
    done = subprocess.run(
        [sys.executable, "manage.py", "test_connection", address, "--password-file", str(file)],
        env={**os.environ, **told.settings("127.0.0.1", {})},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1].strip() == verdict, done


def test_staff_sign_in_with_what_is_printed(demo: Demo, state: Path) -> None:
    demo.wait_until_ready()
    told = DemoState.in_folder(state)
    browser = Browser(demo.port)
    browser.send("/accounts/login/", login=STAFF_EMAIL, password=told.staff_password)
    browser.send("/accounts/2fa/authenticate/", code=code(told.authenticator_key, time.time()))
    page = browser.get("/admin/")
    assert "What would you like to do?" in page
    assert "Northwind Hosting admin" in page
    [line] = re.findall('<p class="spellings".*?</p>', browser.get("/desk/"))
    examples = re.findall("<code>([^<]+)</code>", line)
    pages = [browser.address_after(f"/desk/?{urlencode({'q': example})}") for example in examples]
    assert pages == [
        "/desk/addresses/anna@lindqvist.example/",
        "/desk/customers/1/?person=1#person-1",
        "/desk/domains/lindqvist.example/",
        "/desk/customers/1/",
        "/desk/tests/7K4Q-29XV/",
    ]


def test_it_stops_everything_when_the_web_server_dies(demo: Demo) -> None:
    demo.wait_until_ready()
    part(demo, "granian").kill()
    _, errors = demo.process.communicate(timeout=GONE_WITHIN_SECONDS)
    assert demo.process.returncode == 1
    assert errors.startswith("The web server ended unexpectedly.")
    assert demo.running() == []


def test_without_its_mail_server_it_goes_on_says_so_and_starts_it_again(state: Path, port: int) -> None:
    demo = Demo(state, port, program=RUN_IN_A_HURRY)
    try:
        mail_ports = ports_in(demo.wait_until_ready())
        for _again in range(2):
            part(demo, "demo.mailserver").kill()
            assert "The mail server ended by SIGKILL, so tests of its mailboxes fail now" in next_line(demo)
            assert not any(map(accepts_connections, mail_ports))
            assert Browser(port).get("/healthz")
            assert next_line(demo) == "The mail server was started again.\n"
            assert wait_for(lambda: all(map(accepts_connections, mail_ports)), READY_WITHIN_SECONDS)
        assert demo.process.poll() is None
    finally:
        demo.clear_away()


def part(demo: Demo, module: str) -> psutil.Process:
    """What it started; granian gives its process another title."""
    children = (process for process in demo.running() if process.ppid() == demo.process.pid)
    return next(child for child in children if module in " ".join(child.cmdline()))


def next_line(demo: Demo) -> str:
    assert demo.process.stdout is not None
    return demo.process.stdout.readline()


def test_a_worker_that_dies_is_started_again_but_not_for_ever(demo: Demo) -> None:
    demo.wait_until_ready()

    def workers() -> set[psutil.Process]:
        # Celery gives its process another title once it runs.
        title = re.compile("demo.worker|celeryd")
        return {child for child in demo.running() if title.search(" ".join(child.info["cmdline"] or []))}

    killed: set[psutil.Process] = set()
    for _ in range(WORKER_RESTARTS_LIMIT + 1):
        assert demo.process.poll() is None
        assert wait_for(lambda: bool(workers() - killed), GONE_WITHIN_SECONDS)
        for worker in workers():
            killed.add(worker)
            with suppress(psutil.NoSuchProcess):
                worker.kill()
    said, errors = demo.process.communicate(timeout=GONE_WITHIN_SECONDS)
    assert said.count("The worker ended by SIGKILL and was started again.") == WORKER_RESTARTS_LIMIT
    assert demo.process.returncode == 1
    assert errors.startswith("The worker ended unexpectedly. The end of")
    assert demo.running() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_nothing_stays_when_the_supervisor_is_killed(demo: Demo) -> None:
    demo.wait_until_ready()
    demo.process.kill()
    assert wait_for(lambda: demo.running() == [], GONE_WITHIN_SECONDS), demo.running()


def test_taken_port_is_said_with_the_way_out(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = Demo(state, port)
        _, errors = demo.process.communicate(timeout=READY_WITHIN_SECONDS)
    assert demo.process.returncode == 1
    assert errors == f"Port {port} is in use. Start with another: make run PORT={port + 1}\n"


def test_second_demo_on_the_same_data_is_refused_and_not_sent_to_another_port(state: Path) -> None:
    with (state / "lock").open("w") as lock, socket.create_server(("127.0.0.1", 0)) as taken:
        fcntl.flock(lock, fcntl.LOCK_EX)
        demo = Demo(state, taken.getsockname()[1])
        _, errors = demo.process.communicate(timeout=READY_WITHIN_SECONDS)
    assert demo.process.returncode == 1
    assert errors.startswith(f"Another `make run` is using {state}.")


def test_everything_it_keeps_is_private(demo: Demo, state: Path) -> None:
    demo.wait_until_ready()
    assert state.stat().st_mode & 0o077 == 0
    secret_files = [state / name for name in ("secret-key", "credentials-key", "demo.env", "staff-password")]
    assert [path for path in secret_files if path.stat().st_mode & 0o077] == []


def prepare(state: DemoState, *, imap_port: int) -> None:
    environment = {**os.environ, **state.settings("127.0.0.1", {})}
    ports = (f"--imap-port={imap_port}", "--pop3-port=10995", "--smtp-port=10465")
    command = [sys.executable, "-m", "demo.preparation", "--state", str(state.folder), *ports]
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True)


def test_its_data_of_an_earlier_version_is_made_anew(tmp_path: Path) -> None:
    """The tables of before can't be taken over, and nobody should have to clear up after `make run`."""
    state = DemoState.in_folder(tmp_path)
    file = tmp_path / "mailway.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE mailsetup_server (id integer PRIMARY KEY)")
    prepare(state, imap_port=10993)
    with closing(sqlite3.connect(file)) as connection:
        domains = connection.execute("SELECT count(*) FROM hosting_domain").fetchall()
        before = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'mailsetup_server'").fetchall()
    assert (domains, before) == ([(5,)], [])


def test_a_customer_with_another_address_is_not_made_again(tmp_path: Path) -> None:
    state = DemoState.in_folder(tmp_path)
    prepare(state, imap_port=10993)
    assert state.customer_email == CUSTOMER_EMAIL
    with closing(sqlite3.connect(state.database)) as connection, connection:
        for table in ("accounts_user", "account_emailaddress"):
            change = f"UPDATE {table} SET email = 'anna@new.example' WHERE email = ?"
            connection.execute(change, [CUSTOMER_EMAIL])
        connection.execute(
            "INSERT INTO accounts_formeraddress (email, customer_id, user_id) "
            "SELECT ?, customer_id, user_id FROM accounts_membership "
            "JOIN accounts_user ON accounts_user.id = user_id WHERE accounts_user.email = 'anna@new.example'",
            [CUSTOMER_EMAIL],
        )
    settings = state.settings("127.0.0.1", {})

    prepare(state, imap_port=10144)

    with closing(sqlite3.connect(state.database)) as connection:
        people = connection.execute("SELECT email FROM accounts_user ORDER BY email").fetchall()
    assert people == [("anna@new.example",), ("erik@bergstrom.example",), (STAFF_EMAIL,)]
    assert re.search(
        r"sign in as +anna@new\.example", welcome(state, "http://x/", PREFERRED, tmp_path / "demo.env")
    )
    prepared = fingerprint(state, settings, PREFERRED)
    with closing(sqlite3.connect(state.database)) as connection, connection:
        connection.execute("UPDATE accounts_user SET password = '!' WHERE email = 'anna@new.example'")
    assert fingerprint(state, settings, PREFERRED) != prepared


def test_whoever_lets_the_network_in_is_not_told_how(state: Path) -> None:
    said = welcome(DemoState.in_folder(state), "http://192.0.2.1:8000/", PREFERRED, state / "demo.env")
    assert "http://192.0.2.1:8000/admin/" in said
    assert "HOST=" not in said


def test_it_is_prepared_again_when_something_changed(state: Path) -> None:
    """A second start is quick because it skips the preparation, and must not skip it wrongly."""
    prepared = DemoState.in_folder(state)
    settings = prepared.settings("127.0.0.1", {})
    before = fingerprint(prepared, settings, PREFERRED)
    assert before == fingerprint(prepared, settings, PREFERRED)
    assert fingerprint(prepared, settings, replace(PREFERRED, imap=10144)) != before
    assert fingerprint(prepared, {**settings, "SECRET_KEY": "another"}, PREFERRED) != before
    assert fingerprint(prepared, {**settings, "DATABASE_URL": "sqlite:///elsewhere"}, PREFERRED) == ""
    with closing(sqlite3.connect(prepared.database)) as connection, connection:
        connection.execute("UPDATE accounts_user SET password = '!' WHERE email = ?", [CUSTOMER_EMAIL])
    assert fingerprint(prepared, settings, PREFERRED) != before


def test_a_wrong_setting_is_said_in_a_sentence(state: Path) -> None:
    demo = Demo(state, free_ports(1)[0], INVITATIONS_PER_HOUR_LIMIT="many")
    _, errors = demo.process.communicate(timeout=READY_WITHIN_SECONDS)
    assert demo.process.returncode == 1
    assert "INVITATIONS_PER_HOUR_LIMIT" in errors
    assert "Traceback" not in errors
