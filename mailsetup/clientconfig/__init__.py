"""What the right settings for one address are. Plain Python: no Django, no network, no clock."""

from mailsetup.clientconfig.address import Address, AddressError, parse_address, parse_domain
from mailsetup.clientconfig.config import (
    Authentication,
    ClientConfig,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
)
from mailsetup.clientconfig.resolve import (
    Hosting,
    ProtocolNotOffered,
    resolve,
    resolve_domain,
    with_implicit_tls,
)

__all__ = [
    "Address",
    "AddressError",
    "Authentication",
    "ClientConfig",
    "Hosting",
    "ProtocolNotOffered",
    "ServerSettings",
    "ServiceType",
    "SocketType",
    "Source",
    "parse_address",
    "parse_domain",
    "resolve",
    "resolve_domain",
    "with_implicit_tls",
]
