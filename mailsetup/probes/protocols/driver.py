"""What the mail protocols have in common for a test."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.rejections import identify_service
from mailsetup.probes.wire.stream import ConnectionClosed, LineStream


class Driver(ABC):
    """One session. Methods raise Fault, and what the stream raises; timeouts are the caller's."""

    protocol = ""
    # Harmless, and answered by a server that obeys it.
    early_command = "NOOP"

    def __init__(self, stream: LineStream, limits: ProbeSettings) -> None:
        self.stream, self._limits = stream, limits
        self.capabilities: dict[str, str] = {}

    @abstractmethod
    async def read_greeting(self) -> str:
        """Returns the greeting."""

    @abstractmethod
    async def ask_capabilities(self) -> None:
        """Reads the capabilities; they replace those that were known before."""

    @property
    @abstractmethod
    def offers_starttls(self) -> bool: ...

    @abstractmethod
    async def request_starttls(self, early: str = "") -> None:
        """Sends STARTTLS or STLS; the next bytes after the reply are the handshake.

        `early` is a command that goes out in the same segment.
        """

    @abstractmethod
    async def sign_in(self, username: str, password: str) -> str:
        """Signs in once and returns the text of the reply."""

    @abstractmethod
    async def quit(self) -> None:
        """Ends the session: QUIT or LOGOUT."""

    async def quit_after_early_command(self) -> bool:
        """Ends the session; whether more was answered than this, such as a command from before encryption."""
        await self.quit()
        try:
            async with asyncio.timeout(self._limits.probe_quit_seconds):
                await self.stream.read_line()
        except (ConnectionClosed, OSError):
            return False
        return True

    @property
    def refuses_plain(self) -> Code | None:
        """The code of a server that takes no password before TLS, None where it would."""
        return None

    def describe_capabilities(self) -> dict[str, Any]:
        return {"capabilities": sorted(self.capabilities)}

    def unexpected_greeting(self, line: str) -> Fault:
        """Why a first line that is no greeting of this protocol came."""
        service = identify_service(line)
        if service and service != self.protocol:
            return Fault(Code.WRONG_SERVICE, server=line, service=service)
        return Fault(Code.BANNER_GARBAGE, server=line)
