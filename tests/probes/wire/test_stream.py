"""Lines out of bytes, with a limit to each and to all."""

import asyncio
import ssl
from collections.abc import Coroutine
from typing import Any

import pytest

from mailsetup.probes.wire.stream import (
    ByteBudget,
    ConnectionClosed,
    ConnectionReset,
    DataBeforeTls,
    LineStream,
    ProtocolError,
)

LINE = 20


class Transport(asyncio.Transport):
    """Keeps what is written; nothing goes anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def abort(self) -> None:
        self.aborted = True


def opened(budget: int = 1000) -> tuple[LineStream, Transport]:
    stream, transport = LineStream(ByteBudget(budget), LINE), Transport()
    stream.connection_made(transport)
    return stream, transport


def run(waiting: Coroutine[Any, Any, str]) -> str:
    async def at_once() -> str:
        async with asyncio.timeout(5):
            return await waiting

    return asyncio.run(at_once())


def test_a_line_comes_in_pieces_and_two_come_at_once() -> None:
    stream, _ = opened()

    async def read() -> str:
        first = asyncio.create_task(stream.read_line())
        for piece in (b"* O", b"K", b" ready\r", b"\n* one\n* tw"):
            stream.data_received(piece)
            await asyncio.sleep(0)
        second = await stream.read_line()
        stream.data_received(b"o\r\n")
        return " | ".join([await first, second, await stream.read_line()])

    assert run(read()) == "* OK ready | * one | * two"
    assert stream.received == len(b"* OK ready\r\n* one\n* two\r\n")


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    stream, _ = opened()
    stream.data_received(b"* OK \xff\r\n")
    assert run(stream.read_line()) == "* OK \ufffd"


def test_a_line_may_be_as_long_as_the_limit() -> None:
    stream, _ = opened()
    stream.data_received(b"a" * LINE + b"\n")
    assert run(stream.read_line()) == "a" * LINE


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_longer_line_is_no_mail_protocol(end: bytes) -> None:
    stream, _ = opened()
    stream.data_received(b"a" * (LINE + 1) + end)
    with pytest.raises(ProtocolError) as caught:
        run(stream.read_line())
    assert caught.value.text == "a" * LINE


def test_a_literal_is_read_by_its_size() -> None:
    stream, _ = opened()

    async def read() -> str:
        reading = asyncio.create_task(stream.read_exactly(LINE))
        stream.data_received(b"two\r\nlines")
        await asyncio.sleep(0)
        stream.data_received(b", and more)\r\n")
        return f"{await reading}|{await stream.read_line()}"

    assert run(read()) == "two\r\nlines, and more|)"


def test_a_literal_is_not_longer_than_a_line() -> None:
    stream, _ = opened()
    with pytest.raises(ProtocolError):
        run(stream.read_exactly(LINE + 1))


def test_all_connections_of_a_service_share_one_budget() -> None:
    budget = ByteBudget(10)
    first, second = LineStream(budget, LINE), LineStream(budget, LINE)
    transport = Transport()
    second.connection_made(transport)
    first.data_received(b"12345\n")
    second.data_received(b"12\n")
    assert (run(first.read_line()), run(second.read_line())) == ("12345", "12")
    second.data_received(b"\n")
    assert run(second.read_line()) == ""
    assert not transport.aborted
    second.data_received(b"\n")
    assert transport.aborted
    with pytest.raises(ProtocolError):
        run(second.read_line())


@pytest.mark.parametrize(
    ("error", "kind"),
    [(None, ConnectionClosed), (OSError(), ConnectionClosed), (ConnectionResetError(), ConnectionReset)],
)
def test_the_end_of_a_connection_comes_after_what_was_sent(
    error: Exception | None, kind: type[ConnectionClosed]
) -> None:
    stream, transport = opened()
    stream.data_received(b"421 bye\r\nno end")
    stream.connection_lost(error)
    assert run(stream.read_line()) == "421 bye"
    with pytest.raises(ConnectionClosed) as caught:
        run(stream.read_line())
    assert (type(caught.value), caught.value.rest) == (kind, "no end")
    with pytest.raises(kind):
        stream.send_line("QUIT")
    assert transport.written == b""


def test_whoever_waits_learns_that_the_connection_ended() -> None:
    stream, _ = opened()

    async def read() -> str:
        reading = asyncio.create_task(stream.read_line())
        await asyncio.sleep(0)
        stream.eof_received()
        stream.connection_lost(ConnectionResetError())
        return await reading

    with pytest.raises(ConnectionClosed) as caught:
        run(read())
    assert not isinstance(caught.value, ConnectionReset), "the first end counts"


def test_nothing_is_sent_before_there_is_a_connection() -> None:
    stream = LineStream(ByteBudget(10), LINE)
    with pytest.raises(ConnectionClosed):
        stream.send_line("NOOP")
    stream.abort()
    assert (stream.tls, stream.local_address) == (None, "127.0.0.1")


@pytest.mark.parametrize("line", ["PASS a\r\nDELE 1", "PASS a\nDELE 1", "PASS a\rb", "PASS a\0b"])
def test_a_command_is_one_line(line: str) -> None:
    stream, transport = opened()
    with pytest.raises(ValueError, match="one line"):
        stream.send_line(line)
    assert transport.written == b""
    stream.send_line("PASS ä")
    assert transport.written == "PASS ä\r\n".encode()


def test_no_handshake_after_bytes_that_nobody_read() -> None:
    stream, _ = opened()
    stream.data_received(b"220 go ahead\r\n250 injected\r\n")

    async def start() -> str:
        await stream.read_line()
        await stream.start_tls(ssl.create_default_context(), "mail.example.test")
        return "started"

    with pytest.raises(DataBeforeTls):
        run(start())


def test_no_handshake_over_a_connection_that_ended() -> None:
    stream, _ = opened()
    stream.connection_lost(ConnectionResetError())

    async def start() -> str:
        await stream.start_tls(ssl.create_default_context(), "mail.example.test")
        return "started"

    with pytest.raises(ConnectionReset):
        run(start())
