"""Keeps what the steps of one service found, and tells it on in the order of the interface."""

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from mailsetup.clientconfig import ServerSettings, SocketType
from mailsetup.probes.ask import Ask, Fault, OnStep, planned_steps
from mailsetup.probes.findings import Code, Finding, ServiceReport, Status, Step
from mailsetup.probes.server_text import Redactor, clean_evidence
from mailsetup.probes.wire.stream import Closed, Garbage, LineStream, WasReset

_log = logging.getLogger(__name__)
# What a connection that ends means, where it means more than "closed".
_CLOSED = {
    Step.SIGN_IN: Code.AUTH_DROPPED,
    Step.MAILBOX: Code.MAILBOX_UNAVAILABLE,
    Step.SEND: Code.SEND_TEMP_FAILURE,
}
# What running out of time means, where no server was silent.
_LATE = {Step.DNS: Code.DNS_TIMEOUT, Step.CONNECT: Code.TCP_TIMEOUT, Step.ARRIVE: Code.RT_LOST}
_AFTER_PASSWORD = frozenset({Step.SIGN_IN, Step.MAILBOX, Step.PUSH, Step.SEND, Step.ARRIVE})


class Stop(Exception):
    """A step failed and was recorded; nothing after it makes sense."""


@dataclass(slots=True)
class StepInProgress:
    """What a step is finding out; the step may change it until it ends."""

    status: Status = Status.PASSED
    code: Code = Code.OK
    evidence: dict[str, Any] = field(default_factory=dict)

    def warn(self, code: Code) -> None:
        self.status, self.code = Status.WARNING, code

    def skip(self, reason: Code) -> None:
        self.status, self.code = Status.SKIPPED, reason


class Recorder:
    """The steps of one service. `finish()` fills in what was not reached."""

    def __init__(self, index: int, service: ServerSettings, ask: Ask, on_step: OnStep) -> None:
        self._index, self._on_step = index, on_step
        self.service, self._ask = service, ask
        self._planned = planned_steps(service.type, ask.round_trip)
        self._results: dict[Step, Finding] = {}
        self._told = 0
        self._running: tuple[Step, float] | None = None
        self._redactor = Redactor(ask.password)
        self._reason: Code | None = None

    @asynccontextmanager
    async def step(
        self, step: Step, seconds: float | None = None, stream: LineStream | None = None
    ) -> AsyncIterator[StepInProgress]:
        """Runs the block as `step`; whatever the server does wrong ends it with Stop."""
        finding, started = StepInProgress(), time.monotonic()
        self._running = (step, started)
        before = stream.received if stream else 0
        try:
            async with asyncio.timeout(seconds):
                yield finding
        except (Fault, Closed, Garbage, OSError) as error:
            # TimeoutError is an OSError.
            spoke = stream is not None and stream.received > before
            fault = _fault(step, error, spoke)
            finding.evidence.update(fault.evidence)
            self._record(step, StepInProgress(Status.FAILED, fault.code, finding.evidence), started)
            raise Stop from error
        except Exception as error:
            # A server drew our own mistake out of us. Its text is not logged: it may quote what was sent.
            trace = "".join(traceback.format_tb(error.__traceback__))
            _log.error("probe step %s broke with %s\n%s", step.value, type(error).__name__, trace)
            evidence = {**finding.evidence, "error": type(error).__name__}
            self._record(step, StepInProgress(Status.FAILED, Code.NOT_TESTABLE_HERE, evidence), started)
            raise Stop from error
        self._record(step, finding, started)

    def skip_rest(self, reason: Code) -> None:
        """Why the steps that follow are skipped, if nothing weightier is in the way."""
        self._reason = reason

    def skip(self, step: Step, reason: Code) -> None:
        self._keep(Finding(step, Status.SKIPPED, reason))

    def has_failed(self, step: Step) -> bool:
        return step in self._results and self._results[step].status is Status.FAILED

    def finish(self) -> ServiceReport:
        """Ends the step that still runs, skips what was not reached, and reports."""
        if self._running is not None:
            step, started = self._running
            fault = _fault(step, TimeoutError(), spoke=False)
            self._record(step, StepInProgress(Status.FAILED, fault.code, {"deadline": True}), started)
        for step in self._planned:
            if step not in self._results:
                self.skip(step, self._skip_reason(step))
        return ServiceReport(self.service, tuple(self._results[step] for step in self._planned))

    def _skip_reason(self, step: Step) -> Code:
        if step in (Step.SEND, Step.ARRIVE) and not self._ask.round_trip:
            return Code.NOT_ASKED
        if step not in _AFTER_PASSWORD:
            return Code.NOT_REACHED
        if self.has_failed(Step.TLS) or self.service.socket_type is SocketType.PLAIN:
            return Code.UNVERIFIED
        return self._reason or Code.NOT_REACHED

    def _record(self, step: Step, finding: StepInProgress, started: float) -> None:
        self._running = None
        evidence = finding.evidence
        if step in _AFTER_PASSWORD:
            evidence = self._redactor.evidence(evidence)
        # Cut after redacting: half a password would not be recognised.
        evidence = clean_evidence(evidence)
        skipped = finding.status is Status.SKIPPED
        ms = None if skipped else round((time.monotonic() - started) * 1000)
        self._keep(Finding(step, finding.status, finding.code, ms, evidence))

    def _keep(self, result: Finding) -> None:
        """With STARTTLS the greeting comes before TLS; listeners hear of it after."""
        self._results[result.step] = result
        while self._told < len(self._planned) and self._planned[self._told] in self._results:
            self._on_step(self._index, self._results[self._planned[self._told]])
            self._told += 1


def _fault(step: Step, error: Exception, spoke: bool) -> Fault:
    """What went wrong in the words of the findings."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, Garbage):
        return Fault(Code.BANNER_GARBAGE, server=error.text)
    if isinstance(error, TimeoutError):
        return Fault(_LATE.get(step, Code.DRIBBLE if spoke else Code.SILENT))
    said = {"server": error.rest} if isinstance(error, Closed) and error.rest else {}
    if step in _CLOSED:
        return Fault(_CLOSED[step], **said)
    cut = isinstance(error, WasReset | ConnectionResetError | BrokenPipeError)
    return Fault(Code.TCP_RESET if cut else Code.CLOSED_AT_ONCE, **said)
