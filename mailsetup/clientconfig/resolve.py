"""From what the provider says about a domain to the settings of one address."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mailsetup.clientconfig.address import Address
from mailsetup.clientconfig.config import (
    ClientConfig,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
)

_EMAIL_ADDRESS = "%EMAILADDRESS%"
_EMAIL_LOCAL_PART = "%EMAILLOCALPART%"
_EMAIL_DOMAIN = "%EMAILDOMAIN%"
_PLACEHOLDER = re.compile("|".join((_EMAIL_ADDRESS, _EMAIL_LOCAL_PART, _EMAIL_DOMAIN)))


class NotOffered(LookupError):
    """The server of `domain` has no service of `service_type`, so there are no whole settings."""

    def __init__(self, domain: str, service_type: ServiceType) -> None:
        super().__init__(f"{domain}: {service_type.value}")
        self.domain, self.service_type = domain, service_type


class NotExpressible(LookupError):
    """A program knows none of the kinds of encryption that are offered; `service` is one it can't express."""

    def __init__(self, service: ServerSettings) -> None:
        super().__init__(f"{service.type.value} with {service.socket_type.value}")
        self.service = service


@dataclass(frozen=True, slots=True)
class Hosting:
    """What the provider says about the domain of an address.

    `domain` is the name in the address; `primary_domain` the one that it is an alias of, else the
    same. `services` and the web addresses hold placeholders. `exact_mailbox` says that a mailbox of
    exactly this address is known, so that a `+` in it is part of its name.
    """

    domain: str
    primary_domain: str
    source: Source
    display_name: str
    services: tuple[ServerSettings, ...]
    webmail_url: str = ""
    password_url: str = ""
    caldav_url: str = ""
    carddav_url: str = ""
    activesync_url: str = ""
    alias_uses_primary: bool = True
    exact_mailbox: bool = False

    @property
    def protocols(self) -> tuple[Protocol, ...]:
        """The protocols on offer, IMAP first."""
        offered = {service.type for service in self.services}
        return tuple(protocol for protocol in Protocol if protocol.service_type in offered)


def fill_placeholders(text: str, *, local_part: str, domain: str) -> str:
    """Mozilla's three placeholders, replaced in one pass so that a value can't smuggle one in."""
    return _fill(
        text,
        {
            _EMAIL_ADDRESS: f"{local_part}@{domain}",
            _EMAIL_LOCAL_PART: local_part,
            _EMAIL_DOMAIN: domain,
        },
    )


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found.group()], text)


def resolve(address: Address, hosting: Hosting, protocol: Protocol) -> ClientConfig:
    """The settings that `address` should use; raises NotOffered.

    A sub-address (`anna+shop@`) signs in as its mailbox. An address in an alias domain gets the
    primary domain's host names and log-on name, unless the server says otherwise.
    """
    log_on_domain = hosting.primary_domain if hosting.alias_uses_primary else hosting.domain
    local_part = address.local_part if hosting.exact_mailbox else address.mailbox_local_part

    def fill(text: str) -> str:
        return fill_placeholders(text, local_part=local_part, domain=log_on_domain)

    services = tuple(
        replace(service, hostname=fill(service.hostname), username=fill(service.username))
        for service in hosting.services
    )
    return _config(str(address), hosting, protocol, services, fill)


def resolve_domain(hosting: Hosting, protocol: Protocol) -> ClientConfig:
    """The settings of every address in a domain, for a program that does not say which one it asks about.

    The address and the user names keep Mozilla's placeholders, which the program fills in. A server
    whose host name depends on the local part can't be told without one and is left out. Raises
    NotOffered.
    """
    log_on_domain = hosting.primary_domain if hosting.alias_uses_primary else hosting.domain
    same_domain = log_on_domain == hosting.domain
    values = {
        # FairEmail fills in a user name only when it is nothing but a placeholder, so one stays whole
        # whenever the program's own answer is the right one.
        _EMAIL_ADDRESS: _EMAIL_ADDRESS if same_domain else f"{_EMAIL_LOCAL_PART}@{log_on_domain}",
        _EMAIL_LOCAL_PART: _EMAIL_LOCAL_PART,
        _EMAIL_DOMAIN: log_on_domain,
    }
    filled = (
        replace(service, hostname=_fill(service.hostname, values), username=_fill(service.username, values))
        for service in hosting.services
    )
    services = tuple(service for service in filled if not _PLACEHOLDER.search(service.hostname))
    return _config(_EMAIL_ADDRESS, hosting, protocol, services, lambda text: _fill(text, values))


def within(
    config: ClientConfig, receiving: Sequence[SocketType], sending: Sequence[SocketType]
) -> ClientConfig:
    """The same settings as a program can express them, which knows these kinds of encryption.

    Each is in the program's order, the surest first; none at all means that it knows them all and the
    provider's order counts. A service without encryption can always be expressed, and comes last. Raises
    NotExpressible.
    """
    incoming = _expressible(config.services, config.incoming, receiving)
    outgoing = _expressible(config.services, config.outgoing, sending)
    return replace(
        config,
        incoming=incoming,
        outgoing=outgoing,
        alternatives=_alternatives(config.services, incoming, outgoing),
    )


def _expressible(
    services: tuple[ServerSettings, ...], first: ServerSettings, known: Sequence[SocketType]
) -> ServerSettings:
    if not known:
        return first
    for socket_type in (*known, SocketType.PLAIN):
        for service in services:
            if service.type is first.type and service.socket_type is socket_type:
                return service
    raise NotExpressible(first)


def _alternatives(
    services: tuple[ServerSettings, ...], incoming: ServerSettings, outgoing: ServerSettings
) -> tuple[ServerSettings, ...]:
    """The other ways of the two chosen, receiving first, in the provider's order."""
    return tuple(
        service
        for chosen in (incoming, outgoing)
        for service in services
        if service.type is chosen.type and service is not chosen
    )


def _config(
    address: str,
    hosting: Hosting,
    protocol: Protocol,
    services: tuple[ServerSettings, ...],
    fill: Callable[[str], str],
) -> ClientConfig:
    incoming, outgoing = (
        _first(services, service_type, hosting.domain)
        for service_type in (protocol.service_type, ServiceType.SMTP)
    )
    return ClientConfig(
        address=address,
        domain=hosting.domain,
        source=hosting.source,
        display_name=hosting.display_name,
        protocol=protocol,
        incoming=incoming,
        outgoing=outgoing,
        alternatives=_alternatives(services, incoming, outgoing),
        services=services,
        webmail_url=fill(hosting.webmail_url),
        password_url=fill(hosting.password_url),
        caldav_url=fill(hosting.caldav_url),
        carddav_url=fill(hosting.carddav_url),
        activesync_url=fill(hosting.activesync_url),
    )


def _first(services: tuple[ServerSettings, ...], service_type: ServiceType, domain: str) -> ServerSettings:
    for service in services:
        if service.type is service_type:
            return service
    raise NotOffered(domain, service_type)
