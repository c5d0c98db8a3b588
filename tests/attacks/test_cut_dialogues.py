"""Servers that close, or cut the connection off, after any byte of any dialogue: always a finding."""

import json
from collections.abc import Callable

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.findings import Code, ServiceReport, Status, Step, Verdict, steps_of
from tests.faults import ADDRESS, HOST, PASSWORD, ImapServer, Maildrop, Pop3Server, SubmissionServer
from tests.faults.thread import Handler
from tests.probes.in_memory import HURRIED, Server, run

IMAP, POP3, SMTP = ServiceType.IMAP, ServiceType.POP3, ServiceType.SMTP
SSL, STARTTLS = SocketType.SSL, SocketType.STARTTLS
HANDLERS: dict[ServiceType, Callable[..., Handler]] = {
    IMAP: lambda drop, tls: ImapServer(drop, tls, quota=(1, 100)).handle,
    POP3: lambda drop, tls: Pop3Server(drop, tls).handle,
    SMTP: lambda drop, tls: SubmissionServer(drop, tls).handle,
}


def settings(kind: ServiceType, socket_type: SocketType) -> ServerSettings:
    return ServerSettings(kind, HOST, 1 if kind is SMTP else 0, socket_type, username=ADDRESS)


def run_cut(
    kind: ServiceType, socket_type: SocketType, limit: int | None, ending: Exception | None
) -> tuple[tuple[ServiceReport, ServiceReport], int]:
    """Both reports where `kind` may send so many bytes, and how many it sent."""
    drop = Maildrop(messages={1: ("INBOX", "Subject: somebody else's\r\n\r\nbody")})
    tls = object() if socket_type is STARTTLS else None
    receives = POP3 if kind is POP3 else IMAP
    cut = Server(HANDLERS[kind](drop, tls), limit, ending)
    other_kind = receives if kind is SMTP else SMTP
    other = Server(HANDLERS[other_kind](drop, tls))
    incoming, outgoing = (other, cut) if kind is SMTP else (cut, other)
    both = (settings(receives, socket_type), incoming), (settings(SMTP, socket_type), outgoing)
    # What is whole ends by itself, on a busy machine too.
    limits = HURRIED if limit is not None else ProbeSettings(probe_arrival_poll_seconds=0.01)
    return run(*both, limits=limits), cut.sent


@pytest.mark.parametrize(
    ("socket_type", "ending"), [(SSL, None), (STARTTLS, ConnectionResetError())], ids=["closes", "resets"]
)
@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_a_cut_at_any_byte_is_a_finding(
    kind: ServiceType, socket_type: SocketType, ending: Exception | None
) -> None:
    whole, length = run_cut(kind, socket_type, None, ending)
    assert [report.verdict for report in whole] == [Verdict.PASSED, Verdict.PASSED], whole
    assert length > 200
    last = ""
    for limit in range(length):
        reports, _ = run_cut(kind, socket_type, limit, ending)
        cut = reports[kind is SMTP]
        for report in reports:
            assert tuple(step.step for step in report.steps) == steps_of(report.service)
            codes = {step.code for step in report.steps}
            # A bug of ours would be called that.
            assert Code.NOT_TESTABLE_HERE not in codes, (limit, cut)
            assert Code.AUTH_FAILED not in codes, "nobody said that the password is wrong"
        assert PASSWORD not in json.dumps([step.as_dict() for report in reports for step in report.steps])
        failed = [step.step for step in cut.steps if step.status is Status.FAILED]
        assert len(failed) <= 1
        last = failed[0] if failed else last
        passed = {step.step for step in cut.steps if step.status is Status.PASSED}
        # What is left then is a message on its way, the farewell, or the look at what was left behind.
        assert failed or Step.SIGN_IN in passed, (limit, cut)
    assert last in (Step.MAILBOX, Step.PUSH, Step.SEND), "cuts stop the service until its last step"
