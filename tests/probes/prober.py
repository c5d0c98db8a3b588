"""Runs probes against this machine, in seconds that suit a test."""

import asyncio
from dataclasses import dataclass, field, replace

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.ask import Ask, Timeouts, Vantage
from mailsetup.probes.findings import Finding, ServiceReport, Step
from mailsetup.probes.run import probe
from tests.faults import ADDRESS, HOST, PASSWORD, closed_port

TOKEN = "7K4Q-29XM"
# Long enough for a busy machine. A test of waiting shortens what it waits for.
QUICK = Timeouts(dns=3, connect=3, greeting=4, tls=6, command=5, sign_in=6, push=3, arrive=8, poll=0.1)


@dataclass
class Prober:
    """Runs a probe against this machine and keeps what it told on the way."""

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
        password: str | None = PASSWORD,
        round_trip: bool = True,
    ) -> tuple[ServiceReport, ServiceReport]:
        ask = Ask(ADDRESS, incoming, outgoing, password, round_trip, TOKEN)
        return asyncio.run(probe(ask, self.vantage, lambda index, step: self.steps.append((index, step))))

    def one(self, service: ServerSettings, password: str | None = PASSWORD) -> dict[Step, Finding]:
        """The steps of one service; the other one is not there."""
        nothing = closed_port()
        if service.type is ServiceType.SMTP:
            report = self.both(self.settings(ServiceType.IMAP, nothing), service, password, False)[1]
        else:
            report = self.both(service, self.settings(ServiceType.SMTP, nothing), password, False)[0]
        return {step.step: step for step in report.steps}

    def waiting(self, **seconds: float) -> "Prober":
        return Prober(replace(self.vantage, timeouts=replace(self.vantage.timeouts, **seconds)))

    def asking(self, nameserver: tuple[str, int]) -> "Prober":
        return Prober(replace(self.vantage, hosts={}, resolver=nameserver))
