"""Where a fault is planted: one service is faulty, the other one works, and what we send is written down."""

import ipaddress
import ssl
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.findings import Finding, ServiceReport
from mailsetup.probes.wire.stream import LineStream
from tests.faults import (
    HOST,
    Authority,
    FaultyNameServer,
    FaultyServer,
    ImapServer,
    Maildrop,
    Pop3Server,
    ServerThread,
    SubmissionServer,
)
from tests.faults.thread import Handler
from tests.probes.prober import Prober

IMAP, POP3, SMTP = ServiceType.IMAP, ServiceType.POP3, ServiceType.SMTP
SSL, STARTTLS, PLAIN = SocketType.SSL, SocketType.STARTTLS, SocketType.PLAIN
_SERVERS = {IMAP: ImapServer, POP3: Pop3Server, SMTP: SubmissionServer}
# The service beside the faulty one has a name of its own, so that faults of names concern one of them.
OTHER_HOST = "other.example.test"


@dataclass(frozen=True)
class Shown:
    """What a run found: of the faulty service (0 receives, 1 sends), and what was sent to it."""

    reports: Sequence[ServiceReport]
    faulty: int
    sent: bytes

    @property
    def findings(self) -> list[Finding]:
        return [step for report in self.reports for step in report.steps]


@dataclass
class Stage:
    """`maildrop` belongs to the service that is planted, unless a message has to go around."""

    prober: Prober
    other_tls: ssl.SSLContext
    servers: ServerThread
    authority: Authority
    patch: pytest.MonkeyPatch
    running: ExitStack
    maildrop: Maildrop = field(default_factory=Maildrop)
    _sent: defaultdict[int, bytearray] = field(default_factory=lambda: defaultdict(bytearray))

    def __post_init__(self) -> None:
        send = LineStream.send

        def note(stream: LineStream, data: bytes, *, shown: str) -> None:
            transport: Any = stream._transport
            if transport is not None:
                self._sent[transport.get_extra_info("peername")[1]] += data
            send(stream, data, shown=shown)

        self.patch.setattr(LineStream, "send", note)
        self.found_at("127.0.0.1")

    @property
    def tls(self) -> ssl.SSLContext:
        return self.prober.tls

    def server(
        self,
        kind: ServiceType,
        socket_type: SocketType = SSL,
        *,
        tls: ssl.SSLContext | None = None,
        at: str = "127.0.0.1",
        **options: Any,
    ) -> ServerSettings:
        """A real small server with the fault in its `options`, and the way to it."""
        context = tls or self.tls
        if socket_type is STARTTLS:
            options = {"starttls": context, **options}
        handle = _SERVERS[kind](self.maildrop, **options).handle
        port = self.servers.listen(handle, context if socket_type is SSL else None, at=at)
        return self.prober.settings(kind, port, socket_type)

    def two_machines(self, *, good: str, bad: str) -> ServerSettings:
        """One port at two addresses: behind `bad` is a machine with a certificate for another name."""
        handle = ImapServer(self.maildrop).handle
        port = self.servers.listen(handle, self.tls, at=good)
        self.servers.listen(handle, self.authority.good("web.example.test"), at=bad, port=port)
        return self.prober.settings(IMAP, port)

    def handler(self, handler: Handler, socket_type: SocketType = SSL) -> ServerSettings:
        """What answers with `handler`, on the port of an IMAP server."""
        server = self.running.enter_context(FaultyServer(handler))
        return self.prober.settings(IMAP, server.port, socket_type)

    def limited(self, **limits: float) -> None:
        self.prober = self.prober.limited(**limits)

    def found_at(self, *addresses: str, allowing: Sequence[str] = ()) -> None:
        """The name of the faulty server leads to these; `allowing` names networks that may be reached."""
        networks = (*self.prober.vantage.allowed_networks, *map(ipaddress.ip_network, allowing))
        hosts = {HOST: addresses, OTHER_HOST: ("127.0.0.1",)}
        vantage = replace(self.prober.vantage, allowed_networks=networks, hosts=hosts)
        self.prober = replace(self.prober, vantage=vantage)

    def names_by(self, nameserver: FaultyNameServer) -> ServerSettings:
        """The settings of a server whose name `nameserver` answers for."""
        resolver = self.running.enter_context(nameserver).address
        hosts = {OTHER_HOST: ("127.0.0.1",)}
        self.prober = replace(
            self.prober, vantage=replace(self.prober.vantage, hosts=hosts, resolver=resolver)
        )
        return self.prober.settings(IMAP, 993)

    def receives(self, service: ServerSettings) -> Shown:
        """Runs with `service` to receive, beside one that works."""
        return self._run(service, self._other(SMTP, SubmissionServer), 0)

    def sends(self, service: ServerSettings) -> Shown:
        """Runs with `service` to send, beside one that works."""
        return self._run(self._other(IMAP, ImapServer), service, 1)

    def goes_around(self, incoming: ServerSettings, outgoing: ServerSettings, faulty: int) -> Shown:
        """Runs with a message that `outgoing` takes and `incoming` shows."""
        return self._run(incoming, outgoing, faulty, round_trip=True)

    def _other(self, kind: ServiceType, server: Any) -> ServerSettings:
        port = self.servers.listen(server(Maildrop()).handle, self.other_tls)
        return self.prober.settings(kind, port, host=OTHER_HOST)

    def _run(
        self, incoming: ServerSettings, outgoing: ServerSettings, faulty: int, *, round_trip: bool = False
    ) -> Shown:
        reports = self.prober.both(incoming, outgoing, round_trip=round_trip)
        return Shown(reports, faulty, bytes(self._sent[(incoming, outgoing)[faulty].port]))
