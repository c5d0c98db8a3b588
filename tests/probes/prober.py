"""Runs probes against this machine, in seconds that suit a test."""

import asyncio
import ssl
from dataclasses import dataclass, field, replace

from msgspec import structs

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.ask import Ask
from mailsetup.probes.findings import Finding, ServiceReport, Step
from mailsetup.probes.run import probe
from mailsetup.probes.vantage import Vantage
from tests.faults import ADDRESS, HOST, PASSWORD, ImapServer, Maildrop, ServerThread, closed_port

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


class _OpenMaildrop(Maildrop):
    def accepts(self, _username: str, _password: str) -> bool:
        return True


@dataclass
class Prober:
    """Runs a probe against this machine and keeps what was reported on the way."""

    vantage: Vantage
    tls: ssl.SSLContext
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
        """The steps of one service. Receiving lets everybody in beside sending; beside it nothing sends."""
        if service.type is ServiceType.SMTP:
            with ServerThread() as servers:
                port = servers.listen(ImapServer(_OpenMaildrop()).handle, self.tls)
                incoming = self.settings(ServiceType.IMAP, port)
                _, report = self.both(incoming, service, password=password, round_trip=False)
        else:
            outgoing = self.settings(ServiceType.SMTP, closed_port())
            report, _ = self.both(service, outgoing, password=password, round_trip=False)
        return {step.step: step for step in report.steps}

    def limited(self, **limits: float) -> "Prober":
        """With other limits than the usual ones: `limited(probe_connect_seconds=0.3)`."""
        limited = structs.replace(self.vantage.limits, **limits)
        return replace(self, vantage=replace(self.vantage, limits=limited), steps=[])

    def asking(self, nameserver: tuple[str, int]) -> "Prober":
        return replace(self, vantage=replace(self.vantage, hosts={}, resolver=nameserver), steps=[])
