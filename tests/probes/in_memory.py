"""A whole test in one event loop, without sockets and handshakes: fast enough for thousands of them.

What the servers send goes through the real stream, drivers, recorder and order of steps.
"""

import asyncio
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from mailsetup.clientconfig import ServerSettings
from mailsetup.probes import channel, dialer
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.ask import Ask
from mailsetup.probes.findings import Code, ServiceReport
from mailsetup.probes.run import probe
from mailsetup.probes.vantage import Vantage
from mailsetup.probes.wire.network import Answer, Attempt, Connection
from mailsetup.probes.wire.stream import ByteBudget, DataBeforeTls, LineStream
from mailsetup.probes.wire.tls import Handshake
from tests.faults import ADDRESS, HOST, PASSWORD
from tests.faults.thread import Handler

TOKEN = "7K4Q-29XM"
ADDRESS_OF_ALL = ipaddress.ip_address("192.0.2.1")
NETWORKS = (ipaddress.ip_network("192.0.2.0/24"),)
# Nothing here takes time but what waits in vain.
HURRIED = ProbeSettings(
    probe_push_seconds=0.02,
    probe_arrive_seconds=0.02,
    probe_arrival_poll_seconds=0.02,
    probe_quit_seconds=0.1,
    probe_close_seconds=0.05,
)


class Server:
    """`handler` on a port; `limit` is how many bytes it sends over all connections, `ending` their end."""

    def __init__(self, handler: Handler, limit: int | None = None, ending: Exception | None = None) -> None:
        self.handler, self.limit, self.ending = handler, limit, ending
        self.sent = 0


class _Wire(asyncio.Transport):
    """Both ends of one connection: the client's transport, and the writer of the server."""

    def __init__(self, server: Server, stream: LineStream, *, implicit: bool) -> None:
        super().__init__()
        self.server, self.stream, self.reader = server, stream, asyncio.StreamReader()
        self.transport, self.ended = self, False
        self.task: asyncio.Task[None] | None = None
        self._known = {"sockname": ("192.0.2.2", 40_000), "sslcontext": implicit or None}
        stream.connection_made(self)
        # With implicit TLS the server waits for the handshake.
        if not implicit:
            self.begin()

    def begin(self) -> None:
        self.task = self.task or asyncio.get_running_loop().create_task(self._serve_until_it_ends())

    async def _serve_until_it_ends(self) -> None:
        if self.server.limit is not None and self.server.sent >= self.server.limit:
            self.end(self.server.ending)
        with suppress(OSError, EOFError, ValueError):
            await self.server.handler(self.reader, self)  # type: ignore[arg-type]  # as much of one as it needs
        self.end(None)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._known.get(name, default)

    def write(self, data: Any) -> None:
        """Of the client by its stream, of the server by its handler: only the latter runs in the task."""
        if asyncio.current_task() is self.task:
            self._serve(bytes(data))
        elif not self.ended:
            self.reader.feed_data(bytes(data))

    def _serve(self, data: bytes) -> None:
        server = self.server
        if server.limit is not None:
            data = data[: max(server.limit - server.sent, 0)]
        server.sent += len(data)
        if data and not self.ended:
            self.stream.data_received(data)
        if server.limit is not None and server.sent >= server.limit:
            self.end(server.ending)

    async def drain(self) -> None:
        await asyncio.sleep(0)

    async def start_tls(self, _context: object) -> None:
        return

    def abort(self) -> None:
        self.end(None)

    def end(self, ending: Exception | None) -> None:
        if not self.ended:
            self.ended = True
            self.reader.feed_eof()
            self.stream.connection_lost(ending)


@contextmanager
def without_sockets(servers: dict[int, Server], implicit: dict[int, bool]) -> Iterator[None]:
    """Every connection leads to the server of its port, and every handshake is well."""

    async def dial(_address: object, port: int, budget: ByteBudget, limits: ProbeSettings) -> LineStream:
        stream = LineStream(budget, limits.probe_line_max_bytes)
        _Wire(servers[port], stream, implicit=implicit[port])
        return stream

    async def connect(_all: object, port: int, budget: ByteBudget, limits: ProbeSettings) -> Connection:
        stream = await dial(ADDRESS_OF_ALL, port, budget, limits)
        return Connection(stream, Answer(ADDRESS_OF_ALL, 0), (Attempt(ADDRESS_OF_ALL, Code.OK, 0),))

    async def start_tls(stream: LineStream, _context: object, _name: str) -> None:
        await asyncio.sleep(0)
        if stream._buffer:
            raise DataBeforeTls
        if stream._ended:
            raise stream._broken_off()
        assert isinstance(stream._transport, _Wire)
        stream._transport.begin()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialer, "dial", dial)
        patch.setattr(channel, "connect", connect)
        # What is asked once a day was asked: it goes over connections of its own.
        patch.setattr("mailsetup.probes.beside._Remembered.get", lambda *_which: True)
        patch.setattr(channel, "handshake_of", lambda _stream: Handshake("TLSv1.3", "a cipher", ()))
        patch.setattr("mailsetup.probes.diagnosis.handshake_of", lambda _: Handshake("TLSv1.3", "c", ()))
        patch.setattr(LineStream, "start_tls", start_tls)
        yield


def run(
    incoming: tuple[ServerSettings, Server],
    outgoing: tuple[ServerSettings, Server],
    *,
    limits: ProbeSettings = HURRIED,
    round_trip: bool = True,
    password: str = PASSWORD,
) -> tuple[ServiceReport, ServiceReport]:
    """Reports of both services."""
    both = (incoming, outgoing)
    servers = {settings.port: server for settings, server in both}
    implicit = {settings.port: settings.socket_type == "SSL" for settings, _server in both}
    vantage = Vantage(hosts={HOST: (str(ADDRESS_OF_ALL),)}, allowed_networks=NETWORKS, limits=limits)
    ask = Ask(ADDRESS, incoming[0], outgoing[0], password, round_trip, TOKEN)
    with without_sockets(servers, implicit):
        return asyncio.run(probe(ask, vantage))
