"""Reading the provider file: strict types, plain sentences, the JSON path of what is wrong."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from mailsetup.clientconfig import (
    AddressError,
    Authentication,
    ServerSettings,
    ServiceType,
    SocketType,
    parse_address,
    parse_domain,
)
from mailsetup.hosting import names
from mailsetup.hosting.sentences import address_fault, domain_fault

T = TypeVar("T")
Port = Annotated[int, Meta(ge=1, le=65535)]
Text = Annotated[str, Meta(min_length=1, max_length=255)]
WebAddress = Annotated[str, Meta(max_length=300)]
# The keys of a server that hold a web address.
WEB_ADDRESSES = ("webmail_url", "password_url", "caldav_url", "carddav_url", "activesync_url")


class ProviderFileError(ValueError):
    """The file is wrong; the message starts with the JSON path, such as `domains[3].server`."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class _Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An unknown key is a typing mistake that would otherwise be lost in silence."""


class ServiceEntry(_Strict):
    type: Literal["imap", "pop3", "smtp"]
    hostname: Text
    port: Port
    socket_type: Literal["SSL", "STARTTLS", "plain"]
    authentication: Literal["password-cleartext", "password-encrypted", "OAuth2"] = "password-cleartext"
    username: Text = "%EMAILADDRESS%"

    def as_settings(self) -> ServerSettings:
        return ServerSettings(
            type=ServiceType(self.type),
            hostname=self.hostname,
            port=self.port,
            socket_type=SocketType(self.socket_type),
            authentication=Authentication(self.authentication),
            username=self.username,
        )


class ServerEntry(_Strict):
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    services: Annotated[tuple[ServiceEntry, ...], Meta(min_length=1)]
    software: Annotated[str, Meta(max_length=50)] = ""
    webmail_url: WebAddress = ""
    password_url: WebAddress = ""
    caldav_url: WebAddress = ""
    carddav_url: WebAddress = ""
    activesync_url: WebAddress = ""
    mx_patterns: tuple[Text, ...] = ()
    alias_uses_primary: bool = True


class CustomerEntry(_Strict):
    id: Annotated[str, Meta(min_length=1, max_length=100)]
    name: Text
    users: tuple[str, ...] = ()


class DomainEntry(_Strict):
    name: str
    server: str
    customer: str | None = None
    aliases: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    enabled: bool = True


class ProviderFile(_Strict):
    customers: tuple[CustomerEntry, ...] = ()
    servers: tuple[ServerEntry, ...] = ()
    domains: tuple[DomainEntry, ...] = ()


def read_provider_file(
    text: bytes, *, known_servers: frozenset[str] = frozenset(), known_customers: frozenset[str] = frozenset()
) -> ProviderFile:
    """The file with every name as lower-case A-labels; raises ProviderFileError.

    A domain may name a server or customer of this file or one of those already known.
    """
    try:
        document = msgspec.json.decode(text, type=ProviderFile)
    except msgspec.ValidationError as error:
        raise _type_error(str(error)) from None
    except msgspec.DecodeError as error:
        raise ProviderFileError("", f"This is not JSON: {error}.") from None
    _check_customers(document)
    _check_servers(document)
    servers = known_servers | {server.name for server in document.servers}
    customers = known_customers | {customer.id for customer in document.customers}
    return msgspec.structs.replace(
        document,
        servers=tuple(_with_a_labels(server) for server in document.servers),
        domains=tuple(_domains(document, servers, customers)),
    )


def _type_error(message: str) -> ProviderFileError:
    """msgspec's words, the path in front: `Expected int, got str - at $.servers[0].port`."""
    reason, _, path = message.partition(" - at ")
    path = path.strip("`").removeprefix("$").removeprefix(".")
    if key := re.search(r"(?:unknown|required) field `(.+)`", reason):
        path = f"{path}.{key[1]}" if path else key[1]
        reason = "There is no such key." if "unknown" in reason else "This key is missing."
    return ProviderFileError(path, reason.replace("`", ""))


def _check_customers(document: ProviderFile) -> None:
    seen: set[str] = set()
    for index, customer in enumerate(document.customers):
        if customer.id in seen:
            raise ProviderFileError(f"customers[{index}].id", f"The customer {customer.id} is there twice.")
        seen.add(customer.id)
        for place, user in enumerate(customer.users):
            _address(f"customers[{index}].users[{place}]", user)


def _check_servers(document: ProviderFile) -> None:
    seen: set[str] = set()
    for index, server in enumerate(document.servers):
        if server.name in seen:
            raise ProviderFileError(f"servers[{index}].name", f"The server {server.name} is there twice.")
        seen.add(server.name)
        for key in WEB_ADDRESSES:
            _checked(f"servers[{index}].{key}", names.check_web_address, getattr(server, key))
        for place, service in enumerate(server.services):
            where = f"servers[{index}].services[{place}]"
            _checked(f"{where}.hostname", names.check_host_name, service.hostname)
            _checked(f"{where}.username", names.check_user_name, service.username)
            _checked(f"{where}.port", partial(names.check_port, service.type), service.port)


def _checked(path: str, check: Callable[[T], None], value: T) -> None:
    try:
        check(value)
    except ValueError as error:
        raise ProviderFileError(path, str(error)) from None


def _with_a_labels(server: ServerEntry) -> ServerEntry:
    services = tuple(
        msgspec.structs.replace(service, hostname=names.with_a_labels(service.hostname))
        for service in server.services
    )
    return msgspec.structs.replace(server, services=services)


def _domains(
    document: ProviderFile, servers: frozenset[str], customers: frozenset[str]
) -> Iterator[DomainEntry]:
    taken: set[str] = set()
    for index, entry in enumerate(document.domains):
        path = f"domains[{index}]"
        if entry.server not in servers:
            raise ProviderFileError(f"{path}.server", f"There is no server called {entry.server}.")
        if entry.customer is not None and entry.customer not in customers:
            raise ProviderFileError(f"{path}.customer", f"There is no customer with the id {entry.customer}.")
        name = _domain(f"{path}.name", entry.name)
        aliases = tuple(_domain(f"{path}.aliases[{i}]", alias) for i, alias in enumerate(entry.aliases))
        places = [f"{path}.name", *(f"{path}.aliases[{i}]" for i in range(len(aliases)))]
        for place, domain in zip(places, (name, *aliases), strict=True):
            if domain in taken:
                raise ProviderFileError(place, f"The domain {domain} is there twice.")
            taken.add(domain)
        yield msgspec.structs.replace(
            entry, name=name, aliases=aliases, mailboxes=tuple(_mailboxes(path, name, entry.mailboxes))
        )


def _mailboxes(path: str, domain: str, mailboxes: tuple[str, ...]) -> Iterator[str]:
    """The local parts of a domain's mailboxes."""
    seen: set[str] = set()
    for index, mailbox in enumerate(mailboxes):
        place = f"{path}.mailboxes[{index}]"
        try:
            address = parse_address(mailbox)
        except AddressError as error:
            raise ProviderFileError(place, address_fault(error)) from None
        if address.domain != domain:
            raise ProviderFileError(place, f"This mailbox is not in {domain}.")
        if address.local_part in seen:
            raise ProviderFileError(place, f"The mailbox {address} is there twice.")
        seen.add(address.local_part)
        yield address.local_part


def _domain(path: str, text: str) -> str:
    try:
        return parse_domain(text)
    except AddressError:
        raise ProviderFileError(path, domain_fault(text)) from None


def _address(path: str, text: str) -> str:
    try:
        return str(parse_address(text))
    except AddressError as error:
        raise ProviderFileError(path, address_fault(error)) from None
