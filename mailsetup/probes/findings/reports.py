"""What the findings of one service, or of a whole test, add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mailsetup.clientconfig import ServerSettings
from mailsetup.probes.findings.codes import SKIP_REASONS, Code, gravity
from mailsetup.probes.findings.steps import Finding, Status
from mailsetup.probes.findings.transcript import TranscriptLine


class Verdict(StrEnum):
    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """One tested service and its steps, in the order in which they happened.

    For support alone: what went over the wire, and the address that the test came from.
    """

    service: ServerSettings
    steps: tuple[Finding, ...]
    transcript: tuple[TranscriptLine, ...] = ()
    local_address: str = ""

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.steps)


def verdict_of(steps: Iterable[Finding]) -> Verdict:
    """Failed beats warning beats passed; nothing but skipped steps is "not run"."""
    statuses = {step.status for step in steps}
    for status, verdict in (
        (Status.FAILED, Verdict.FAILED),
        (Status.WARNING, Verdict.WARNING),
        (Status.PASSED, Verdict.PASSED),
    ):
        if status in statuses:
            return verdict
    return Verdict.NOT_RUN


def causes_of(steps: Iterable[Finding]) -> list[Code]:
    """Root causes once each, worst first: what stopped a service comes before what only limits it."""
    found = list(steps)
    failed = {step.code for step in found if step.status is Status.FAILED}
    causes = failed | {step.code for step in found if step.status is Status.WARNING}
    return sorted(causes - {Code.OK} - SKIP_REASONS, key=lambda code: (code not in failed, gravity(code)))
