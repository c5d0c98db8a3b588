"""What a probe is asked, and whom it tells."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mailsetup.clientconfig import ServerSettings
from mailsetup.probes.findings import Finding

OnStep = Callable[[int, Finding], None]
"""Called as each step ends: the service's index (0 incoming, 1 outgoing) and what the step found."""


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


def ignore(index: int, finding: Finding) -> None:
    """The listener of those who only want the reports."""
