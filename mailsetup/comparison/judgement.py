"""What somebody's app has beside what is right: which settings differ. Plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mailsetup.clientconfig import (
    AddressError,
    ClientConfig,
    Protocol,
    ServerSettings,
    SocketType,
    parse_address,
    parse_domain,
)
from mailsetup.guides.clients import PORTS, Side

# RFC 3501, RFC 1939 and RFC 8314: where each protocol is if nobody says otherwise.
_USUAL_PORTS = {Protocol.IMAP: {143, 993}, Protocol.POP3: {110, 995}}


class Setting(StrEnum):
    """What an app asks for, in the order in which people fill it in."""

    INCOMING_SERVER = "incoming_server"
    INCOMING_PORT = "incoming_port"
    INCOMING_ENCRYPTION = "incoming_encryption"
    USER_NAME = "user_name"
    OUTGOING_SERVER = "outgoing_server"
    OUTGOING_PORT = "outgoing_port"
    OUTGOING_ENCRYPTION = "outgoing_encryption"
    OUTGOING_SIGN_IN = "outgoing_sign_in"

    @property
    def side(self) -> Side:
        """The direction that it is about, empty for both."""
        if self is Setting.USER_NAME:
            return ""
        return "incoming" if self.value.startswith("incoming") else "outgoing"

    @property
    def topics(self) -> tuple[str, ...]:
        """The parts of a guide that are about it, the closest one first."""
        match self:
            case Setting.USER_NAME:
                return ("user_name",)
            case Setting.OUTGOING_SIGN_IN:
                return ("authentication",)
            case Setting.INCOMING_SERVER | Setting.OUTGOING_SERVER:
                return (self.side,)
            case _:
                return (PORTS, self.side)


class Encryption(StrEnum):
    """What an app has chosen. TICKED: it has one tick for both kinds, and it is set."""

    SSL = "SSL"
    STARTTLS = "STARTTLS"
    TICKED = "ticked"
    NONE = "none"
    AUTOMATIC = "automatic"

    def means(self, socket_type: SocketType) -> bool:
        """Whether this is the word for it. An app that decides by itself may be right by chance, or not."""
        if self is Encryption.TICKED:
            return socket_type is not SocketType.PLAIN
        kinds = {
            SocketType.SSL: Encryption.SSL,
            SocketType.STARTTLS: Encryption.STARTTLS,
            SocketType.PLAIN: Encryption.NONE,
        }
        return kinds[socket_type] is self


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerValues:
    """What the app has for one direction; None or empty: not filled in."""

    server: str = ""
    port: int | None = None
    encryption: Encryption | None = None

    def fits(self, service: ServerSettings) -> bool:
        """Whether all that is filled in is as `service` has it."""
        return (
            (not self.server or is_same_host(self.server, service.hostname))
            and (self.port is None or self.port == service.port)
            and (self.encryption is None or self.encryption.means(service.socket_type))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppValues:
    """All that somebody has filled in of what their app has."""

    incoming: ServerValues = field(default_factory=ServerValues)
    outgoing: ServerValues = field(default_factory=ServerValues)
    user_name: str = ""
    signs_in_to_send: bool | None = None


Value = str | int | bool | Encryption | SocketType


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting: what the app has and what is right. Nothing is different if it is the `same`."""

    setting: Setting
    theirs: Value
    right: Value
    same: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is filled in beside what is right.

    `settings` are the right ones; `other_way`: they aren't the guide's, but the server has them as well.
    """

    settings: ClientConfig
    rows: tuple[Difference, ...]
    other_way: bool

    @property
    def differing(self) -> tuple[Difference, ...]:
        return tuple(row for row in self.rows if not row.same)

    @property
    def not_filled_in(self) -> tuple[Setting, ...]:
        filled_in = {row.setting for row in self.rows}
        return tuple(setting for setting in Setting if setting not in filled_in)


def judge(values: AppValues, config: ClientConfig) -> Judgement:
    """Lay what an app has next to `config`, what its guide says."""
    right = replace(
        config,
        incoming=_way_of(values.incoming, config.incoming, config),
        outgoing=_way_of(values.outgoing, config.outgoing, config),
    )
    rows = tuple(_rows(values, right))
    other_way = (right.incoming, right.outgoing) != (config.incoming, config.outgoing)
    return Judgement(right, rows, other_way)


def right_value(setting: Setting, config: ClientConfig) -> Value:
    """What `setting` has to be."""
    service = config.outgoing if setting.side == "outgoing" else config.incoming
    match setting:
        case Setting.USER_NAME:
            return service.username
        case Setting.OUTGOING_SIGN_IN:
            return True
        case Setting.INCOMING_SERVER | Setting.OUTGOING_SERVER:
            return service.hostname
        case Setting.INCOMING_PORT | Setting.OUTGOING_PORT:
            return service.port
        case _:
            return service.socket_type


def protocol_by_port(values: AppValues, config: ClientConfig) -> Protocol | None:
    """How an app receives that has this port; None: the port doesn't tell."""
    port = values.incoming.port
    for protocol, usual in _USUAL_PORTS.items():
        ours = {service.port for service in config.services if service.type is protocol.service_type}
        if port in usual | ours:
            return protocol
    return None


def is_same_host(one: str, other: str) -> bool:
    """Whether both are one name, in whatever case and script."""
    return _host(one) == _host(other)


def is_same_user(one: str, other: str) -> bool:
    """Whether both are one user name. Mailboxes are told apart by their letters, not by their case."""
    return _user(one) == _user(other)


def _host(text: str) -> str:
    try:
        return parse_domain(text)
    except AddressError:
        return text.strip().casefold()


def _user(text: str) -> str:
    try:
        return str(parse_address(text))
    except AddressError:
        return text.strip().casefold()


def _way_of(values: ServerValues, usual: ServerSettings, config: ClientConfig) -> ServerSettings:
    """The service that the app is set up for: the guide's, unless all that is filled in fits another one."""
    others = (
        service
        for service in config.services
        if service.type is usual.type and service.encrypted and service is not usual
    )
    fitting = (service for service in (usual, *others) if values.fits(service))
    return next(fitting, usual)


def _rows(values: AppValues, config: ClientConfig) -> Iterator[Difference]:
    yield from _server_rows(values.incoming, config.incoming, "incoming")
    if values.user_name:
        # A server may take two forms of user name: then the provider has said so, by listing it twice.
        accepted = {service.username for service in config.services if service.type is config.incoming.type}
        same = any(is_same_user(values.user_name, name) for name in accepted)
        yield Difference(Setting.USER_NAME, values.user_name, config.incoming.username, same)
    yield from _server_rows(values.outgoing, config.outgoing, "outgoing")
    if values.signs_in_to_send is not None:
        signs_in = values.signs_in_to_send
        yield Difference(Setting.OUTGOING_SIGN_IN, signs_in, right=True, same=signs_in)


def _server_rows(values: ServerValues, service: ServerSettings, side: str) -> Iterator[Difference]:
    if values.server:
        same = is_same_host(values.server, service.hostname)
        yield Difference(Setting(f"{side}_server"), values.server, service.hostname, same)
    if values.port is not None:
        yield Difference(Setting(f"{side}_port"), values.port, service.port, values.port == service.port)
    if values.encryption is not None:
        same = values.encryption.means(service.socket_type)
        yield Difference(Setting(f"{side}_encryption"), values.encryption, service.socket_type, same)
