"""A look at services: no credentials, no end of waiting, and one's fault is not the other's."""

import asyncio
import time

from mailsetup.clientconfig import ServiceType, SocketType
from mailsetup.probes.findings import Code, ServiceReport, Status, Step, Verdict
from mailsetup.probes.look import look
from tests.faults import ImapServer, Maildrop, Pop3Server, ServerThread, closed_port, floods, is_silent
from tests.probes.prober import Prober


def codes(report: ServiceReport) -> dict[Step, Code]:
    return {step.step: step.code for step in report.steps}


def test_each_service_is_reported_up_to_the_sign_in(
    prober: Prober, servers: ServerThread, maildrop: Maildrop
) -> None:
    imap = servers.listen(ImapServer(maildrop).handle, prober.tls)
    pop3 = servers.listen(Pop3Server(maildrop).handle, prober.tls)
    services = [
        prober.settings(ServiceType.IMAP, imap),
        prober.settings(ServiceType.POP3, pop3),
        prober.settings(ServiceType.SMTP, closed_port()),
    ]
    reports = asyncio.run(look(services, prober.vantage))
    assert [report.service for report in reports] == services
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.PASSED, Verdict.FAILED]
    assert codes(reports[0]) == {
        **dict.fromkeys((Step.DNS, Step.CONNECT, Step.TLS, Step.GREETING, Step.CAPABILITIES), Code.OK),
        **dict.fromkeys((Step.SIGN_IN, Step.MAILBOX, Step.PUSH), Code.NO_PASSWORD),
    }
    assert codes(reports[2])[Step.CONNECT] is Code.TCP_REFUSED
    assert not maildrop.attempts


def test_without_encryption_the_greeting_is_looked_at(
    prober: Prober, servers: ServerThread, maildrop: Maildrop
) -> None:
    port = servers.listen(ImapServer(maildrop).handle)
    (report,) = asyncio.run(look([prober.settings(ServiceType.IMAP, port, SocketType.PLAIN)], prober.vantage))
    assert report.verdict is Verdict.PASSED
    assert codes(report)[Step.TLS] is Code.UNVERIFIED


def test_servers_that_hold_on_are_let_go(prober: Prober, servers: ServerThread) -> None:
    limited = prober.limited(probe_overall_seconds=0.5)
    ports = [servers.listen(handler) for handler in (is_silent, floods) for _ in range(3)]
    services = [prober.settings(ServiceType.IMAP, port, SocketType.STARTTLS) for port in ports]
    started = time.monotonic()
    reports = asyncio.run(look(services, limited.vantage))
    assert time.monotonic() - started < prober.vantage.limits.probe_greeting_seconds / 2
    assert {report.verdict for report in reports} == {Verdict.FAILED}
    failed = [step for step in reports[0].steps if step.status is Status.FAILED]
    assert [(step.step, step.code) for step in failed] == [(Step.GREETING, Code.SILENT)]
