"""Servers of mail that greet late, and then answer what a test up to the sign-in asks."""

import asyncio

from mailsetup.clientconfig import ServiceType
from tests.faults.thread import Handler

GREETING_SECONDS = 2
_GREETINGS = {ServiceType.IMAP: b"* OK ready\r\n", ServiceType.SMTP: b"220 here\r\n"}
_ANSWERS = {
    ServiceType.IMAP: {
        b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\nm1 OK done\r\n",
        b"LOGOUT": b"m2 OK bye\r\n",
    },
    ServiceType.SMTP: {b"EHLO": b"250-here\r\n250 AUTH PLAIN\r\n", b"QUIT": b"221 bye\r\n"},
}


def greeting_late() -> dict[ServiceType, Handler]:
    return {kind: _handler(greeting, _ANSWERS[kind]) for kind, greeting in _GREETINGS.items()}


def _handler(greeting: bytes, answers: dict[bytes, bytes]) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(GREETING_SECONDS)
        writer.write(greeting)
        while line := await reader.readline():
            writer.write(next(answers[word] for word in answers if word in line))
            await writer.drain()

    return handler
