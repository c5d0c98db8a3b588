"""An IMAP server that does what a test asks for, faults included."""

import asyncio
import re
import ssl
from dataclasses import dataclass, field

from tests.faults.handlers import SILENCE, forget
from tests.faults.maildrop import Maildrop


@dataclass
class ImapServer:
    """`handle` is the handler for ServerThread.listen.

    `starttls` is the context to go over to. `answers` replaces the tagged answer to a command (by its
    first word, or "UID FETCH"; one that begins with * ends the session, SILENCE sends nothing), `injected` is
    sent behind the OK of STARTTLS in the same segment, `announces` False keeps silent in IDLE, `quota` is
    what is used and what may be, `closed` are folders that can't be opened. `obeys_early` keeps what came
    behind STARTTLS until encryption is on, `finds_anything` answers a search with all messages.
    """

    maildrop: Maildrop
    starttls: ssl.SSLContext | None = None
    capabilities: str = "IMAP4rev1 IDLE UIDPLUS SASL-IR AUTH=PLAIN"
    greeting: str = "* OK ready"
    answers: dict[str, str] = field(default_factory=dict)
    injected: bytes = b""
    announces: bool = True
    quota: tuple[int, int] | None = None
    closed: tuple[str, ...] = ()
    obeys_early: bool = False
    finds_anything: bool = False
    folders: tuple[str, ...] = ('(\\HasNoChildren) "/" INBOX', '(\\Junk) "/" "Spam mail"')

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _ImapSession(self, reader, writer).run()


