"""What a probe costs the processor: the look at one service, as the worker makes it in a thread of its own.

The queue, the rows and the pages are not in it. The servers run in another thread, whose time does not count.
"""

import asyncio
import ipaddress
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.ask import Ask
from mailsetup.probes.findings import Status
from mailsetup.probes.run import probe
from mailsetup.probes.vantage import Vantage
from tests.bench.report import Promise
from tests.faults import ADDRESS, HOST, Authority
from tests.faults.thread import Handler, ServerThread

CROWD = 64
GREETING_SECONDS = 2
# What else the machine does only adds to it, so the least of a few is what a probe costs.
ROUNDS = 3


def measure(folder: Path) -> list[Promise]:
    folder.mkdir()
    authority = Authority(folder)
    return [
        Promise("CPU of a probe", min(_milliseconds(authority, None) for _ in range(ROUNDS)), 1.5, "ms"),
        Promise(
            "CPU of a probe with TLS",
            min(_milliseconds(authority, authority.good()) for _ in range(ROUNDS)),
            6,
            "ms",
        ),
    ]


def _milliseconds(authority: Authority, tls: ssl.SSLContext | None) -> float:
    """CPU of one of two probes in each of so many tests at once, whose servers greet late."""
    vantage = Vantage(
        allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),),
        ca_file=authority.ca_file,
        hosts={HOST: ("127.0.0.1",)},
    )
    with ServerThread() as servers:
        answers = {
            ServiceType.IMAP: {
                b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\nm1 OK done\r\n",
                b"LOGOUT": b"m2 OK bye\r\n",
            },
            ServiceType.SMTP: {b"EHLO": b"250-here\r\n250 AUTH PLAIN\r\n", b"QUIT": b"221 bye\r\n"},
        }
        greetings = {ServiceType.IMAP: b"* OK ready\r\n", ServiceType.SMTP: b"220 here\r\n"}
        socket_type = SocketType.SSL if tls else SocketType.PLAIN
        incoming, outgoing = (
            ServerSettings(
                kind, HOST, servers.listen(_greets_late(greetings[kind], answers[kind]), tls), socket_type
            )
            for kind in greetings
        )
        ask = Ask(ADDRESS, incoming, outgoing, password=None, round_trip=False, token="")

        def one(_number: int) -> float:
            started = time.thread_time()
            reports = asyncio.run(probe(ask, vantage))
            assert all(step.status is not Status.FAILED for report in reports for step in report.steps)
            return time.thread_time() - started

        one(0)  # reads the system's roots, once for a long time
        with ThreadPoolExecutor(CROWD) as crowd:
            seconds = sum(crowd.map(one, range(CROWD)))
    return seconds / (2 * CROWD) * 1000


def _greets_late(greeting: bytes, answers: dict[bytes, bytes]) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(GREETING_SECONDS)
        writer.write(greeting)
        while line := await reader.readline():
            writer.write(next(answers[word] for word in answers if word in line))
            await writer.drain()

    return handler
