"""What every format has in common."""

from typing import Protocol

from mailsetup.clientconfig import Authentication, ClientConfig, ServerSettings

PASSWORD_MECHANISMS = frozenset({Authentication.PASSWORD_CLEARTEXT, Authentication.PASSWORD_ENCRYPTED})


class NothingToOffer(LookupError):
    """No service is left that a program may be told of: unencrypted ones never are."""


class Format(Protocol):
    """One kind of file or document that a mail program reads.

    `slug` names it in URLs and commands, `read_by` says in a few words what reads it, `public` whether
    it is served without signing in.
    """

    slug: str
    media_type: str
    read_by: str
    public: bool

    def filename(self, config: ClientConfig) -> str:
        """The name under which a browser saves the file: letters, digits, dots and dashes."""
        ...

    def render(self, config: ClientConfig) -> bytes:
        """The same bytes for the same settings, always; raises NothingToOffer."""
        ...


def encrypted_only(services: tuple[ServerSettings, ...]) -> list[ServerSettings]:
    """What may be offered to a program, in the provider's order: never a password in the clear."""
    return [service for service in services if service.encrypted]


def printable(text: str, limit: int) -> str:
    """`text` on one line, at most `limit` characters, without characters that XML can't hold."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())[:limit].rstrip()
