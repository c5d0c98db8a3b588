"""POP3 (RFC 1939, RFC 2449), as much of it as a test needs."""

import base64
import re
from dataclasses import dataclass

from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.protocols.rejections import greeting_refusal, pop3_sign_in
from mailsetup.probes.wire.stream import ProtocolError

_NUMBER = re.compile(r"[0-9]{1,15}")
_OF_A_MESSAGE = frozenset({"DELE", "LIST", "RETR", "TOP", "UIDL"})


@dataclass(frozen=True, slots=True)
class MaildropSize:
    """What STAT says: how many messages, and their octets."""

    messages: int
    octets: int


def newest(messages: int, limit: int) -> range:
    """The numbers of the last `limit` of so many messages, the last one first."""
    return range(messages, max(messages - limit, 0), -1)


class Pop3Driver(Driver):
    protocol = "pop3"

    async def read_greeting(self) -> str:
        line = await self.stream.read_line()
        if line.upper().startswith("-ERR"):
            raise Fault(greeting_refusal(line[4:]), server=line)
        if not line.upper().startswith("+OK"):
            raise self.unexpected_greeting(line)
        return line

    async def ask_capabilities(self) -> None:
        ok, _ = await self._command("CAPA")
        # CAPA is an extension: a server without it has USER and PASS and no STLS.
        lines = await self._lines(self._limits.probe_response_lines_limit) if ok else ["USER"]
        self.capabilities = {}
        for line in lines:
            name, _, argument = line.upper().partition(" ")
            self.capabilities[name] = argument

    @property
    def offers_starttls(self) -> bool:
        return "STLS" in self.capabilities

    @property
    def refuses_plain(self) -> Code | None:
        """RFC 2595 section 4: USER is not listed where it would be refused."""
        only_after = self.offers_starttls and "USER" not in self.capabilities
        return Code.AUTH_ONLY_AFTER_TLS if only_after else None

    async def request_starttls(self, early: str = "") -> None:
        ok, text = await self._command("STLS", *filter(None, [early]))
        if not ok:
            raise Fault(Code.STARTTLS_REFUSED, server=text)

    async def sign_in(self, username: str, password: str) -> str:
        has_plain = "PLAIN" in self.capabilities.get("SASL", "").split()
        # PASS knows ASCII only (RFC 1939), and what servers make of the rest differs.
        fits = password.isascii() or not has_plain
        if "USER" in self.capabilities and fits and not any(mark in password for mark in "\r\n\0"):
            ok, text = await self._command(f"USER {username}")
            if ok:
                ok, text = await self._command(f"PASS {password}", shown="PASS [password]")
        elif has_plain:
            secret = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
            ok, text = await self._auth_plain(secret)
        else:
            raise Fault(Code.NO_USABLE_MECH, **self.describe_capabilities())
        if not ok:
            raise Fault(pop3_sign_in(text), server=text)
        return text

    async def _auth_plain(self, secret: str) -> tuple[bool, str]:
        self.stream.send_line(f"AUTH PLAIN {secret}", shown="AUTH PLAIN [password]")
        answer = await self.stream.read_line()
        if answer.split(" ")[0] == "+":  # it knows no initial response (RFC 5034)
            return await self._command(secret, shown="[password]")
        return _answer(answer)

    async def stat(self) -> MaildropSize:
        ok, text = await self._command("STAT")
        numbers = text.split()[:2]
        if not ok or len(numbers) < 2 or not all(_NUMBER.fullmatch(number) for number in numbers):
            raise Fault(Code.MAILBOX_UNAVAILABLE, server=text)
        return MaildropSize(int(numbers[0]), int(numbers[1]))

    async def unique_id(self, number: int) -> str | None:
        """What names this message in later sessions too; None where the server has no UIDL."""
        ok, text = await self._command(f"UIDL {number}")
        words = text.split()
        return words[1] if ok and len(words) > 1 else None

    async def read_header(self, number: int) -> str | None:
        """The header of this message; None: there is none, or the message is larger than one of ours gets."""
        ok, text = await self._command(f"LIST {number}")
        size = text.split()[1:2]
        if not ok or not size or not _NUMBER.fullmatch(size[0]):
            return None
        if int(size[0]) > self._limits.probe_header_max_bytes:
            return None
        ok, _ = await self._command(f"TOP {number} 0")
        # A line has one character at least, and its end. Other mail is private.
        limit = self._limits.probe_header_max_bytes
        lines = await self._lines(limit, shown="a line of a message, not kept") if ok else []
        return "\r\n".join(lines) if ok else None

    async def remove(self, number: int) -> bool:
        """Marks one message; it is gone when the session has ended with QUIT (RFC 1939 section 6)."""
        ok, _ = await self._command(f"DELE {number}")
        return ok

    async def quit(self) -> None:
        await self._command("QUIT")

    async def _command(self, line: str, *more: str, shown: str | None = None) -> tuple[bool, str]:
        """Whether the answer is +OK, and its text; `shown` stands for a line that holds a secret."""
        verb, _, argument = line.partition(" ")
        if shown is None and verb in _OF_A_MESSAGE and argument:
            # The numbers of messages are the server's, which may have chosen what it was sent.
            shown = f"{verb} [number]"
        self.stream.send_line(line, *more, shown=shown)
        return _answer(await self.stream.read_line())

    async def _lines(self, limit: int, shown: str | None = None) -> list[str]:
        lines: list[str] = []
        for _ in range(limit):
            line = await self.stream.read_line(shown)
            if line == ".":
                return lines
            lines.append(line[1:] if line.startswith(".") else line)
        raise ProtocolError(lines[-1])


def _answer(line: str) -> tuple[bool, str]:
    """Whether it is +OK, and its text."""
    status, _, text = line.partition(" ")
    if status.upper() not in ("+OK", "-ERR"):
        raise ProtocolError(line)
    return status.upper() == "+OK", text
