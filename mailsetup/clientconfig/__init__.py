"""What the right settings for one address are. Plain Python: no Django, no network, no clock."""

from mailsetup.clientconfig.address import (
    Address,
    AddressError,
    AddressFault,
    display_domain,
    parse_address,
    parse_domain,
)
from mailsetup.clientconfig.config import (
    Authentication,
    ClientConfig,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
)
from mailsetup.clientconfig.resolve import (
    Hosting,
    NotExpressible,
    NotOffered,
    fill_placeholders,
    resolve,
    resolve_domain,
    within,
)

__all__ = [
    "Address",
    "AddressError",
    "AddressFault",
    "Authentication",
    "ClientConfig",
    "Hosting",
    "NotExpressible",
    "NotOffered",
    "Protocol",
    "ServerSettings",
    "ServiceType",
    "SocketType",
    "Source",
    "display_domain",
    "fill_placeholders",
    "parse_address",
    "parse_domain",
    "resolve",
    "resolve_domain",
    "within",
]
