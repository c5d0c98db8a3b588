"""What every format has in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mailsetup.clientconfig import (
    Authentication,
    ClientConfig,
    ServerSettings,
    ServiceType,
    SocketType,
)

PASSWORD_MECHANISMS = frozenset({Authentication.PASSWORD_CLEARTEXT, Authentication.PASSWORD_ENCRYPTED})


class NothingToOffer(LookupError):
    """No service is left that a program may be told of: unencrypted ones never are."""


class Scope(StrEnum):
    """What one document is about."""

    ADDRESS = "address"
    DOMAIN = "domain"  # every address of it, with placeholders; one address will do as well


class Evidence(StrEnum):
    """How we know that an app reads it, the strongest first."""

    RUN = "run by our tests"
    SOURCE = "its source"
    VENDOR = "its maker's documentation"
    SEEN = "its requests, seen by others"


@dataclass(frozen=True, slots=True)
class Reader:
    """An app that reads a format: how it comes by it, and how we know.

    `asks` completes the sentence "The app …".
    """

    app: str
    asks: str
    evidence: Evidence


class Format(ABC):
    """One kind of file or document that a mail program reads.

    `slug` names it in URLs and commands, `readers` are the apps that read it, `scope` is the least
    that it is about, `public` whether it is served without signing in, `signed` whether it goes out with
    our signature where a certificate is set.
    """

    slug: str
    media_type: str
    readers: tuple[Reader, ...]
    scope: Scope
    public: bool
    signed: bool

    @property
    def read_by(self) -> str:
        """The apps in a line, each with how we know."""
        return ", ".join(f"{reader.app} ({reader.evidence})" for reader in self.readers)

    @abstractmethod
    def filename(self, config: ClientConfig) -> str:
        """The name under which a browser saves the file: letters, digits, dots and dashes."""

    @abstractmethod
    def render(self, config: ClientConfig) -> bytes:
        """The same bytes for the same settings, always; raises NothingToOffer.

        A format of scope DOMAIN also takes what clientconfig.resolve_domain() returns.
        """

    def tellable(self, services: Iterable[ServerSettings]) -> list[ServerSettings]:
        """What a document of this kind may name of `services`, in the provider's order."""
        return encrypted_only(services)


def pick(config: ClientConfig, service_type: ServiceType) -> ServerSettings:
    """The encrypted way with a password, implicit TLS before STARTTLS; raises NothingToOffer.

    For formats that name one way, and programs that don't say how they treat a port that starts in the clear.
    """
    usable = [
        service
        for service in encrypted_only(config.services)
        if service.type is service_type and service.authentication in PASSWORD_MECHANISMS
    ]
    if not usable:
        raise NothingToOffer(f"{config.domain} has no encrypted {service_type.upper()} service.")
    return next((service for service in usable if service.socket_type is SocketType.SSL), usable[0])


def encrypted_only(services: Iterable[ServerSettings]) -> list[ServerSettings]:
    """What may be offered to a program, in the provider's order: never a password in the clear."""
    return [service for service in services if service.encrypted]


def printable(text: str, limit: int) -> str:
    """`text` on one line, at most `limit` characters, without characters that XML can't hold."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())[:limit].rstrip()
