"""What becomes of a step: its code, its evidence, and in which order it is reported."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.ask import Ask
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.probes.recorder import Recorder, StepFailed
from mailsetup.probes.wire.stream import ConnectionClosed, ConnectionReset, ProtocolError

PASSWORD = "Tr0ub4dor&3"
LIMITS = ProbeSettings()


class Reports(list[Finding]):
    def __call__(self, index: int, finding: Finding) -> None:
        assert index == 1
        self.append(finding)


def recorder_of(
    kind: ServiceType = ServiceType.SMTP,
    socket_type: SocketType = SocketType.SSL,
    *,
    round_trip: bool = True,
    on_step: Callable[[int, Finding], None] | None = None,
) -> Recorder:
    service = ServerSettings(kind, "mail.example.test", 465, socket_type, username="anna")
    ask = Ask("anna@example.test", service, service, PASSWORD, round_trip, "TOKEN")
    return Recorder(1, service, ask, LIMITS, Reports() if on_step is None else on_step)


def found(recorder: Recorder, step: Step) -> Finding:
    return next(finding for finding in recorder.finish().steps if finding.step is step)


def ended_with(error: Exception, step: Step) -> Finding:
    """The finding of a step in which `error` was raised."""

    async def run() -> Finding:
        recorder = recorder_of(ServiceType.IMAP if step is Step.MAILBOX else ServiceType.SMTP)
        with pytest.raises(StepFailed):
            async with recorder.step(step):
                raise error
        return found(recorder, step)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "step", "code"),
    [
        (Fault(Code.STARTTLS_REFUSED), Step.TLS, Code.STARTTLS_REFUSED),
        (ProtocolError("%%%"), Step.GREETING, Code.BANNER_GARBAGE),
        (ConnectionClosed(), Step.GREETING, Code.CLOSED_AT_ONCE),
        (ConnectionReset(), Step.GREETING, Code.TCP_RESET),
        (ConnectionResetError(), Step.GREETING, Code.TCP_RESET),
        (BrokenPipeError(), Step.GREETING, Code.TCP_RESET),
        (ConnectionClosed(), Step.SIGN_IN, Code.AUTH_DROPPED),
        (ConnectionReset(), Step.SIGN_IN, Code.AUTH_DROPPED),
        (ConnectionClosed(), Step.MAILBOX, Code.SESSION_LOST),
        (ConnectionReset(), Step.SEND, Code.SESSION_LOST),
        (TimeoutError(), Step.DNS, Code.DNS_TIMEOUT),
        (TimeoutError(), Step.CONNECT, Code.TCP_TIMEOUT),
        (TimeoutError(), Step.SIGN_IN, Code.AUTH_TEMP_FAILURE),
        (TimeoutError(), Step.ARRIVE, Code.RT_LOST),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_what_an_error_means_at_a_step(error: Exception, step: Step, code: Code) -> None:
    finding = ended_with(error, step)
    assert (finding.status, finding.code) == (Status.FAILED, code)


def test_what_the_server_sent_last_is_kept() -> None:
    assert ended_with(ConnectionClosed("421 bye"), Step.GREETING).evidence == {"server": "421 BYE"}
    assert ended_with(ConnectionClosed("421 bye"), Step.SEND).evidence == {"server": "421 BYE"}
    assert ended_with(ProtocolError("SSH-2"), Step.GREETING).evidence == {"server": "SSH [left out]"}
    assert ended_with(ConnectionClosed(), Step.GREETING).evidence == {}


def test_evidence_from_before_a_fault_is_kept_with_it() -> None:
    async def run() -> Finding:
        recorder = recorder_of()
        with suppress(StepFailed):
            async with recorder.step(Step.SIGN_IN) as finding:
                finding.evidence["username"] = "anna"
                raise Fault(Code.AUTH_FAILED, server="535 no")
        return found(recorder, Step.SIGN_IN)

    assert asyncio.run(run()).evidence == {"username": "anna", "server": "535 NO"}


def test_a_mistake_of_ours_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        finding = ended_with(RuntimeError(f"sent {PASSWORD}"), Step.SIGN_IN)
    assert (finding.status, finding.code) == (Status.FAILED, Code.NOT_TESTABLE_HERE)
    assert finding.evidence == {"error": "RuntimeError"}
    assert "probe step sign_in broke with RuntimeError" in caplog.text
    assert "test_recorder.py" in caplog.text
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("step", [Step.GREETING, Step.CAPABILITIES, Step.SIGN_IN, Step.SEND, Step.MAILBOX])
def test_of_what_servers_say_known_words_are_kept_at_every_step(step: Step) -> None:
    """The second service may say in its greeting what the first one heard."""
    said = Fault(Code.SILENT, server=f"we got {PASSWORD} from anna@example.test, by mail.example.test")
    assert ended_with(said, step).evidence == {
        "server": "we got [left out] from anna@example.test by mail.example.test"
    }


def test_names_stay_whole_where_no_password_has_been_sent() -> None:
    finding = ended_with(Fault(Code.DNS_NXDOMAIN, name="mail.example.test"), Step.DNS)
    assert finding.evidence == {"name": "mail.example.test"}


def test_steps_are_reported_when_they_happen_with_starttls_too() -> None:
    async def run() -> Reports:
        reports = Reports()
        recorder = recorder_of(socket_type=SocketType.STARTTLS, on_step=reports)
        for step in (Step.DNS, Step.CONNECT, Step.GREETING):
            async with recorder.step(step):
                pass
        assert [finding.step for finding in reports] == [Step.DNS, Step.CONNECT, Step.GREETING]
        async with recorder.step(Step.TLS):
            pass
        return reports

    reports = asyncio.run(run())
    assert [finding.step for finding in reports] == [Step.DNS, Step.CONNECT, Step.GREETING, Step.TLS]
    assert all(finding.ms is not None for finding in reports)


def test_what_a_listener_raises_ends_the_test() -> None:
    def full_disk(_index: int, _finding: Finding) -> None:
        raise RuntimeError("disk full")

    async def run() -> None:
        async with recorder_of(on_step=full_disk).step(Step.DNS):
            pass

    with pytest.raises(RuntimeError, match="disk full"):
        asyncio.run(run())


NO_CONNECTION, SILENT = (Step.CONNECT, TimeoutError()), (Step.TLS, TimeoutError())
EXPIRED, HUNG_UP = (Step.TLS, Fault(Code.CERT_EXPIRED)), (Step.TLS, Fault(Code.TLS_EOF))
CUT_OFF = (Step.TLS, Fault(Code.CLOSED_AT_ONCE))


@pytest.mark.parametrize(
    ("socket_type", "failed", "round_trip", "reason", "skipped"),
    [
        # An earlier step failed: the connection, then the handshake.
        (SocketType.SSL, NO_CONNECTION, True, None, "not_reached not_reached not_reached not_reached"),
        (SocketType.SSL, EXPIRED, True, None, "not_reached unverified unverified unverified"),
        (SocketType.SSL, EXPIRED, False, None, "not_reached unverified not_asked not_asked"),
        # Nobody was there to be verified.
        (SocketType.SSL, SILENT, True, None, "not_reached not_reached not_reached not_reached"),
        (SocketType.SSL, HUNG_UP, True, None, "not_reached not_reached not_reached not_reached"),
        (SocketType.SSL, CUT_OFF, False, None, "not_reached not_reached not_asked not_asked"),
        (SocketType.PLAIN, None, True, Code.UNVERIFIED, "not_reached unverified unverified unverified"),
        (SocketType.SSL, None, True, Code.NO_PASSWORD, "not_reached no_password no_password no_password"),
        (SocketType.SSL, None, False, Code.NO_PASSWORD, "not_reached no_password not_asked not_asked"),
        (SocketType.SSL, EXPIRED, True, Code.NO_PASSWORD, "not_reached unverified unverified unverified"),
        (SocketType.SSL, SILENT, True, Code.NO_PASSWORD, "not_reached no_password no_password no_password"),
    ],
)
def test_why_a_step_is_skipped(
    socket_type: SocketType,
    failed: tuple[Step, Exception] | None,
    *,
    round_trip: bool,
    reason: Code | None,
    skipped: str,
) -> None:
    async def run() -> list[Finding]:
        recorder = recorder_of(socket_type=socket_type, round_trip=round_trip)
        if failed is not None:
            with pytest.raises(StepFailed):
                async with recorder.step(failed[0]):
                    raise failed[1]
        if reason is not None:
            recorder.skip_rest(reason)
        return list(recorder.finish().steps)

    steps = asyncio.run(run())[-4:]
    assert [step.step for step in steps] == [Step.CAPABILITIES, Step.SIGN_IN, Step.SEND, Step.ARRIVE]
    assert [step.code for step in steps] == skipped.split()
    assert {(step.status, step.ms) for step in steps} == {(Status.SKIPPED, None)}
