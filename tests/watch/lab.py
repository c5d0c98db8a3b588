"""A mail server on this machine that can be broken and mended, and a provider who has it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Domain, Server, Service
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.watch import clock, runner
from mailsetup.watch.models import WatchFlip
from tests.connection_tests.runs import findings, finished, queued
from tests.faults import Authority, ImapServer, Maildrop, ServerThread, SubmissionServer, closes_at_once
from tests.faults.thread import Handler

HOST = "mail.hoster.test"
# What a test has found where such a server is broken.
HANGS_UP = Finding(Step.GREETING, Status.FAILED, Code.CLOSED_AT_ONCE, 7)
BOTH_HANG_UP = findings(Protocol.IMAP, (0, HANGS_UP), (1, HANGS_UP))


@dataclass
class Breakable:
    """A handler that hangs up at once while `broken`, and answers as `whole` otherwise."""

    whole: Handler
    broken: bool = False
    connections: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await (closes_at_once if self.broken else self.whole)(reader, writer)


@dataclass
class MailServer:
    """IMAP and submission, both with STARTTLS; what stands in `row` is where they answer."""

    authority: Authority
    servers: ServerThread
    name: str = "mail1"
    hostname: str = HOST
    maildrop: Maildrop = field(default_factory=Maildrop)

    def __post_init__(self) -> None:
        self.imap, self.submission = ImapServer(self.maildrop), SubmissionServer(self.maildrop)
        self.receiving, self.sending = Breakable(self.imap.handle), Breakable(self.submission.handle)
        self.certify(days=90)
        self.row = Server.objects.create(name=self.name, software="dovecot")
        for position, (kind, part) in enumerate((("imap", self.receiving), ("smtp", self.sending))):
            Service.objects.create(
                server=self.row,
                position=position,
                type=kind,
                hostname=self.hostname,
                port=self.servers.listen(part.handle),
                socket_type="STARTTLS",
            )

    def certify(self, *, days: float) -> None:
        """Have a certificate for so many days, from the next connection on."""
        self.imap.starttls = self.submission.starttls = self.authority.good(HOST, days=days)

    def breaks(self, *parts: Breakable) -> None:
        for part in parts or (self.receiving, self.sending):
            part.broken = True

    def is_mended(self) -> None:
        self.receiving.broken = self.sending.broken = False

    def serves(self, *names: str) -> None:
        Domain.objects.bulk_create(Domain(name=name, server=self.row) for name in names)

    @property
    def connections(self) -> int:
        return self.receiving.connections + self.sending.connections


def look() -> None:
    """What a worker's clock and its tasks do when the moment has come."""
    clock.turn(runner.check, runner.look_for_notices)


def kinds(flips: Iterable[WatchFlip] | None = None) -> list[tuple[str, str]]:
    """Of each flip what happened and to which type of service, the oldest first."""
    rows = WatchFlip.objects.order_by("pk") if flips is None else flips
    return [(flip.kind, flip.type) for flip in rows]


def failed(user: User, address: str = "anna@example.com", found: Any = BOTH_HANG_UP) -> ConnectionTest:
    return finished(queued(user, address=address), found)


def path_of(test: ConnectionTest) -> str:
    return f"/tests/{test.reference}/"
