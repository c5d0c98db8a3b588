"""A driver in a session whose other side is written down."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.wire.stream import ByteBudget, LineStream

SomeDriver = TypeVar("SomeDriver", bound=Driver)
Result = TypeVar("Result")
Act = Callable[[SomeDriver], Awaitable[Result]]
# At the end of a reply: then the server closes the connection.
CLOSE = "\0"


class Script(asyncio.Transport):
    """Sends the greeting, then one reply to whatever is written; `sent` is what the driver wrote."""

    def __init__(self, stream: LineStream, greeting: str, replies: list[str]) -> None:
        super().__init__()
        self._stream, self._replies = stream, replies
        self.sent: list[str] = []
        if greeting:
            stream.data_received(f"{greeting}\r\n".encode())

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("192.0.2.1", 40_000) if name == "sockname" else default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data).decode().removesuffix("\r\n"))
        if not self._replies:
            return
        reply, close, _ = self._replies.pop(0).partition(CLOSE)
        self._stream.data_received(f"{reply}\r\n".encode())
        if close:
            self._stream.connection_lost(None)


def play(
    kind: type[SomeDriver],
    act: "Act[SomeDriver, Result]",
    *replies: str,
    greeting: str = "",
    limits: ProbeSettings | None = None,
) -> tuple[Result, list[str]]:
    """What `act` returns, and what the driver sent meanwhile."""

    async def run() -> tuple[Result, list[str]]:
        limit = limits or ProbeSettings()
        stream = LineStream(ByteBudget(limit.probe_service_max_bytes), limit.probe_line_max_bytes)
        script = Script(stream, greeting, list(replies))
        stream.connection_made(script)
        async with asyncio.timeout(5):
            return await act(kind(stream, limit)), script.sent

    return asyncio.run(run())
