"""From where a probe looks at the network, and how much time it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from mailsetup.probes.app_settings import ProbeSettings

IPNetwork = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Vantage:
    """How this installation looks at the network.

    `allowed_networks` pass the private-address guard; `ca_file` holds roots beside the system's;
    `resolver` is the address and port of the name server to ask (None: the system's); `hosts` answers
    names (lower case) in place of DNS.
    """

    allowed_networks: tuple[IPNetwork, ...] = ()
    ca_file: str | None = None
    resolver: tuple[str, int] | None = None
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: ProbeSettings = field(default_factory=ProbeSettings)
