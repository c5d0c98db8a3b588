"""A whole installation as processes of its own: granian in front, a Celery worker behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mailsetup.clientconfig import ServiceType, SocketType
from tests.e2e.back_ends import BackEnd
from tests.mail.lab import LOOPBACK, LOOPBACK_NETWORK, MailLab
from tests.parts.daemon import Daemon, free_ports

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Person:
    """Somebody who signs in to the portal."""

    name: str
    email: str
    password: str
    staff: bool = False


OWNER = Person("Anna Lindqvist", "anna.lindqvist@customer.example", "copper-kettle-41-owner")
STRANGER = Person("Otto Fremd", "otto@elsewhere.example", "paper-anchor-77-stranger")
STAFF = Person("Sam Support", "sam@provider.example", "silver-ladder-13-staff", staff=True)


# A browser in which staff have signed in, with their second step.
_SESSION = """
from allauth.mfa.models import Authenticator
from django.test import Client
from accounts.models import User

user = User.objects.get(email={email!r})
Authenticator.objects.get_or_create(user=user, type="totp", defaults={{"data": {{"secret": "x"}}}})
browser = Client()
browser.force_login(user)
for cookie in browser.cookies.values():
    print(cookie.key, cookie.value)
"""


@dataclass(frozen=True)
class Portal:
    """What runs, and every place where it could leave something."""

    url: str
    folder: Path
    environment: dict[str, str]
    back_end: BackEnd
    lab: MailLab
    worker: Daemon
    web: Daemon

    def run_manage(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """`python manage.py …` in this installation; never raises for an exit status."""
        return _run(self.environment, "manage.py", *arguments, stdin=stdin)

    @cached_property
    def staff_session(self) -> tuple[str, str]:
        """Name and value of the cookie with which staff are signed in; a process makes it, so once."""
        done = self.run_manage("shell", "-v", "0", "-c", _SESSION.format(email=STAFF.email))
        assert done.returncode == 0, done.stderr
        name, value = done.stdout.split()
        return name, value

    def database_dump(self) -> str:
        return self.back_end.dump_database()

    def broker_dump(self) -> str:
        return self.back_end.dump_broker()

    def logs(self) -> str:
        """What the web server and the worker said, and the mail that the portal sent."""
        files = [*self.folder.glob("*.log"), *(self.folder / "mail").glob("*")]
        return "".join(path.read_text(errors="replace") for path in sorted(files))

    @contextlib.contextmanager
    def worker_held(self) -> Iterator[None]:
        """While this lasts the worker does nothing, so that what waits for it can be looked at."""
        os.kill(self.worker.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.worker.pid, signal.SIGCONT)


@contextlib.contextmanager
def running_portal(folder: Path, back_end: BackEnd, lab: MailLab, static_root: Path) -> Iterator[Portal]:
    """An installation with a customer whose mail is in `lab`, and its people."""
    (port,) = free_ports(1)
    url = f"http://{LOOPBACK}:{port}"
    environment = _environment(folder, url, back_end, lab, static_root)
    people = [vars(person) for person in (OWNER, STRANGER, STAFF)]
    content = {"provider": _provider_file(lab), "people": people}
    done = _run(environment, "-m", "tests.e2e.prepare", stdin=json.dumps(content))
    assert done.returncode == 0, done.stdout + done.stderr
    with contextlib.ExitStack() as running:
        worker = _start(folder / "worker.log", environment, "celery", *_WORKER)
        running.callback(worker.stop)
        web = _start(
            folder / "web.log", environment, "granian", *_WEB, "--host", LOOPBACK, "--port", str(port)
        )
        running.callback(web.stop)
        worker.wait_until_logged(" ready.")
        web.wait_until_listening(port)
        yield Portal(url, folder, environment, back_end, lab, worker, web)


_WORKER = (
    *("-A", "portal", "worker", "--pool=threads", "--concurrency=16", "--queues=probes,default"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=DEBUG"),
)
_WEB = ("--interface", "asgi", "portal.asgi:application", "--access-log")


def _environment(
    folder: Path, url: str, back_end: BackEnd, lab: MailLab, static_root: Path
) -> dict[str, str]:
    return {
        "SECRET_KEY": "a secret key for one run of the tests",
        "CREDENTIALS_KEY": "ZW5kLXRvLWVuZC10ZXN0cy1lbmQtdG8tZW5kLXRlc3Q=",
        "DEBUG": "false",
        "HTTPS_ONLY": "false",
        "LOG_LEVEL": "DEBUG",
        "PORTAL_HOSTS": LOOPBACK,
        "PORTAL_URL": url,
        "BRAND_NAME": "Northwind Hosting",
        "SUPPORT_PHONE": "+46 8 555 01 20",
        "STATIC_ROOT": str(static_root),
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "PROBE_HOSTS": f"{lab.host}={LOOPBACK}",
        "PROBE_ALLOWED_NETWORKS": LOOPBACK_NETWORK,
        "PROBE_CA_FILE": str(lab.ca_file),
        **back_end.environment,
    }


def _provider_file(lab: MailLab) -> dict[str, object]:
    ways = [
        (ServiceType.IMAP, SocketType.SSL),
        (ServiceType.POP3, SocketType.SSL),
        (ServiceType.SMTP, SocketType.STARTTLS),
    ]
    services = [{**lab.server_settings(*way).as_dict(), "username": "%EMAILADDRESS%"} for way in ways]
    return {
        "customers": [{"id": "test:1", "name": "Lindqvist AB", "users": [OWNER.email]}],
        "servers": [{"name": "lab", "software": "dovecot", "services": services}],
        "domains": [
            {
                "name": lab.domain,
                "server": "lab",
                "customer": "test:1",
                "mailboxes": [lab.users["anna"].address, lab.users["bert"].address],
            }
        ],
    }


def _start(log: Path, environment: dict[str, str], module: str, *arguments: str) -> Daemon:
    command = [sys.executable, "-m", module, *arguments]
    return Daemon(command, log, environment=environment, folder=REPOSITORY)


def _run(environment: dict[str, str], *arguments: str, stdin: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        cwd=REPOSITORY,
    )
