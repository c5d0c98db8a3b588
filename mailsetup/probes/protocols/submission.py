"""Message submission (RFC 6409 over RFC 5321), as much of it as a test needs."""

import base64
import ipaddress
import re
from dataclasses import dataclass

from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.protocols.rejections import (
    ehlo_refusal,
    message_refusal,
    smtp_greeting_refusal,
    smtp_sign_in,
)
from mailsetup.probes.wire.stream import ProtocolError

_REPLY = re.compile(r"(\d{3})([ -]?)(.*)")


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """A status, and the texts of its lines."""

    status: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    def __str__(self) -> str:
        return f"{self.status} {self.text}"


class SubmissionDriver(Driver):
    protocol = "smtp"

    async def read_greeting(self) -> str:
        try:
            reply = await self._reply()
        except ProtocolError as error:
            raise self.unexpected_greeting(error.text) from error
        if reply.status != 220:
            raise Fault(smtp_greeting_refusal(reply.status, reply.text), server=str(reply))
        return str(reply)

    async def ask_capabilities(self) -> None:
        reply = await self._command(f"EHLO {self._own_name()}")
        if reply.status != 250:
            raise Fault(ehlo_refusal(reply.status, reply.text), server=str(reply))
        self.capabilities = {}
        for line in reply.lines[1:]:
            # "AUTH=PLAIN" is how servers before RFC 2554 said it, and some still do besides.
            name, _, argument = line.upper().replace("AUTH=", "AUTH ", 1).partition(" ")
            known = self.capabilities.get(name, "")
            self.capabilities[name] = f"{known} {argument}".strip()

    def _own_name(self) -> str:
        """An address literal: this machine's name may be nobody's (RFC 5321 section 4.1.4)."""
        address = ipaddress.ip_address(self.stream.local_address.partition("%")[0])
        return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"

    @property
    def offers_starttls(self) -> bool:
        return "STARTTLS" in self.capabilities

    @property
    def refuses_plain(self) -> Code | None:
        """RFC 3207 section 4: AUTH is listed once TLS is there."""
        only_after = self.offers_starttls and "AUTH" not in self.capabilities
        return Code.AUTH_ONLY_AFTER_TLS if only_after else None

    async def request_starttls(self, early: str = "") -> None:
        reply = await self._command("STARTTLS", *filter(None, [early]))
        if reply.status != 220:
            raise Fault(Code.STARTTLS_REFUSED, server=str(reply))

    def describe_capabilities(self) -> dict[str, list[str]]:
        mechanisms = self.capabilities.get("AUTH", "").split()
        return {"capabilities": sorted(self.capabilities), "mechanisms": mechanisms}

    async def sign_in(self, username: str, password: str) -> str:
        if "AUTH" not in self.capabilities:
            raise Fault(Code.AUTH_NOT_OFFERED, **self.describe_capabilities())
        mechanisms = self.capabilities["AUTH"].split()
        reply: SmtpReply | None = None
        if "PLAIN" in mechanisms:
            reply = await self._auth_plain(username, password)
        # A mechanism that is offered and isn't there has judged no password: apps go on to the next.
        if "LOGIN" in mechanisms and (reply is None or reply.status == 504):
            reply = await self._auth_login(username, password)
        if reply is None:
            raise Fault(Code.NO_USABLE_MECH, **self.describe_capabilities())
        if reply.status != 235:
            raise Fault(smtp_sign_in(reply.status, reply.text), server=str(reply))
        return str(reply)

    async def _auth_plain(self, username: str, password: str) -> SmtpReply:
        secret = _encoded(f"\0{username}\0{password}")
        reply = await self._command(f"AUTH PLAIN {secret}", shown="AUTH PLAIN [password]")
        if reply.status == 334:  # it knows no initial response
            reply = await self._command(secret, shown="[password]")
        return reply

    async def _auth_login(self, username: str, password: str) -> SmtpReply:
        reply = await self._command("AUTH LOGIN")
        for secret, shown in ((username, "[user name]"), (password, "[password]")):
            if reply.status == 334:
                reply = await self._command(_encoded(secret), shown=shown)
        return reply

    async def send_message(self, address: str, message: bytes) -> str:
        """Sends from `address` to itself; returns what the server said when it took the message."""
        await self._expect(f"MAIL FROM:<{address}>", 250)
        await self._expect(f"RCPT TO:<{address}>", 250)
        await self._expect("DATA", 354)
        lines = message.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
        stuffed = [b"." + line if line.startswith(b".") else line for line in lines]
        self.stream.send(b"\r\n".join([*stuffed, b".", b""]), shown=f"[message of {len(message)} bytes]")
        return str(_accepted(await self._reply(), "message", 250))

    async def quit(self) -> None:
        await self._command("QUIT")

    async def _expect(self, line: str, status: int) -> None:
        _accepted(await self._command(line), line.partition(" ")[0].lower(), status)

    async def _command(self, line: str, *more: str, shown: str | None = None) -> SmtpReply:
        """`shown` stands for a line that holds a secret."""
        self.stream.send_line(line, *more, shown=shown)
        return await self._reply()

    async def _reply(self) -> SmtpReply:
        lines: list[str] = []
        for _ in range(self._limits.probe_response_lines_limit):
            line = await self.stream.read_line()
            match = _REPLY.fullmatch(line)
            if not match:
                raise ProtocolError(line)
            lines.append(match.group(3))
            if match.group(2) != "-":
                return SmtpReply(int(match.group(1)), tuple(lines))
        raise ProtocolError(lines[-1])


def _accepted(reply: SmtpReply, phase: str, status: int) -> SmtpReply:
    if reply.status != status:
        raise Fault(message_refusal(phase, reply.status, reply.text), server=str(reply), phase=phase)
    return reply


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
