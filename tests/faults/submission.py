"""A submission server that does what a test asks for, faults included."""

import asyncio
import base64
import ssl
from dataclasses import dataclass, field

from tests.faults.handlers import SILENCE, forget
from tests.faults.maildrop import Maildrop


@dataclass
class SubmissionServer:
    """`handle` is the handler for ServerThread.listen.

    `answers` replaces the answer to a command, SILENCE sends nothing; `verdict` refuses a message once it
    has been read. `obeys_early` keeps what came behind STARTTLS until encryption is on.
    """

    maildrop: Maildrop
    starttls: ssl.SSLContext | None = None
    greeting: str = "220-mail.example.test ESMTP\r\n220 at your service"
    extensions: tuple[str, ...] = ("AUTH PLAIN LOGIN", "8BITMIME")
    answers: dict[str, str] = field(default_factory=dict)
    injected: bytes = b""
    verdict: str = ""
    obeys_early: bool = False

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _SubmissionSession(self, reader, writer).run()


class _SubmissionSession:
    def __init__(
        self, server: SubmissionServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.encrypted = writer.get_extra_info("sslcontext") is not None

    async def run(self) -> None:
        self.send(self.server.greeting)
        while True:
            line = await self.read_line()
            name, _, argument = line.partition(" ")
            if name in self.server.answers:
                if self.server.answers[name] != SILENCE:
                    self.send(self.server.answers[name].format(argument=argument))
                continue
            command = getattr(self, f"do_{name.lower()}", None)
            if command is None:
                self.send("500 5.5.1 unknown command")
            elif await command(argument) is False:
                return

    def send(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")

    async def read_line(self) -> str:
        await self.writer.drain()
        line = await self.reader.readline()
        if not line:
            raise EOFError
        return line.decode().rstrip("\r\n")

    async def do_ehlo(self, _argument: str) -> None:
        offer = ("STARTTLS",) if self.server.starttls and not self.encrypted else ()
        lines = ["mail.example.test", *self.server.extensions, *offer]
        for line in lines[:-1]:
            self.send(f"250-{line}")
        self.send(f"250 {lines[-1]}")

    async def do_starttls(self, _argument: str) -> None:
        assert self.server.starttls is not None
        self.writer.write(b"220 2.0.0 go ahead\r\n" + self.server.injected)
        await self.writer.drain()
        if not self.server.obeys_early:
            forget(self.reader)
        await self.writer.start_tls(self.server.starttls)
        self.encrypted = True

    async def do_auth(self, argument: str) -> None:
        mechanism, _, secret = argument.partition(" ")
        drop = self.server.maildrop
        if mechanism == "LOGIN":
            self.send("334 VXNlcm5hbWU6")
            username = base64.b64decode(await self.read_line()).decode()
            self.send("334 UGFzc3dvcmQ6")
            accepted = drop.accepts(username, base64.b64decode(await self.read_line()).decode())
        else:
            accepted = drop.accepts_plain(secret)
        self.send("235 2.7.0 ok" if accepted else "535 5.7.8 Authentication credentials invalid")

    async def do_mail(self, _argument: str) -> None:
        self.send("250 2.1.0 ok")

    async def do_rcpt(self, _argument: str) -> None:
        self.send("250 2.1.5 ok")

    async def do_data(self, _argument: str) -> None:
        self.send("354 go ahead")
        lines = []
        while (line := await self.read_line()) != ".":
            lines.append(line)
        if self.server.verdict:
            self.send(self.server.verdict)
            return
        self.server.maildrop.deliver("\r\n".join(lines))
        self.send("250 2.0.0 queued as 4T2b")

    async def do_quit(self, _argument: str) -> bool:
        self.send("221 2.0.0 bye")
        await self.writer.drain()
        return False
