"""What a probe is asked, from where it looks, and how it says that something is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from mailsetup.clientconfig import ServerSettings, ServiceType
from mailsetup.probes.findings import PLANNED_STEPS, Code, Finding, Step

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network
OnStep = Callable[[int, Finding], None]
"""Called as each step ends: the service's index (0 incoming, 1 outgoing) and what the step found."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds, generous where servers wait on purpose.

    Postfix holds its greeting back for up to 6 seconds (postscreen), Dovecot the answer to a wrong
    password for up to 15; content filters think about a message before they take it. `push` is how
    long a new message may take to be announced after it was accepted, `arrive` how long to be
    there, `poll` the pause between two looks.
    """

    dns: float = 4
    connect: float = 6
    greeting: float = 12
    tls: float = 8
    command: float = 10
    sign_in: float = 20
    send: float = 30
    push: float = 20
    arrive: float = 60
    poll: float = 2
    overall: float = 60


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
    timeouts: Timeouts = Timeouts()


@dataclass(frozen=True, slots=True)
class Ask:
    """What to test: settings with their placeholders filled.

    Without a password everything up to the sign-in is tested. `round_trip` sends one message from
    `address` to itself and sees it arrive; `token` names that message.
    """

    address: str
    incoming: ServerSettings
    outgoing: ServerSettings
    password: str | None = field(repr=False)
    round_trip: bool
    token: str


class Fault(Exception):
    """A step found something wrong. `evidence` is for support and JSON-able."""

    def __init__(self, code: Code, **evidence: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.evidence = evidence


def ignore(index: int, result: Finding) -> None:
    """The listener of those who only want the reports."""


def planned_steps(service_type: ServiceType, round_trip: bool) -> tuple[Step, ...]:
    """The steps that a report of this service holds, in order.

    The same with and without a round trip: what was not asked for is reported as skipped.
    """
    return PLANNED_STEPS[service_type]
