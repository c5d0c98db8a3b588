"""A POP3 server that does what a test asks for, faults included."""

import asyncio
import ssl
from dataclasses import dataclass, field

from tests.faults.handlers import SILENCE, forget
from tests.faults.maildrop import Maildrop


@dataclass
class Pop3Server:
    """`handle` is the handler for ServerThread.listen.

    `answers` replaces the answer to a command, SILENCE sends nothing. `refuses_after` sign-ins the
    password is wrong; `headers_read` counts what TOP was asked for. `obeys_early`
    keeps what came behind STLS until encryption is on.
    """

    maildrop: Maildrop
    starttls: ssl.SSLContext | None = None
    greeting: str = "+OK ready"
    capabilities: tuple[str, ...] = ("USER", "TOP", "UIDL")
    answers: dict[str, str] = field(default_factory=dict)
    injected: bytes = b""
    refuses_after: int | None = None
    headers_read: int = 0
    obeys_early: bool = False

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Pop3Session(self, reader, writer).run()


class _Pop3Session:
    def __init__(
        self, server: Pop3Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.encrypted = writer.get_extra_info("sslcontext") is not None
        self.username = ""
        self.uids: list[int] = []
        self.deleted: list[int] = []

    async def run(self) -> None:
        self.send(self.server.greeting)
        while True:
            await self.writer.drain()
            line = (await self.reader.readline()).decode().rstrip("\r\n")
            if not line:
                return
            name, _, argument = line.partition(" ")
            if name in self.server.answers:
                if self.server.answers[name] != SILENCE:
                    self.send(self.server.answers[name].format(argument=argument))
                continue
            command = getattr(self, f"do_{name.lower()}", None)
            if command is None:
                self.send("-ERR unknown command")
            elif await command(argument) is False:
                return

    def send(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())

    async def do_capa(self, _argument: str) -> None:
        offer = ("STLS",) if self.server.starttls and not self.encrypted else ()
        self.send("+OK", *self.server.capabilities, *offer, ".")

    async def do_stls(self, _argument: str) -> None:
        assert self.server.starttls is not None
        self.writer.write(b"+OK go ahead\r\n" + self.server.injected)
        await self.writer.drain()
        if not self.server.obeys_early:
            forget(self.reader)
        await self.writer.start_tls(self.server.starttls)
        self.encrypted = True

    async def do_user(self, argument: str) -> None:
        self.username = argument
        self.send("+OK")

    async def do_pass(self, argument: str) -> None:
        drop, limit = self.server.maildrop, self.server.refuses_after
        accepted = drop.accepts(self.username, argument)
        if not accepted or (limit is not None and len(drop.attempts) > limit):
            self.send("-ERR [AUTH] Authentication failed.")
            return
        self.uids = drop.uids("INBOX")
        self.send("+OK signed in")

    async def do_auth(self, argument: str) -> None:
        accepted = self.server.maildrop.accepts_plain(argument.removeprefix("PLAIN "))
        self.send("+OK signed in" if accepted else "-ERR [AUTH] Authentication failed.")

    async def do_stat(self, _argument: str) -> None:
        self.send(f"+OK {len(self.uids)} 1000")

    async def do_uidl(self, argument: str) -> None:
        gone = self.uids[int(argument) - 1] in self.deleted
        if "UIDL" in self.server.capabilities and not gone:
            self.send(f"+OK {argument} uid-{self.uids[int(argument) - 1]}")
        else:
            self.send("-ERR no such message")

    async def do_list(self, argument: str) -> None:
        _, message = self.server.maildrop.messages[self.uids[int(argument) - 1]]
        self.send(f"+OK {argument} {len(message)}")

    async def do_top(self, argument: str) -> None:
        self.server.headers_read += 1
        _, message = self.server.maildrop.messages[self.uids[int(argument.split()[0]) - 1]]
        header, _, _ = message.partition("\r\n\r\n")
        self.send("+OK", *header.split("\r\n"), "", ".")

    async def do_dele(self, argument: str) -> None:
        self.deleted.append(self.uids[int(argument) - 1])
        self.send("+OK")

    async def do_quit(self, _argument: str) -> bool:
        for uid in self.deleted:
            self.server.maildrop.messages.pop(uid, None)
        self.send("+OK bye")
        await self.writer.drain()
        return False
