"""What a test does to one service, and what each step of it found."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.findings.codes import Code


class Step(StrEnum):
    """What a test does to one service, in this order."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    GREETING = "greeting"
    CAPABILITIES = "capabilities"
    SIGN_IN = "sign_in"
    MAILBOX = "mailbox"
    PUSH = "push"
    SEND = "send"
    ARRIVE = "arrive"


_FIRST_STEPS = (Step.DNS, Step.CONNECT, Step.TLS, Step.GREETING, Step.CAPABILITIES, Step.SIGN_IN)
# The steps of each kind of service, as programs read them.
PLANNED_STEPS: dict[ServiceType, tuple[Step, ...]] = {
    ServiceType.IMAP: (*_FIRST_STEPS, Step.MAILBOX, Step.PUSH),
    ServiceType.POP3: (*_FIRST_STEPS, Step.MAILBOX),
    ServiceType.SMTP: (*_FIRST_STEPS, Step.SEND, Step.ARRIVE),
}


def steps_of(service: ServerSettings) -> tuple[Step, ...]:
    """The same in the order in which they happen: without implicit TLS a server greets first."""
    steps = list(PLANNED_STEPS[service.type])
    if service.socket_type is not SocketType.SSL:
        steps.remove(Step.GREETING)
        steps.insert(steps.index(Step.TLS), Step.GREETING)
    return tuple(steps)


class Status(StrEnum):
    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one step found. `ms` is how long it took; None for a skipped step.

    `evidence` is JSON-able, for support: addresses, certificate names, and of what the server said
    the words that are known beforehand. It never holds a password, its base64 or a part.
    """

    step: Step
    status: Status
    code: Code = Code.OK
    ms: int | None = None
    evidence: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "step": self.step.value,
            "status": self.status.value,
            "code": self.code.value,
            "ms": self.ms,
            "evidence": self.evidence,
        }
