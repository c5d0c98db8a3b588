"""What is known about a mail app. Facts only: the prose is in the folder of templates of the same slug."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from mailsetup.clientconfig import ClientConfig, Protocol, ServerSettings, SocketType, within

Way = Literal["one_tap", "type_address", "steps", "file"]
GuideStatus = Literal["current", "discontinued", "retired"]
Side = Literal["", "incoming", "outgoing"]
# What a test may send a reader back to. Some step of every guide names each of them.
TOPICS = ("password", "incoming", "outgoing", "user_name", "authentication")
# Both ports and kinds of encryption, in a guide whose steps have them apart from the servers' names.
PORTS = "ports"


class Platform(StrEnum):
    WINDOWS = "windows"
    IOS = "ios"  # iPadOS too
    ANDROID = "android"
    MAC = "mac"
    LINUX = "linux"


class Grade(StrEnum):
    """How we know what we say about an app, the surest first."""

    RUN = "run"  # our tests put the page's values into the program itself, or hear it say so
    PROGRAM = "program"  # read out of the program or its source
    VENDOR = "vendor"  # its maker's page
    HOSTS = "hosts"  # pages of hosting providers, third parties
    UNVERIFIED = "unverified"  # nothing but general knowledge: to be checked on a device


class ServerTrait(StrEnum):
    """What a mail server's encryption may be like, so that some app won't have it although others do."""

    NO_REVOCATION_LIST = "no_revocation_list"  # its certificate names no list of revoked ones (CRL)
    OLD_TLS_ONLY = "old_tls_only"  # nothing newer than TLS 1.1
    NEW_TLS_ONLY = "new_tls_only"  # nothing older than TLS 1.2
    LONG_LIVED = "long_lived"  # its certificate is valid for more than 825 days
    NOT_FOR_SERVERS = "not_for_servers"  # its certificate does not say that it is for servers


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An app won't have a server with that trait.

    `sure`: it refuses, without doubt; else it may. `on` is the system where that is so, empty for everywhere.
    `evidence` is where we know it from.
    """

    trait: ServerTrait
    sure: bool
    evidence: str
    on: str = ""


class Meaning(StrEnum):
    """What a message of an app tells of its conversation with the server; the most telling first."""

    MAILBOX_FULL = "mailbox_full"
    MAILBOX_IN_USE = "mailbox_in_use"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    APP_PASSWORD = "app_password"  # noqa: S105  # a kind of password, not one
    SENDER_REFUSED = "sender_refused"
    SENDING_SIGN_IN = "sending_sign_in"  # the server wants a sign-in before it sends
    NO_ENCRYPTION = "no_encryption"  # the server or the app wants encryption, and there is none
    SIGN_IN_METHOD = "sign_in_method"  # the password would go in a way that the server doesn't know
    ENCRYPTION = "encryption"  # it doesn't come about: its kind and the port don't fit together
    CERTIFICATE = "certificate"
    SIGN_IN = "sign_in"
    SERVER_BUSY = "server_busy"
    NO_SERVER = "no_server"  # there is no server of that name
    CUT = "cut"  # the conversation began and broke off
    UNREACHABLE = "unreachable"  # no answer, or a refusal to talk
    NOT_FOUND = "not_found"  # the app found no settings by itself, which is no fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an app says when something is wrong: `text`, with “…” where it differs from time to time.

    `side` is the direction that it speaks of, empty where it tells neither. `source` says where it was read,
    `grade` how sure it is that the app says so.
    """

    text: str
    meaning: Meaning
    grade: Grade
    source: str
    side: Side = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One mail app.

    `rank` is its place in lists, the lowest first. `tile` are two letters on a tile of `hue` (0 to 330
    in steps of 30). `minutes` is how long it takes, `way` the shortest way there is. `also` are other
    names that people type when they look for it.

    `status`: "discontinued" still works, "retired" does not and has no protocols; `since` is the date of
    it, or of the newest proof that the app is current (year, year-month or full date, ISO 8601). `instead`
    is the slug of the app to take in its place. `terminal`: it has no windows.

    `receiving` and `sending` are the kinds of encryption that it can express, the surest first; empty: it
    knows them all, and the provider's order counts (clientconfig.within). `ssl_word` and `starttls_word`
    are what it calls them; `tick` is the one tick that it has in place of both, empty if there is a choice.
    `finds` says how it comes by settings, in a sentence without its subject. `asks`
    is the format for which it asks at the domain itself when an address is typed, by the protocol that it
    sets up so: "autoconfig" or "autodiscover"; empty where that can't be relied on. An app that asks for
    autoconfig by HTTPS alone can't be: a customer's name has no certificate of ours (docs/operations.md).
    `files` are the slugs of the formats that set it up, `profile` the one that does so with a tap.
    `profile_minutes` is how long a downloaded one waits to be installed, 0 if the app sets no limit.
    `days_on_server` is for how long an account that was set up this way leaves POP3 mail on the server, 0
    if that isn't known. `leaves_copies` says whether it leaves any when nobody changes it; None: that isn't
    known for sure.

    `refuses` is what it won't have of a server although the test has it.

    `labels` are the app's own words that its pages show, by how we know them. `says` are its messages when
    something is wrong, those that people meet most often first. `proof` is how the guide is
    proven for each protocol; `evidence` says in a sentence or two where the facts come from, `checked`
    which version was read.
    """

    slug: str
    name: str
    vendor: str
    rank: int
    tile: str
    hue: int
    platforms: tuple[Platform, ...]
    protocols: tuple[Protocol, ...]
    status: GuideStatus
    since: str
    minutes: int
    way: Way
    finds: str
    evidence: str
    checked: str
    proof: Mapping[Protocol, Grade]
    labels: Mapping[Grade, tuple[str, ...]] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    receiving: tuple[SocketType, ...] = ()
    sending: tuple[SocketType, ...] = ()
    ssl_word: str = "SSL/TLS"
    starttls_word: str = "STARTTLS"
    tick: str = ""
    says: tuple[Message, ...] = ()
    files: tuple[str, ...] = ()
    profile: str = ""
    profile_minutes: int = 0
    days_on_server: int = 0
    leaves_copies: bool | None = None
    instead: str = ""
    terminal: bool = False
    refuses: tuple[Refusal, ...] = ()
    asks: Mapping[Protocol, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.slug)

    def settings(self, config: ClientConfig) -> ClientConfig:
        """The settings that this app gets; raises NotExpressible."""
        return within(config, self.receiving, self.sending)

    def knows(self, incoming: ServerSettings, outgoing: ServerSettings) -> bool:
        """Whether it can express both; what is not encrypted, every app can."""
        return all(
            not kinds or not service.encrypted or service.socket_type in kinds
            for service, kinds in ((incoming, self.receiving), (outgoing, self.sending))
        )

    def word_for(self, socket_type: SocketType) -> str:
        """What the app calls that kind of encryption; empty for none."""
        words = {SocketType.SSL: self.ssl_word, SocketType.STARTTLS: self.starttls_word}
        return words.get(socket_type, "")

    def grade_of(self, label: str) -> Grade | None:
        """How we know that the app says so; None: it isn't listed."""
        return next((grade for grade, labels in self.labels.items() if label in labels), None)
