"""What findings add up to."""

import json

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.findings import (
    PLANNED_STEPS,
    SKIP_REASONS,
    Code,
    Finding,
    ServiceReport,
    Status,
    Step,
    Verdict,
    causes_of,
    gravity,
    steps_of,
    verdict_of,
)

PASSED, WARNING, FAILED, SKIPPED = Status.PASSED, Status.WARNING, Status.FAILED, Status.SKIPPED
IMAP = ServerSettings(ServiceType.IMAP, "mail.example.test", 993, SocketType.SSL, username="anna")


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([], Verdict.NOT_RUN),
        ([SKIPPED, SKIPPED], Verdict.NOT_RUN),
        ([PASSED], Verdict.PASSED),
        ([PASSED, SKIPPED], Verdict.PASSED),
        ([PASSED, WARNING, PASSED], Verdict.WARNING),
        ([WARNING, SKIPPED], Verdict.WARNING),
        ([PASSED, FAILED, SKIPPED], Verdict.FAILED),
        ([WARNING, FAILED], Verdict.FAILED),
        ([FAILED, WARNING, PASSED, SKIPPED], Verdict.FAILED),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else value,
)
def test_verdict(statuses: list[Status], verdict: Verdict) -> None:
    findings = tuple(Finding(Step.DNS, status) for status in statuses)
    assert verdict_of(findings) is verdict
    assert ServiceReport(IMAP, findings).verdict is verdict


@pytest.mark.parametrize(
    ("found", "causes"),
    [
        ([], []),
        ([(PASSED, Code.OK), (SKIPPED, Code.NO_PASSWORD)], []),
        ([(SKIPPED, Code.AUTH_FAILED)], []),
        ([(WARNING, Code.IDLE_MISSING), (FAILED, Code.AUTH_FAILED)], [Code.AUTH_FAILED, Code.IDLE_MISSING]),
        ([(FAILED, Code.CERT_WRONG_NAME), (FAILED, Code.CERT_WRONG_NAME)], [Code.CERT_WRONG_NAME]),
        (
            [(FAILED, Code.SEND_REJECTED), (FAILED, Code.CERT_EXPIRED), (FAILED, Code.DNS_NXDOMAIN)],
            [Code.DNS_NXDOMAIN, Code.CERT_EXPIRED, Code.SEND_REJECTED],
        ),
        # What stops a service comes first, however late its code is in the order.
        ([(WARNING, Code.CERT_EXPIRED), (FAILED, Code.RT_LOST)], [Code.RT_LOST, Code.CERT_EXPIRED]),
        ([(WARNING, Code.RT_LOST), (FAILED, Code.RT_LOST)], [Code.RT_LOST]),
        *[([(FAILED, reason)], []) for reason in sorted(SKIP_REASONS)],
        ([(WARNING, Code.OK)], []),
    ],
)
def test_causes_come_once_each_and_worst_first(found: list[tuple[Status, Code]], causes: list[Code]) -> None:
    assert causes_of([Finding(Step.DNS, status, code) for status, code in found]) == causes


@pytest.mark.parametrize(
    ("worse", "milder"),
    [
        (Code.LOST_RUN, Code.NOT_TESTABLE_HERE),
        (Code.NOT_TESTABLE_HERE, Code.DNS_NXDOMAIN),
        (Code.DNS_NXDOMAIN, Code.TCP_REFUSED),
        (Code.TCP_REFUSED, Code.TLS_HANDSHAKE),
        (Code.STARTTLS_INJECTION, Code.CERT_EXPIRED),
        (Code.CERT_EXPIRED, Code.CERT_NOT_YET),
        (Code.CERT_NOT_YET, Code.CERT_WRONG_NAME),
        (Code.CERT_WRONG_NAME, Code.CERT_SELF_SIGNED),
        (Code.CERT_UNKNOWN_CA, Code.CERT_WEAK_KEY),
        (Code.CERT_WEAK_SHA1, Code.AUTH_FAILED),
        (Code.AUTH_FAILED, Code.SEND_REJECTED),
        (Code.SEND_TEMP_FAILURE, Code.RT_LOST),
        (Code.RT_LOST, Code.RT_DELAYED),
        (Code.RT_DELAYED, Code.IDLE_MISSING),
        (Code.IDLE_SILENT, Code.CERT_EXPIRES_SOON),
        (Code.CERT_EXPIRES_SOON, Code.OK),
    ],
)
def test_gravity(worse: Code, milder: Code) -> None:
    assert gravity(worse) < gravity(milder)


def test_names_that_programs_read_are_the_names_of_the_codes() -> None:
    assert [code.value for code in Code] == [code.name.lower() for code in Code]


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        (ServiceType.IMAP, "dns connect tls greeting capabilities sign_in mailbox push"),
        (ServiceType.POP3, "dns connect tls greeting capabilities sign_in mailbox"),
        (ServiceType.SMTP, "dns connect tls greeting capabilities sign_in send arrive"),
    ],
)
def test_steps_of_a_service(kind: ServiceType, steps: str) -> None:
    assert PLANNED_STEPS[kind] == tuple(steps.split())


@pytest.mark.parametrize(
    ("socket_type", "steps"),
    [
        (SocketType.SSL, "dns connect tls greeting capabilities sign_in mailbox"),
        (SocketType.STARTTLS, "dns connect greeting tls capabilities sign_in mailbox"),
        (SocketType.PLAIN, "dns connect greeting tls capabilities sign_in mailbox"),
    ],
)
def test_steps_in_the_order_in_which_they_happen(socket_type: SocketType, steps: str) -> None:
    service = ServerSettings(ServiceType.POP3, "mail.example.test", 1, socket_type)
    assert steps_of(service) == tuple(steps.split())


def test_a_finding_as_programs_read_it() -> None:
    finding = Finding(Step.CONNECT, FAILED, Code.TCP_REFUSED, 3, {"port": 993})
    assert json.loads(json.dumps(finding.as_dict())) == {
        "step": "connect",
        "status": "failed",
        "code": "tcp_refused",
        "ms": 3,
        "evidence": {"port": 993},
    }
