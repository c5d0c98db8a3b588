"""Programs that ask without a pause, over sixteen connections at once."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection

import psutil

PATH = "/mail/config-v1.1.xml"
SECONDS = 6
CONNECTIONS = 16
# What is compared is asked in turns, so that a machine that slows down in between slows down both.
ROUNDS = 10
TURN_SECONDS = 1
_ASKED = """<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>
<EMailAddress>anna@%s</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>"""


@dataclass(frozen=True, slots=True)
class Server:
    """Where one listens, and its processes."""

    port: int
    processes: tuple[psutil.Process, ...]

    def cpu_seconds(self) -> float:
        times = [process.cpu_times() for process in self.processes]
        return float(sum(used.user + used.system for used in times))


@dataclass(frozen=True, slots=True)
class Target:
    """A server, what it is asked, anew each time, and the status that it has to answer with."""

    server: Server
    request: Callable[[], bytes]
    status: int = 200


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load: answers a second, CPU of an answer, the slowest of a hundred."""

    rate: float
    cpu_ms: float
    p99_ms: float


def autoconfig(domain: str, *, with_address: bool) -> bytes:
    query = f"?emailaddress=anna%40{domain}" if with_address else ""
    return f"GET {PATH}{query} HTTP/1.1\r\nHost: autoconfig.{domain}\r\n\r\n".encode()


def autodiscover(domain: str) -> bytes:
    body = _ASKED % domain
    head = f"POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: autodiscover.{domain}\r\n"
    return f"{head}Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def one_of(size: int) -> str:
    """Any of the domains that were provisioned (tests.bench.provisioning)."""
    return f"d{random.randrange(size)}.example"


def load(target: Target, seconds: float = SECONDS) -> Load:
    before = target.server.cpu_seconds()
    times = asyncio.run(_asking(target, seconds))
    used = target.server.cpu_seconds() - before
    slowest = sorted(times)[int(len(times) * 0.99)]
    return Load(len(times) / seconds, used / len(times) * 1000, slowest * 1000)


def cpu_beside(first: Target, second: Target) -> float:
    """The CPU of one of the first's answers divided by that of the second's: the median of the rounds.

    It says how many answers a processor has time for. Answers a second would say as much of the program
    that asks, which shares the machine with the server, and with whatever else runs there.
    """
    ratios = []
    for number in range(ROUNDS):
        # Neither is always the one that comes first.
        turns = (first, second) if number % 2 else (second, first)
        used = {target: load(target, TURN_SECONDS).cpu_ms for target in turns}
        ratios.append(used[first] / used[second])
    return statistics.median(ratios)


def ask(port: int, domain: str) -> int:
    """The status of one answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(
        "GET", f"{PATH}?emailaddress=anna%40{domain}", headers={"Host": f"autoconfig.{domain}"}
    )
    status = connection.getresponse().status
    connection.close()
    return status


async def _asking(target: Target, seconds: float) -> list[float]:
    """The seconds of each answer."""
    times: list[float] = []
    end = time.monotonic() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.server.port)
        while time.monotonic() < end:
            started = time.perf_counter()
            writer.write(target.request())
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
            except (asyncio.IncompleteReadError, ConnectionError):
                # A worker of gunicorn's that had enough of this connection.
                reader, writer = await asyncio.open_connection("127.0.0.1", target.server.port)
                continue
            assert f" {target.status} ".encode() in head.partition(b"\r\n")[0], head
            await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
            times.append(time.perf_counter() - started)
            if b"connection: close" in head:
                # gunicorn's plain workers keep none.
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", target.server.port)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return times
