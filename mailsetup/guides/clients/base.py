"""What is known about a mail app and how its settings are typed in. Facts only: the prose is the
template of the same slug.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeVar

from mailsetup.clientconfig import Protocol

Way = Literal["one_tap", "type_address", "steps"]
GuideStatus = Literal["current", "discontinued"]
# What a test may send a reader back to.
TOPICS = ("password", "incoming", "outgoing", "user_name", "authentication")

_Fact = TypeVar("_Fact")


class Platform(StrEnum):
    WINDOWS = "windows"
    IOS = "ios"  # iPadOS too
    ANDROID = "android"
    MAC = "mac"
    LINUX = "linux"


@dataclass(frozen=True, slots=True)
class Guide:
    """One mail app.

    `tile` are two letters on a tile of `hue` (0 to 330 in steps of 30). `minutes` is how long it takes.
    `way` is the shortest way there is. `evidence` says in one sentence how the facts are proven:
    [P] read out of the program itself, [V] its vendor's page, [H] a hosting provider's page, [K] general
    knowledge, UNSOURCED to be checked on a device. `checked` is the version that was read. `profile` is
    the slug of the format that sets the app up, or empty. `steps` says at which numbered step of a
    protocol's page each of TOPICS is put right; `step_counts` how many steps the page's shortest way
    has. `prefer_ssl`: the app knows one tick named SSL, so it gets implicit TLS where there is any
    (clientconfig.with_implicit_tls).
    """

    slug: str
    name: str
    tile: str
    hue: int
    platforms: tuple[Platform, ...]
    protocols: tuple[Protocol, ...]
    status: GuideStatus
    minutes: int
    way: Way
    evidence: str
    checked: str
    step_counts: Mapping[Protocol, int]
    steps: Mapping[Protocol, Mapping[str, int]]
    profile: str = ""
    prefer_ssl: bool = False

    def step_count(self, protocol: Protocol) -> int:
        """The number of steps of the shortest way, 0 if there is nothing to follow step by step."""
        return self.step_counts.get(protocol, 0)


def for_both_protocols(value: _Fact) -> dict[Protocol, _Fact]:
    """A fact that holds for IMAP and for POP3."""
    return dict.fromkeys(Protocol, value)
