"""From what the provider says about a domain to the settings of one address."""

from dataclasses import dataclass, replace

from mailsetup.clientconfig.address import Address
from mailsetup.clientconfig.config import ClientConfig, ServerSettings, ServiceType, Source


class ProtocolNotOffered(LookupError):
    """The server does not offer the protocol asked for, or offers no way to send."""


@dataclass(frozen=True, slots=True)
class Hosting:
    """What the provider says about the domain of an address.

    `domain` is the name in the address; `primary_domain` the one that it is an alias of, else the
    same. `services` and `webmail_url` hold placeholders. `exact_mailbox` says that a mailbox of
    exactly this address is known, so that a `+` in it is part of its name.
    """

    domain: str
    primary_domain: str
    source: Source
    display_name: str
    services: tuple[ServerSettings, ...]
    webmail_url: str = ""
    alias_uses_primary: bool = True
    exact_mailbox: bool = False

    def offers(self, protocol: ServiceType) -> bool:
        return any(service.type is protocol for service in self.services)


def fill_placeholders(text: str, *, local_part: str, domain: str) -> str:
    """Mozilla's three placeholders, replaced in one pass so that a value can't smuggle one in."""
    values = {
        "%EMAILADDRESS%": f"{local_part}@{domain}",
        "%EMAILLOCALPART%": local_part,
        "%EMAILDOMAIN%": domain,
    }
    head, mark, rest = text.partition("%EMAIL")
    if not mark:
        return text
    for placeholder, value in values.items():
        if (mark + rest).startswith(placeholder):
            tail = (mark + rest)[len(placeholder) :]
            return head + value + fill_placeholders(tail, local_part=local_part, domain=domain)
    return head + mark + fill_placeholders(rest, local_part=local_part, domain=domain)


def resolve(address: Address, hosting: Hosting, protocol: ServiceType) -> ClientConfig:
    """The settings that `address` should use; raises ProtocolNotOffered.

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
    incoming = [service for service in services if service.type is protocol]
    outgoing = [service for service in services if service.type is ServiceType.SMTP]
    if not incoming:
        raise ProtocolNotOffered(f"The server for {hosting.domain} does not offer {protocol.upper()}.")
    if not outgoing:
        raise ProtocolNotOffered(f"The server for {hosting.domain} has no service for sending mail.")
    return ClientConfig(
        address=str(address),
        domain=hosting.domain,
        source=hosting.source,
        display_name=hosting.display_name,
        protocol=protocol,
        incoming=incoming[0],
        outgoing=outgoing[0],
        alternatives=(*incoming[1:], *outgoing[1:]),
        services=services,
        webmail_url=fill(hosting.webmail_url),
    )
