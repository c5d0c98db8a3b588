"""Autoconfig for one domain, a thousand and a hundred thousand, beside a bare view and beside automx2.

All in one run on one machine: what counts are the ratios. automx2 comes into an environment of its own, with
two gunicorn workers and its own seed file; at a hundred thousand domains it lists all of them in each answer,
so it is asked for one and for a thousand.
"""

import asyncio
import datetime
import json
import os
import random
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from mailsetup.clientconfig import (
    Hosting,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
    parse_address,
    resolve,
)
from mailsetup.formats import FORMATS
from tests.bench.report import Promise
from tests.faults.nameserver import FaultyNameServer
from tests.parts.daemon import free_ports

ROOT = Path(__file__).parents[2]
AUTOMX2 = ("automx2==2026.2", "gunicorn==27.0.1")
PATH = "/mail/config-v1.1.xml"
SECONDS = 6
CONNECTIONS = 16
SIZES = (1, 1000, 100_000)
PROFILES = 100
# A domain that only its MX record leads to our server, and one that nobody has here.
_BY_MX, _MX, _NOBODYS = "led-here.example", "a.mx.hoster.example", "nobodys.example"
_ASKED = """<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>
<EMailAddress>anna@%s</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load: answers a second, CPU of an answer, the slowest of a hundred."""

    rate: float
    cpu_ms: float
    p99_ms: float


def measure(folder: Path) -> list[Promise]:
    folder.mkdir(parents=True, exist_ok=True)
    promises = []
    with _granian("tests.bench.bare:application", "wsgi", {}) as (port, processes):
        bare = _load(port, processes, 1, with_address=False)
    ours: dict[tuple[int, bool], Load] = {}
    for size in SIZES:
        database = folder / f"{size}.sqlite3"
        seeding = _seed(database, size)
        if size == max(SIZES):
            promises += seeding
        with ExitStack() as stack:
            resolver = stack.enter_context(FaultyNameServer({(_BY_MX, "MX"): (f"10 {_MX}.",)}))
            environment = {
                "DATABASE_URL": f"sqlite:///{database}",
                "DEBUG": "true",
                "PORTAL_HOSTS": "portal.test",
                "PROBE_RESOLVER": "{}:{}".format(*resolver.address),
            }
            served = _granian("portal.asgi:application", "asgi", environment)
            port, processes = stack.enter_context(served)
            _wait_for_index(port)
            for with_address in (False, True):
                ours[size, with_address] = _load(port, processes, size, with_address=with_address)
            if size == 1:
                settings = len(asyncio.run(_asking(port, size, _autodiscover))) / SECONDS
                promises += _strangers(port, ours[size, True].rate)
    for with_address in (False, True):
        kind = "an address" if with_address else "a domain"
        one, many = ours[1, with_address], ours[max(SIZES), with_address]
        promises += [
            Promise(f"autoconfig of {kind}, CPU beside a bare view", one.cpu_ms / bare.cpu_ms, 2.5, "x"),
            Promise(
                f"autoconfig of {kind}, slowest of 100 beside a bare view", one.p99_ms / bare.p99_ms, 3, "x"
            ),
            Promise(
                f"autoconfig of {kind}, one domain's rate beside 100,000", one.rate / many.rate, 1 / 0.9, "x"
            ),
        ]
    for size, least in ((1, 8), (1000, 55)):
        theirs, their_settings = _automx2(folder, size)
        if size == 1:
            promises.append(
                Promise("10 x automx2's Autodiscover, beside ours", 10 * their_settings / settings, 1, "x")
            )
        rate = ours[size, True].rate
        promises.append(
            Promise(f"{least} x automx2's rate at {size} domains, beside ours", least * theirs / rate, 1, "x")
        )
    return [*promises, *_profile()]


def _strangers(port: int, known_rate: float) -> list[Promise]:
    """How much quicker a known domain is answered than one that DNS leads here, and than nobody's."""
    promises = []
    for name, status, kind in ((_BY_MX, 200, "DNS leads here"), (_NOBODYS, 404, "is nobody's")):
        assert _ask(port, name) == status
        request = _autoconfig(with_address=True)(name)
        times = asyncio.run(_asking(port, 1, lambda _domain, request=request: request, status))
        promises.append(
            Promise(f"known domain's rate beside one that {kind}", known_rate * SECONDS / len(times), 1, "x")
        )
    return promises


