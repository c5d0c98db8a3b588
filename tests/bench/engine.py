"""What a probe costs the processor: the look at one service, as the worker makes it beside many others.

The queue, the rows and the pages are not in it. The servers run in another thread, whose time does not count.
"""

import ipaddress
import ssl
import time
from pathlib import Path

from mailsetup.clientconfig import ServerSettings, SocketType
from mailsetup.probes.ask import Ask
from mailsetup.probes.findings import Status
from mailsetup.probes.loop import InLoop
from mailsetup.probes.run import probe
from mailsetup.probes.vantage import Vantage
from tests.bench.late import greeting_late
from tests.bench.report import Promise
from tests.faults import ADDRESS, HOST, Authority
from tests.faults.thread import ServerThread

CROWD = 64
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
        socket_type = SocketType.SSL if tls else SocketType.PLAIN
        incoming, outgoing = (
            ServerSettings(kind, HOST, servers.listen(handler, tls), socket_type)
            for kind, handler in greeting_late().items()
        )
        ask = Ask(ADDRESS, incoming, outgoing, password=None, round_trip=False, token="")

        async def cpu_seconds() -> float:
            return time.thread_time()

        InLoop(probe(ask, vantage)).over.result()  # reads the system's roots, once for a long time
        before = InLoop(cpu_seconds()).over.result()
        crowd = [InLoop(probe(ask, vantage)) for _ in range(CROWD)]
        reports = [report for one in crowd for report in one.over.result()]
        seconds = InLoop(cpu_seconds()).over.result() - before
    assert all(step.status is not Status.FAILED for report in reports for step in report.steps)
    return seconds / (2 * CROWD) * 1000
