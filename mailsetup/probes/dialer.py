"""Opens sessions with one service, as often as a test needs one."""

import asyncio
import re
import ssl
from contextlib import suppress

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.protocols.imap import ImapDriver
from mailsetup.probes.protocols.pop3 import Pop3Driver
from mailsetup.probes.protocols.submission import SubmissionDriver
from mailsetup.probes.transcript import Transcript
from mailsetup.probes.vantage import Vantage
from mailsetup.probes.wire.network import IPAddress, dial
from mailsetup.probes.wire.stream import ByteBudget, LineStream, StreamError

_DRIVERS: dict[ServiceType, type[Driver]] = {
    ServiceType.IMAP: ImapDriver,
    ServiceType.POP3: Pop3Driver,
    ServiceType.SMTP: SubmissionDriver,
}

# Firewalls that look into SMTP write over what they don't want, keeping its length: XXXXXXXA (Cisco,
# "Inspect SMTP and ESMTP").
_MASKED = re.compile(r"X{5,}[A-Z]")


class Dialer:
    """Remembers the address that answered: a second connection goes to the same machine.


    What goes over the wire is noted in `transcript`, where there is one.
    """

    def __init__(
        self,
        settings: ServerSettings,
        vantage: Vantage,
        address: IPAddress | None = None,
        *,
        transcript: Transcript | None = None,
    ) -> None:
        self.settings, self.vantage, self.limits = settings, vantage, vantage.limits
        self.budget = ByteBudget(self.limits.probe_service_max_bytes)
        self._transcript = transcript
        self._address = address
        self._streams: list[LineStream] = []

    @property
    def implicit(self) -> bool:
        """Whether TLS comes first, before the greeting."""
        return self.settings.socket_type is SocketType.SSL

    def start_session(self, stream: LineStream, address: IPAddress) -> Driver:
        """The session over a connection that is open already; later ones go to the same address."""
        self._address = address
        self._streams.append(stream)
        if self._transcript is not None:
            self._transcript.connected(stream.local_address, str(address), self.settings.port)
            stream.on_line = self._transcript.add
        return _DRIVERS[self.settings.type](stream, self.limits)

    async def dial(self) -> Driver:
        """A new, plain connection to the same address; nothing is read yet."""
        if self._address is None:
            raise ValueError("nothing has answered yet")
        stream = await dial(self._address, self.settings.port, self.budget, self.limits)
        return self.start_session(stream, self._address)

    async def negotiate_starttls(self, driver: Driver, *, early: str = "") -> None:
        """Gets the server to expect a handshake; with implicit TLS it does already.

        `early` is one more command, in the same segment: it belongs before encryption, and not behind it.
        """
        if self.implicit:
            return
        await driver.ask_capabilities()
        if not driver.offers_starttls:
            masked = any(_MASKED.fullmatch(name) for name in driver.capabilities)
            code = Code.STARTTLS_MASKED if masked else Code.STARTTLS_MISSING
            raise Fault(code, **driver.describe_capabilities())
        await driver.request_starttls(early)

    async def start_tls(self, driver: Driver, context: ssl.SSLContext) -> None:
        """The handshake."""
        async with asyncio.timeout(self.limits.probe_tls_seconds):
            await driver.stream.start_tls(context, self.settings.hostname)

    async def dial_to_handshake(self, *, with_early_command: bool = False) -> Driver:
        """A new connection on which the handshake comes next."""
        driver = await self.dial()
        if not self.implicit:
            async with asyncio.timeout(self.limits.probe_greeting_seconds):
                await driver.read_greeting()
                early = driver.early_command if with_early_command else ""
                await self.negotiate_starttls(driver, early=early)
        return driver

    async def dial_tls(self, context: ssl.SSLContext) -> Driver:
        """A new connection up to the end of the handshake."""
        driver = await self.dial_to_handshake()
        await self.start_tls(driver, context)
        return driver

    async def quit(self, driver: Driver) -> None:
        """Ends the session, without waiting long for the reply, and closes the connection."""
        with suppress(Fault, StreamError, OSError):
            async with asyncio.timeout(self.limits.probe_quit_seconds):
                await driver.quit()
        driver.stream.abort()

    def close(self) -> None:
        """Ends every connection that is still open."""
        for stream in self._streams:
            stream.abort()
