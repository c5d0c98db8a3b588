"""What is known about a mail app. Facts only: the prose is in the folder of templates of the same slug."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from mailsetup.clientconfig import Protocol

Way = Literal["one_tap", "type_address", "steps"]
GuideStatus = Literal["current", "discontinued"]
# What a test may send a reader back to. Some step of every guide names each of them.
TOPICS = ("password", "incoming", "outgoing", "user_name", "authentication")


class Platform(StrEnum):
    WINDOWS = "windows"
    IOS = "ios"  # iPadOS too
    ANDROID = "android"
    MAC = "mac"
    LINUX = "linux"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One mail app.

    `rank` is its place in lists, the lowest first. `tile` are two letters on a tile of `hue` (0 to 330
    in steps of 30). `minutes` is how long it takes. `way` is the shortest way there is. `evidence` says
    in one sentence how the facts are proven: [P] read out of the program itself, [V] its vendor's page,
    [H] a hosting provider's page, [K] general knowledge, UNSOURCED to be checked on a device. `checked`
    is the version that was read. `profile` is the slug of the format that sets the app up, or empty;
    `profile_minutes` how long a downloaded one waits to be installed, 0 if the app sets no limit.
    `days_on_server` is for how long an account that was set up this way leaves POP3 mail on the server,
    0 if that isn't known. `prefer_ssl`: the app knows one tick named SSL, so it gets implicit TLS where
    there is any (clientconfig.with_implicit_tls). `instead` is the slug of the app to take in its place.
    """

    slug: str
    name: str
    rank: int
    tile: str
    hue: int
    platforms: tuple[Platform, ...]
    protocols: tuple[Protocol, ...]
    status: GuideStatus
    minutes: int
    way: Way
    evidence: str
    checked: str
    profile: str = ""
    profile_minutes: int = 0
    days_on_server: int = 0
    prefer_ssl: bool = False
    instead: str = ""
