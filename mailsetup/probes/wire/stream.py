"""Lines over a connection that may turn into TLS midway.

The buffer is our own: asyncio's StreamWriter.start_tls() keeps what came before the handshake and
hands it out after it, so that somebody on the way can inject responses (CVE-2011-0411 seen from the
client).
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from mailsetup.probes.findings import Side

OnLine = Callable[[Side, str], None]
"""Called with each line as it goes over the wire, and with what happens between them."""


class StreamError(Exception):
    """The server did not keep to the protocol, or not to the connection."""


class ConnectionClosed(StreamError):
    """The server ended the connection; `rest` is a last line without its end."""

    def __init__(self, rest: str = "") -> None:
        super().__init__("connection closed")
        self.rest = rest


class ConnectionReset(ConnectionClosed):
    """The connection was cut off, not closed."""

    def __str__(self) -> str:
        return "connection cut off"


class ProtocolError(StreamError):
    """What came is no line of a mail protocol, or more of it than any mail server sends."""

    def __init__(self, text: str = "") -> None:
        super().__init__("no mail protocol")
        self.text = text


class DataBeforeTls(StreamError):
    """Bytes came after the last line read and before the handshake."""


class ByteBudget:
    """How many bytes one service may still send during a test, over all its connections."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def spend(self, size: int) -> bool:
        """Whether `size` more bytes are within the limit."""
        self._left -= size
        return self._left >= 0


def _unheard(side: Side, text: str) -> None:
    """For whoever keeps no transcript."""


class LineStream(asyncio.Protocol):
    """Raises StreamError; timeouts are the caller's.

    Whoever sends a secret, or what the server said before, says what is `shown` of it: nothing else of that
    line gets to `on_line`.
    """

    def __init__(self, budget: ByteBudget, line_max_bytes: int) -> None:
        self._budget = budget
        self._line_max_bytes = line_max_bytes
        self._buffer = bytearray()
        self._arrived = asyncio.Event()
        self._ended: ConnectionClosed | ProtocolError | None = None
        self._transport: asyncio.Transport | None = None
        self.received = 0
        self.on_line: OnLine = _unheard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self._budget.spend(len(data)):
            self._buffer += data
        else:
            self._ended = ProtocolError()
            self.abort()
        self._arrived.set()

    def eof_received(self) -> None:
        self._end(ConnectionClosed())

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(ConnectionReset() if isinstance(exc, ConnectionError) else ConnectionClosed())

    def _end(self, ending: ConnectionClosed) -> None:
        self._ended = self._ended or ending
        self._arrived.set()

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The TLS state of the connection, None before the handshake."""
        found = self._transport.get_extra_info("ssl_object") if self._transport else None
        return cast("ssl.SSLObject | None", found)

    @property
    def local_address(self) -> str:
        name = self._transport.get_extra_info("sockname") if self._transport else None
        return str(name[0]) if name else "127.0.0.1"

    async def read_line(self, shown: str | None = None) -> str:
        """The next line without its end; `shown` stands for it where it is nobody's business."""
        longest = self._line_max_bytes
        while (end := self._buffer.find(b"\n", 0, longest + 1)) < 0:
            if len(self._buffer) > longest:
                raise ProtocolError(self._take(longest))
            await self._more()
        line = self._take(end + 1).rstrip("\r\n")
        if shown is None:
            self.on_line(Side.SERVER, line)
        else:
            self.on_line(Side.EVENT, shown)
        return line

    async def read_exactly(self, size: int) -> str:
        """The next `size` bytes: an IMAP literal."""
        if size > self._line_max_bytes:
            raise ProtocolError
        while len(self._buffer) < size:
            await self._more()
        # It may be anything, a message too.
        self.on_line(Side.EVENT, "a literal, not kept")
        return self._take(size)

    async def _more(self) -> None:
        if isinstance(self._ended, ConnectionClosed):
            rest = self._take(len(self._buffer))
            if rest:
                self.on_line(Side.SERVER, rest)
            self.on_line(Side.EVENT, str(self._ended))
            raise type(self._ended)(rest)
        if self._ended:
            raise self._ended
        self._arrived.clear()
        await self._arrived.wait()

    def _take(self, size: int) -> str:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken.decode("utf-8", "replace")

    def send_line(self, line: str, *more: str, shown: str | None = None) -> None:
        """Sends a line, or several in one segment; a line break inside would be a command and is refused.

        `shown` stands for a first one that holds a secret.
        """
        if any(character in each for each in (line, *more) for character in "\r\n\0"):
            raise ValueError("a command is one line")
        said = "; ".join((line if shown is None else shown, *more))
        self.send(b"".join(each.encode() + b"\r\n" for each in (line, *more)), shown=said)

    def send(self, data: bytes, *, shown: str) -> None:
        """Sends bytes; `shown` says what they are."""
        if self._ended or self._transport is None:
            raise self._broken_off()
        self.on_line(Side.CLIENT, shown)
        self._transport.write(data)

    async def start_tls(self, context: ssl.SSLContext, server_name: str) -> None:
        """The TLS handshake; also raises ssl.SSLError, OSError."""
        if self._buffer:
            raise DataBeforeTls
        if self._ended or self._transport is None:
            raise self._broken_off()
        self._transport = await asyncio.get_running_loop().start_tls(
            self._transport, self, context, server_hostname=server_name
        )
        self.on_line(Side.EVENT, f"encrypted from here on: {self.tls.version() if self.tls else None}")

    def _broken_off(self) -> ConnectionClosed:
        ending = ConnectionReset() if isinstance(self._ended, ConnectionReset) else ConnectionClosed()
        self.on_line(Side.EVENT, str(ending))
        return ending

    def abort(self) -> None:
        """Ends the connection at once."""
        if self._transport is not None:
            self._transport.abort()
