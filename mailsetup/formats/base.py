"""What every format has in common."""

from abc import ABC, abstractmethod
from enum import StrEnum

from mailsetup.clientconfig import Authentication, ClientConfig, ServerSettings

PASSWORD_MECHANISMS = frozenset({Authentication.PASSWORD_CLEARTEXT, Authentication.PASSWORD_ENCRYPTED})


class NothingToOffer(LookupError):
    """No service is left that a program may be told of: unencrypted ones never are."""


class Scope(StrEnum):
    """What one document is about."""

    ADDRESS = "address"
    DOMAIN = "domain"  # every address of it, with placeholders; one address will do as well


class Format(ABC):
    """One kind of file or document that a mail program reads.

    `slug` names it in URLs and commands, `read_by` says in a few words what reads it, `scope` the least
    that it is about, `public` whether it is served without signing in, `signed` whether it goes out with
    our signature where a certificate is set.
    """

    slug: str
    media_type: str
    read_by: str
    scope: Scope
    public: bool
    signed: bool

    @abstractmethod
    def filename(self, config: ClientConfig) -> str:
        """The name under which a browser saves the file: letters, digits, dots and dashes."""

    @abstractmethod
    def render(self, config: ClientConfig) -> bytes:
        """The same bytes for the same settings, always; raises NothingToOffer.

        A format of scope DOMAIN also takes what clientconfig.resolve_domain() returns.
        """


def encrypted_only(services: tuple[ServerSettings, ...]) -> list[ServerSettings]:
    """What may be offered to a program, in the provider's order: never a password in the clear."""
    return [service for service in services if service.encrypted]


def printable(text: str, limit: int) -> str:
    """`text` on one line, at most `limit` characters, without characters that XML can't hold."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())[:limit].rstrip()