class _ImapSession:
    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.folder, self.encrypted = "INBOX", writer.get_extra_info("sslcontext") is not None
        self.deleted: set[int] = set()

    async def run(self) -> None:
        self.send(self.server.greeting)
        while (line := await self.read_line()) is not None:
            tag, _, rest = line.partition(" ")
            name, _, arguments = rest.partition(" ")
            name = name.upper()
            if name == "UID" and (both := f"UID {arguments.partition(' ')[0]}") in self.server.answers:
                name = both
            if name in self.server.answers and self.server.answers[name].startswith("*"):
                # An untagged farewell in place of an answer, and the end.
                self.send(self.server.answers[name])
                await self.writer.drain()
                return
            if name in self.server.answers:
                if self.server.answers[name] != SILENCE:
                    self.send(f"{tag} {self.server.answers[name].format(arguments=arguments)}")
                continue
            command = getattr(self, f"do_{name.lower()}", None)
            if command is None:
                self.send(f"{tag} BAD unknown command")
            elif await command(tag, arguments) is False:
                return

    def send(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")

    async def read_line(self) -> str | None:
        await self.writer.drain()
        line = await self.reader.readline()
        return line.decode().rstrip("\r\n") if line else None

    async def do_capability(self, tag: str, _arguments: str) -> None:
        offer = " STARTTLS" if self.server.starttls and not self.encrypted else ""
        quota = " QUOTA" if self.server.quota else ""
        self.send(f"* CAPABILITY {self.server.capabilities}{offer}{quota}")
        self.send(f"{tag} OK done")

    async def do_starttls(self, tag: str, _arguments: str) -> None:
        assert self.server.starttls is not None
        self.writer.write(f"{tag} OK go ahead\r\n".encode() + self.server.injected)
        await self.writer.drain()
        if not self.server.obeys_early:
            forget(self.reader)
        await self.writer.start_tls(self.server.starttls)
        self.encrypted = True

    async def do_authenticate(self, tag: str, arguments: str) -> None:
        _, _, secret = arguments.partition(" ")
        if not secret:
            self.send("+ ")
            secret = await self.read_line() or ""
        self._signed_in(tag, accepted=self.server.maildrop.accepts_plain(secret))

    async def do_login(self, tag: str, arguments: str) -> None:
        """Two strings, quoted or literal."""
        literal_seen = False
        while literal := re.search(r"\{(\d+)\}$", arguments):
            literal_seen = True
            self.send("+ go on")
            await self.writer.drain()
            text = (await self.reader.readexactly(int(literal.group(1)))).decode()
            text = re.sub(r'(["\\])', r"\\\1", text)
            arguments = f'{arguments[: literal.start()]}"{text}"{await self.read_line()}'
        if not (literal_seen or arguments.isascii()):
            # RFC 3501 section 9: a quoted string holds 7-bit characters only.
            self.send(f"{tag} BAD eight bits")
            return
        username, password = re.findall(r'"((?:\\.|[^"\\])*)"', arguments)
        unquoted = re.sub(r"\\(.)", r"\1", password)
        self._signed_in(tag, accepted=self.server.maildrop.accepts(username, unquoted))

    def _signed_in(self, tag: str, *, accepted: bool) -> None:
        self.send(f"{tag} OK signed in" if accepted else f"{tag} NO [AUTHENTICATIONFAILED] No.")

    async def do_select(self, tag: str, arguments: str) -> None:
        self.folder = arguments.strip('"')
        if self.folder in self.server.closed:
            self.send(f"{tag} NO [NOPERM] not yours")
            return
        drop = self.server.maildrop
        self.send(f"* {len(drop.uids(self.folder))} EXISTS")
        self.send(f"* OK [UIDNEXT {max(drop.messages, default=0) + 1}] next")
        self.send(f"{tag} OK selected")

    async def do_list(self, tag: str, _arguments: str) -> None:
        for folder in self.server.folders:
            self.send(f"* LIST {folder}")
        self.send(f"{tag} OK listed")

    async def do_getquotaroot(self, tag: str, _arguments: str) -> None:
        assert self.server.quota is not None
        used, limit = self.server.quota
        self.send('* QUOTAROOT INBOX "User quota"')
        self.send(f'* QUOTA "User quota" (STORAGE {used} {limit} MESSAGE 3 1000)')
        self.send(f"{tag} OK told")

    async def do_noop(self, tag: str, _arguments: str) -> None:
        self.send(f"{tag} OK nothing")

    async def do_idle(self, tag: str, _arguments: str) -> None:
        drop, seen = self.server.maildrop, len(self.server.maildrop.uids(self.folder))
        self.send("+ idling")
        done = asyncio.ensure_future(self.read_line())
        while not done.done():
            drop.changed.clear()
            count = len(drop.uids(self.folder))
            if self.server.announces and count > seen:
                self.send(f"* {count} EXISTS")
                seen = count
            waiting = asyncio.ensure_future(drop.changed.wait())
            await asyncio.wait({done, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        self.send(f"{tag} OK idled")

    async def do_uid(self, tag: str, arguments: str) -> None:
        name, _, rest = arguments.partition(" ")
        drop = self.server.maildrop
        if name == "SEARCH":
            criteria, _, wanted = rest.partition("HEADER ")
            header, _, value = wanted.partition(" ")
            first = re.match(r"UID (\d+):\*", criteria)
            hits = [
                str(uid)
                for uid in drop.uids(self.folder)
                if (
                    self.server.finds_anything or f"{header}: {value.strip(chr(34))}" in drop.messages[uid][1]
                )
                and (self.server.finds_anything or not first or uid >= int(first.group(1)))
                and not (criteria.startswith("UNDELETED") and uid in self.deleted)
            ]
            self.send(" ".join(["* SEARCH", *hits]))
        if name == "FETCH" and int(rest.split()[0]) in drop.messages:
            header, _, _ = drop.messages[int(rest.split()[0])][1].partition("\r\n\r\n")
            size = int(rest.rpartition("<0.")[2].rstrip(">"))
            text = f"{header}\r\n\r\n".encode()[:size]
            self.send(f"* 1 FETCH (UID {rest.split()[0]} BODY[HEADER.FIELDS (RECEIVED)]<0> {{{len(text)}}}")
            self.writer.write(text)
            self.send(")")
        if name == "STORE":
            self.deleted.add(int(rest.split()[0]))
        if name == "EXPUNGE" and int(rest) in self.deleted:
            del drop.messages[int(rest)]
        self.send(f"{tag} OK done")

    async def do_logout(self, tag: str, _arguments: str) -> bool:
        self.send("* BYE")
        self.send(f"{tag} OK bye")
        await self.writer.drain()
        return False
