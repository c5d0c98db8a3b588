"""What the files for the terminal have in common."""

import re
import shlex
from abc import abstractmethod

from mailsetup.clientconfig import AddressError, ClientConfig, ServerSettings, SocketType, parse_address
from mailsetup.formats.base import Evidence, Format, NothingToOffer, Reader, Scope


class TerminalFormat(Format):
    """A text file for one program and one address.

    `program` is its name and its version, `path` where the file belongs, `evidence` how we know that it reads
    it.
    """

    media_type = "text/plain; charset=utf-8"
    scope = Scope.ADDRESS
    public = False
    signed = False
    program: str
    path: str
    evidence = Evidence.RUN
    comment = "#"

    @property
    def readers(self) -> tuple[Reader, ...]:  # type: ignore[override]  # others name several
        return (Reader(self.program, f"reads {self.path}", self.evidence),)

    def filename(self, config: ClientConfig) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", config.address).strip("-")
        return f"{self.slug}-{words}.txt"

    def render(self, config: ClientConfig) -> bytes:
        """The file for one address and protocol; raises NothingToOffer."""
        try:
            address = parse_address(config.address)
        except AddressError:
            raise NothingToOffer(f"{self.slug} is made for one address.") from None
        for service in config.services:
            if any(not character.isprintable() for character in service.username):
                raise NothingToOffer("A user name with a line break can't be written into a file.")
        head = [f"{self.comment} {line}" for line in self.head(config)]
        return "\n".join([*head, "", *self.lines(config, str(address)), ""]).encode()

    def head(self, config: ClientConfig) -> list[str]:
        """What somebody reads first: where the file belongs, and where the password comes from."""
        return [
            f"{self.program}: {config.address}. This belongs into {self.path}.",
            "Readable by you alone: chmod 600. The password comes from the command; put yours in its place.",
        ]

    @abstractmethod
    def lines(self, config: ClientConfig, address: str) -> list[str]:
        """The settings themselves."""


def password_command(address: str) -> str:
    """A command line that prints the password, for a shell."""
    return f"pass show {shlex.quote(f'mail/{address}')}"


def starttls(service: ServerSettings) -> bool:
    return service.socket_type is SocketType.STARTTLS


def quoted(text: str) -> str:
    """In double quotes, as mbsync and fetchmail read it: a backslash before what would end it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
