"""Keeps what the steps of one service found, and reports it in their order."""

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from mailsetup.clientconfig import ServerSettings, SocketType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.ask import Ask, OnStep
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import CAUSES, Code, Finding, ServiceReport, Side, Status, Step, steps_of
from mailsetup.probes.server_text import ServerText
from mailsetup.probes.transcript import Transcript
from mailsetup.probes.wire.stream import (
    ConnectionClosed,
    ConnectionReset,
    LineStream,
    ProtocolError,
    StreamError,
)

_log = logging.getLogger(__name__)
# What a connection that ends means, where it means more than "closed".
_CLOSED = {
    Step.SIGN_IN: Code.AUTH_DROPPED,
    Step.MAILBOX: Code.SESSION_LOST,
    Step.PUSH: Code.SESSION_LOST,
    Step.SEND: Code.SESSION_LOST,
}
# What running out of time means, where it is not the server's silence.
_LATE = {
    Step.DNS: Code.DNS_TIMEOUT,
    Step.CONNECT: Code.TCP_TIMEOUT,
    Step.SIGN_IN: Code.AUTH_TEMP_FAILURE,
    Step.MAILBOX: Code.MAILBOX_UNAVAILABLE,
    Step.PUSH: Code.IDLE_SILENT,
    Step.SEND: Code.SEND_TEMP_FAILURE,
    Step.ARRIVE: Code.RT_LOST,
}
# What an answer in no mail protocol, or without an end, means once it is clear that this is a mail server.
_GARBLED = {
    Step.SIGN_IN: Code.AUTH_REJECTED_OTHER,
    Step.MAILBOX: Code.MAILBOX_UNAVAILABLE,
    Step.PUSH: Code.IDLE_SILENT,
    Step.SEND: Code.SEND_TEMP_FAILURE,
}
_AFTER_PASSWORD = frozenset({Step.SIGN_IN, Step.MAILBOX, Step.PUSH, Step.SEND, Step.ARRIVE})


class StepFailed(Exception):
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

    def __init__(
        self, index: int, service: ServerSettings, ask: Ask, limits: ProbeSettings, on_step: OnStep
    ) -> None:
        self._index, self._on_step = index, on_step
        self.service, self._ask = service, ask
        self._planned = steps_of(service)
        self._results: dict[Step, Finding] = {}
        self._reported = 0
        self._running: tuple[Step, float] | None = None
        known = (ask.address, ask.incoming.hostname, ask.outgoing.hostname, service.username)
        self._server_text = ServerText(ask.password, known, limits)
        self.transcript = Transcript(self._server_text, limits)
        self._reason: Code | None = None

    @asynccontextmanager
    async def step(
        self, step: Step, seconds: float | None = None, stream: LineStream | None = None
    ) -> AsyncIterator[StepInProgress]:
        """Runs the block as `step` within `seconds`; what the server does wrong ends it with StepFailed."""
        finding, started = StepInProgress(), time.monotonic()
        self._running = (step, started)
        before = stream.received if stream else 0
        try:
            async with asyncio.timeout(seconds):
                yield finding
        except (Fault, StreamError, OSError) as error:
            # TimeoutError is an OSError.
            answered = stream is not None and stream.received > before
            encrypted = stream is not None and stream.tls is not None
            fault = _fault(step, error, answered=answered, encrypted=encrypted)
            finding.evidence.update(fault.evidence)
            self._record(step, StepInProgress(Status.FAILED, fault.code, finding.evidence), started)
            raise StepFailed from error
        except Exception as error:
            # A bug of ours. Its text is not logged: it may quote what was sent.
            trace = "".join(traceback.format_tb(error.__traceback__))
            _log.error("probe step %s broke with %s\n%s", step.value, type(error).__name__, trace)
            evidence = {**finding.evidence, "error": type(error).__name__}
            self._record(step, StepInProgress(Status.FAILED, Code.NOT_TESTABLE_HERE, evidence), started)
            raise StepFailed from error
        self._record(step, finding, started)

    def skip_rest(self, reason: Code) -> None:
        """Why the steps that follow are skipped, unless they have a stronger reason."""
        self._reason = reason

    def skip(self, step: Step, reason: Code) -> None:
        self._keep(Finding(step, Status.SKIPPED, reason))

    def has_failed(self, step: Step) -> bool:
        return step in self._results and self._results[step].status is Status.FAILED

    def finish(self) -> ServiceReport:
        """Ends the step that still runs, skips what was not reached, and reports."""
        if self._running is not None:
            step, started = self._running
            fault = _fault(step, TimeoutError(), answered=False, encrypted=False)
            self._record(step, StepInProgress(Status.FAILED, fault.code, {"deadline": True}), started)
        for step in self._planned:
            if step not in self._results:
                self.skip(step, self._skip_reason(step))
        steps = tuple(self._results[step] for step in self._planned)
        transcript = self.transcript
        return ServiceReport(self.service, steps, transcript.lines(), transcript.local_address)

    def _skip_reason(self, step: Step) -> Code:
        if step in (Step.SEND, Step.ARRIVE) and not self._ask.round_trip:
            return Code.NOT_ASKED
        if step not in _AFTER_PASSWORD:
            return Code.NOT_REACHED
        if self._is_unverified():
            return Code.UNVERIFIED
        return self._reason or Code.NOT_REACHED

    def _is_unverified(self) -> bool:
        """Whether there is a connection, and nobody can tell with whom; not where the server went silent."""
        if self.service.socket_type is SocketType.PLAIN:
            return True
        if not self.has_failed(Step.TLS):
            return False
        code = self._results[Step.TLS].code
        return CAUSES[code].steps == (Step.TLS,) and code is not Code.TLS_EOF

    def _record(self, step: Step, finding: StepInProgress, started: float) -> None:
        self._running = None
        self.transcript.add(Side.EVENT, f"{step.value}: {finding.code.value}")
        evidence = self._server_text.evidence(finding.evidence)
        skipped = finding.status is Status.SKIPPED
        ms = None if skipped else round((time.monotonic() - started) * 1000)
        self._keep(Finding(step, finding.status, finding.code, ms, evidence))

    def _keep(self, result: Finding) -> None:
        """Steps are reported in the order in which they are planned."""
        self._results[result.step] = result
        while self._reported < len(self._planned) and self._planned[self._reported] in self._results:
            self._on_step(self._index, self._results[self._planned[self._reported]])
            self._reported += 1


def _fault(step: Step, error: Exception, *, answered: bool, encrypted: bool) -> Fault:
    """What went wrong as a finding; `answered`: the server sent something during the step.

    Nobody on the way sees what is said in an `encrypted` connection: one that is cut ends at the server.
    """
    if isinstance(error, Fault):
        return error
    if isinstance(error, ProtocolError):
        return Fault(_GARBLED.get(step, Code.BANNER_GARBAGE), server=error.text)
    if isinstance(error, TimeoutError):
        return Fault(_LATE.get(step, Code.DRIBBLE if answered else Code.SILENT))
    rest = {"server": error.rest} if isinstance(error, ConnectionClosed) and error.rest else {}
    if step in _CLOSED:
        return Fault(_CLOSED[step], **rest)
    cut = isinstance(error, ConnectionReset | ConnectionResetError | BrokenPipeError) and not encrypted
    return Fault(Code.TCP_RESET if cut else Code.CLOSED_AT_ONCE, **rest)
