"""Opens conversations with one service, as often as a test needs one."""

import asyncio
import ssl
from contextlib import suppress

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.ask import Fault, IPAddress, Vantage
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.protocols.imap import ImapDriver
from mailsetup.probes.protocols.pop3 import Pop3Driver
from mailsetup.probes.protocols.submission import SubmissionDriver
from mailsetup.probes.wire.network import dial
from mailsetup.probes.wire.stream import ByteBudget, Closed, Garbage, LineStream

_DRIVERS: dict[ServiceType, type[Driver]] = {
    ServiceType.IMAP: ImapDriver,
    ServiceType.POP3: Pop3Driver,
    ServiceType.SMTP: SubmissionDriver,
}
_GOODBYE_SECONDS = 1.0


class Dialer:
    """Remembers the address that answered: a second connection goes to the same machine."""

    def __init__(self, settings: ServerSettings, vantage: Vantage) -> None:
        self.settings, self.vantage = settings, vantage
        self.budget = ByteBudget()
        self._address: IPAddress | None = None
        self._streams: list[LineStream] = []

    @property
    def implicit(self) -> bool:
        """Whether TLS comes first, before the server says anything."""
        return self.settings.socket_type is SocketType.SSL

    def adopt(self, stream: LineStream, address: IPAddress) -> Driver:
        """The conversation over a stream that is open already."""
        self._address = address
        self._streams.append(stream)
        return _DRIVERS[self.settings.type](stream)

    async def dial(self) -> Driver:
        """A new, plain connection to the same address; nothing is read yet."""
        if self._address is None:
            raise ValueError("nothing has answered yet")
        stream = await dial(self._address, self.settings.port, self.budget, self.vantage.timeouts.connect)
        return self.adopt(stream, self._address)

    async def negotiate_tls(self, driver: Driver) -> None:
        """Gets the server to expect a handshake; with implicit TLS it does already."""
        if self.implicit:
            return
        await driver.ask_capabilities()
        if not driver.offers_starttls:
            raise Fault(Code.STARTTLS_MISSING, **driver.describe_capabilities())
        await driver.request_starttls()

    async def shake_hands(self, driver: Driver, context: ssl.SSLContext) -> None:
        async with asyncio.timeout(self.vantage.timeouts.tls):
            await driver.stream.start_tls(context, self.settings.hostname)

    async def dial_tls(self, context: ssl.SSLContext) -> Driver:
        """A new connection up to the end of the handshake."""
        driver = await self.dial()
        if not self.implicit:
            async with asyncio.timeout(self.vantage.timeouts.greeting):
                await driver.read_greeting()
                await self.negotiate_tls(driver)
        await self.shake_hands(driver, context)
        return driver

    async def hang_up(self, driver: Driver) -> None:
        """Says goodbye for as long as a second, and ends the connection."""
        with suppress(Fault, Closed, Garbage, OSError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await driver.say_goodbye()
        driver.stream.abort()

    def close(self) -> None:
        """Ends every connection that is still open."""
        for stream in self._streams:
            stream.abort()
