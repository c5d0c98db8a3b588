"""The settings of one address, in the words of Mozilla's autoconfig format."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ServiceType(StrEnum):
    """What a server offers."""

    IMAP = "imap"
    POP3 = "pop3"
    SMTP = "smtp"  # submission, RFC 6409


class Protocol(StrEnum):
    """How an account receives its mail. Every protocol is a type of service; not every service receives."""

    IMAP = "imap"
    POP3 = "pop3"

    @property
    def service_type(self) -> ServiceType:
        """The service that a server needs for it."""
        return ServiceType(self.value)


class SocketType(StrEnum):
    """How the connection is encrypted. The values are autoconfig's own, and case counts there."""

    SSL = "SSL"  # implicit TLS, RFC 8314 section 3
    STARTTLS = "STARTTLS"  # RFC 3501 6.2.1, RFC 2595 4, RFC 3207
    PLAIN = "plain"


class Authentication(StrEnum):
    PASSWORD_CLEARTEXT = "password-cleartext"  # noqa: S105  # a mechanism's name, not a password
    PASSWORD_ENCRYPTED = "password-encrypted"  # noqa: S105
    OAUTH2 = "OAuth2"


class Source(StrEnum):
    """What said so: the domain itself, an alias of it, or a match on its MX records."""

    DOMAIN = "domain"
    ALIAS = "alias"
    MX = "mx"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """One way into one server. Before `resolve()` the host and user name may hold placeholders."""

    type: ServiceType
    hostname: str
    port: int
    socket_type: SocketType
    authentication: Authentication = Authentication.PASSWORD_CLEARTEXT
    username: str = "%EMAILADDRESS%"

    @property
    def encrypted(self) -> bool:
        return self.socket_type is not SocketType.PLAIN

    def as_dict(self) -> dict[str, Any]:
        return {
            "type": self.type.value,
            "hostname": self.hostname,
            "port": self.port,
            "socket_type": self.socket_type.value,
            "authentication": self.authentication.value,
            "username": self.username,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "ServerSettings":
        """Of what as_dict() made."""
        return cls(
            type=ServiceType(stored["type"]),
            hostname=stored["hostname"],
            port=stored["port"],
            socket_type=SocketType(stored["socket_type"]),
            authentication=Authentication(stored["authentication"]),
            username=stored["username"],
        )


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """Everything a mail program needs to know about one address.

    `alternatives` are the other ways to do what `incoming` and `outgoing` do; `services` are all
    ways, of every protocol, in the provider's order of preference. The addresses of webmail, of the page
    for a new password, of calendars (CalDAV), address books (CardDAV) and Exchange ActiveSync are empty where
    the server has none;
    `documentation_url` is where people find the steps, empty where it isn't known.
    """

    address: str
    domain: str
    source: Source
    display_name: str
    protocol: Protocol
    incoming: ServerSettings
    outgoing: ServerSettings
    alternatives: tuple[ServerSettings, ...]
    services: tuple[ServerSettings, ...]
    webmail_url: str
    password_url: str = ""
    caldav_url: str = ""
    carddav_url: str = ""
    activesync_url: str = ""
    documentation_url: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The document that `client_config --json` prints."""
        return {
            "address": self.address,
            "domain": self.domain,
            "source": self.source.value,
            "display_name": self.display_name,
            "protocol": self.protocol.value,
            "incoming": self.incoming.as_dict(),
            "outgoing": self.outgoing.as_dict(),
            "alternatives": [service.as_dict() for service in self.alternatives],
            "webmail_url": self.webmail_url,
        }
