"""Faults that need no protocol: what a connection may meet before the first sensible word."""

import asyncio
import socket
import struct

from tests.faults.thread import Handler

_FOREVER = 3600
# In place of an answer: there is none.
SILENCE = ""


def forget(reader: asyncio.StreamReader) -> None:
    """What came early is no command: asyncio would hand it out once encryption is on."""
    reader._buffer.clear()  # type: ignore[attr-defined]


async def is_silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(_FOREVER)


async def closes_at_once(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    return


async def resets(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Cuts the connection off without the usual end."""
    at_once = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    writer.transport.abort()


async def answers_like_a_web_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(10)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


async def floods(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One line without an end."""
    while True:
        writer.write(b"A" * 65536)
        await writer.drain()


def alerts(number: int) -> Handler:
    """Answers a handshake with a fatal alert (RFC 8446 section 6)."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(bytes([0x15, 3, 3, 0, 2, 2, number]))
        await writer.drain()
        writer.write_eof()
        await reader.read()

    return handler


def greets(greeting: bytes) -> Handler:
    """Says its line and then nothing."""

    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        await asyncio.sleep(_FOREVER)

    return handler


def dribbles(greeting: bytes, pause: float = 0.05) -> Handler:
    """Bytes come, one by one, and no line ever ends."""

    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            for byte in greeting:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(pause)

    return handler


def sends_and_closes(text: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()
        # Unread bytes would turn the end into a reset.
        writer.write_eof()
        await reader.read()

    return handler


def replies(reply: bytes, to: bytes) -> Handler:
    """Answers what begins with `to` and closes; answers a handshake with what is no TLS."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.read(len(to))
        writer.write(reply if request == to else b"no TLS here\r\n")
        await writer.drain()
        if request == to and not reply:
            await asyncio.sleep(_FOREVER)

    return handler
