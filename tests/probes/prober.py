"""Runs probes against this machine, in seconds that suit a test."""

import asyncio
from dataclasses import dataclass, field, replace

from msgspec import structs

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.ask import Ask
from mailsetup.probes.findings import Finding, ServiceReport, Step
from mailsetup.probes.run import probe
from mailsetup.probes.vantage import Vantage
from tests.faults import ADDRESS, HOST, PASSWORD, closed_port

TOKEN = "7K4Q-29XM"
# Long enough for a busy machine. A test of waiting shortens what it waits for.
QUICK = ProbeSettings(
    probe_dns_seconds=3,
    probe_connect_seconds=3,
    probe_greeting_seconds=4,
    probe_tls_seconds=6,
    probe_command_seconds=5,
    probe_sign_in_seconds=6,
    probe_push_seconds=3,
    probe_arrive_seconds=8,
    probe_arrival_poll_seconds=0.1,
)


@dataclass
class Prober:
    """Runs a probe against this machine and keeps what was reported on the way."""

    vantage: Vantage
    steps: list[tuple[int, Finding]] = field(default_factory=list)

    def settings(
        self, kind: ServiceType, port: int, socket_type: SocketType = SocketType.SSL, host: str = HOST
    ) -> ServerSettings:
        return ServerSettings(kind, host, port, socket_type, username=ADDRESS)

    def both(
        self,
        incoming: ServerSettings,
        outgoing: ServerSettings,
        *,
        password: str | None = PASSWORD,
        round_trip: bool = True,
    ) -> tuple[ServiceReport, ServiceReport]:
        ask = Ask(ADDRESS, incoming, outgoing, password, round_trip, TOKEN)
        return asyncio.run(probe(ask, self.vantage, lambda index, step: self.steps.append((index, step))))

    def one(self, service: ServerSettings, password: str | None = PASSWORD) -> dict[Step, Finding]:
        """The steps of one service; the other one is not there."""
        nothing = closed_port()
        if service.type is ServiceType.SMTP:
            pair, index = (self.settings(ServiceType.IMAP, nothing), service), 1
        else:
            pair, index = (service, self.settings(ServiceType.SMTP, nothing)), 0
        report = self.both(*pair, password=password, round_trip=False)[index]
        return {step.step: step for step in report.steps}

    def limited(self, **limits: float) -> "Prober":
        """With other limits than the usual ones: `limited(probe_connect_seconds=0.3)`."""
        return Prober(replace(self.vantage, limits=structs.replace(self.vantage.limits, **limits)))

    def asking(self, nameserver: tuple[str, int]) -> "Prober":
        return Prober(replace(self.vantage, hosts={}, resolver=nameserver))
