"""What the three mail protocols have in common for a test."""

from abc import ABC, abstractmethod
from typing import Any

from mailsetup.probes.ask import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.rejections import foreign_service
from mailsetup.probes.wire.stream import LineStream


class Driver(ABC):
    """One conversation. Methods raise Fault, and what the stream raises; timeouts are the caller's."""

    protocol = ""

    def __init__(self, stream: LineStream) -> None:
        self.stream = stream
        self.capabilities: dict[str, str] = {}

    @abstractmethod
    async def read_greeting(self) -> str:
        """The server's first words."""

    @abstractmethod
    async def ask_capabilities(self) -> None:
        """Learns what the server can do; what was known before is forgotten."""

    @property
    @abstractmethod
    def offers_starttls(self) -> bool: ...

    @abstractmethod
    async def request_starttls(self) -> None:
        """Asks to go over to TLS; after that the next bytes are the handshake."""

    @abstractmethod
    async def sign_in(self, username: str, password: str) -> str:
        """Signs in once and returns the server's words."""

    @abstractmethod
    async def say_goodbye(self) -> None:
        """Ends the conversation as the protocol wants it."""

    def describe_capabilities(self) -> dict[str, Any]:
        return {"capabilities": sorted(self.capabilities)}

    def not_a_greeting(self, line: str) -> Fault:
        """What a first line that is not of this protocol tells."""
        service = foreign_service(line)
        if service and service != self.protocol:
            return Fault(Code.WRONG_SERVICE, server=line, service=service)
        return Fault(Code.BANNER_GARBAGE, server=line)