def _seed(database: Path, size: int) -> list[Promise]:
    """Provisions so many domains, and the same file again, in processes of their own."""
    services = [
        {"type": kind, "hostname": "mail.%EMAILDOMAIN%", "port": port, "socket_type": "SSL"}
        for kind, port in (("imap", 993), ("pop3", 995), ("smtp", 465))
    ]
    server = {"name": "one", "services": services, "mx_patterns": [_MX]}
    domains = [{"name": f"d{number}.example", "server": "one"} for number in range(size)]
    file = database.with_suffix(".json")
    file.write_text(json.dumps({"servers": [server], "domains": domains}))
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "DEBUG": "true"}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
    took, most = [], 0.0
    for _ in range(2):
        started = time.perf_counter()
        with subprocess.Popen(
            [*manage, "provision", str(file)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        ) as process:
            watched = psutil.Process(process.pid)
            while process.poll() is None:
                most = max(most, _memory(watched))
                time.sleep(0.1)
        took.append(time.perf_counter() - started)
    return [
        Promise(f"provisioning {size:,} domains", took[0], 60, "s"),
        Promise(f"provisioning {size:,} domains again", took[1], 20, "s"),
        Promise(f"provisioning {size:,} domains, memory", most, 300, "MiB"),
    ]


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 2**20
    except psutil.NoSuchProcess:
        return 0.0


@contextmanager
def _granian(
    application: str, interface: str, environment: dict[str, str]
) -> Iterator[tuple[int, list[psutil.Process]]]:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--no-ws", application]
    with _running(command, port, environment) as processes:
        yield port, processes


@contextmanager
def _running(
    command: Sequence[str], port: int, environment: dict[str, str]
) -> Iterator[list[psutil.Process]]:
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for_socket(port)
            watched = psutil.Process(process.pid)
            yield [watched, *watched.children(recursive=True)]
        finally:
            process.terminate()


def _wait_for_socket(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("The server did not start.")


def _wait_for_index(port: int) -> None:
    """The first answers come from the database; the index is there when one is quick."""
    for _ in range(100):
        started = time.perf_counter()
        assert _ask(port, f"d{random.randrange(1)}.example") == 200
        if time.perf_counter() - started < 0.005:
            time.sleep(3)
            return
        time.sleep(0.1)


def _ask(port: int, domain: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(
        "GET", f"{PATH}?emailaddress=anna%40{domain}", headers={"Host": f"autoconfig.{domain}"}
    )
    status = connection.getresponse().status
    connection.close()
    return status


def _load(port: int, processes: list[psutil.Process], size: int, *, with_address: bool) -> Load:
    before = sum(_cpu(process) for process in processes)
    times = asyncio.run(_asking(port, size, _autoconfig(with_address=with_address)))
    used = sum(_cpu(process) for process in processes) - before
    slowest = sorted(times)[int(len(times) * 0.99)]
    return Load(len(times) / SECONDS, used / len(times) * 1000, slowest * 1000)


def _cpu(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def _autoconfig(*, with_address: bool) -> Callable[[str], bytes]:
    """The request for a domain."""

    def request(domain: str) -> bytes:
        query = f"?emailaddress=anna%40{domain}" if with_address else ""
        return f"GET {PATH}{query} HTTP/1.1\r\nHost: autoconfig.{domain}\r\n\r\n".encode()

    return request


def _autodiscover(domain: str) -> bytes:
    body = _ASKED % domain
    head = f"POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: autodiscover.{domain}\r\n"
    return f"{head}Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def _asking(port: int, size: int, request: Callable[[str], bytes], status: int = 200) -> list[float]:
    """The seconds of each answer."""
    times: list[float] = []
    end = time.monotonic() + SECONDS

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < end:
            started = time.perf_counter()
            writer.write(request(f"d{random.randrange(size)}.example"))
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
            except (asyncio.IncompleteReadError, ConnectionError):
                # A worker of gunicorn's that had enough of this connection.
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                continue
            assert f" {status} ".encode() in head.partition(b"\r\n")[0], head
            await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
            times.append(time.perf_counter() - started)
            if b"connection: close" in head:
                # gunicorn's plain workers keep none.
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return times


def _profile() -> list[Promise]:
    """A profile for one address, signed with the key that most certificates have."""
    from mailsetup.discovery.signing import ProfileSigner  # noqa: PLC0415  # once Django is set up

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    signer = ProfileSigner(builder.sign(key, hashes.SHA256()), key)
    service = ServerSettings(ServiceType.IMAP, "mail.example.com", 993, SocketType.SSL)
    sending = ServerSettings(ServiceType.SMTP, "mail.example.com", 465, SocketType.SSL)
    hosting = Hosting("example.com", "example.com", Source.DOMAIN, "Example", (service, sending))
    config = resolve(parse_address("anna@example.com"), hosting, Protocol.IMAP)
    started = time.process_time()
    for _ in range(PROFILES):
        signer.sign(FORMATS["mobileconfig"].render(config))
    return [Promise("signed profile, CPU", (time.process_time() - started) / PROFILES * 1000, 8, "ms")]


def _automx2(folder: Path, size: int) -> tuple[float, float]:
    """Answers a second of automx2 at so many domains: autoconfig, Autodiscover."""
    home = folder / "automx2"
    if not home.exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin/pip", "install", "--quiet", *AUTOMX2], check=True)
    database, config = folder / f"automx2-{size}.sqlite3", folder / "automx2.conf"
    config.write_text(f"[automx2]\ndb_uri = sqlite:///{database}\nloglevel = ERROR\n")
    (port,) = free_ports(1)
    command = [
        str(home / "bin/gunicorn"),
        "--workers",
        "2",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    with ExitStack() as stack:
        environment = {"AUTOMX2_CONF": str(config)}
        stack.enter_context(_running([*command, "automx2.server:app"], port, environment))
        seed = {
            "version": 2,
            "provider": "Example Mail",
            "domains": [{"name": f"d{number}.example"} for number in range(size)],
            "servers": [
                {"name": "mail.hoster.example", "type": "imap"},
                {"name": "mail.hoster.example", "type": "pop"},
                {"name": "mail.hoster.example", "type": "smtp"},
            ],
        }
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request("POST", "/initdb/", json.dumps(seed), {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200
        connection.close()
        assert _ask(port, "d0.example") == 200, "automx2 answers with a document"
        times = asyncio.run(_asking(port, size, _autoconfig(with_address=True)))
        settings = asyncio.run(_asking(port, size, _autodiscover))
    return len(times) / SECONDS, len(settings) / SECONDS
