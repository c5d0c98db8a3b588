"""What a working mailbox looks like, and what of it may fail after the sign-in."""

import ssl

import pytest

from mailsetup.clientconfig import ServiceType, SocketType
from mailsetup.probes.findings import PLANNED_STEPS, Code, Finding, ServiceReport, Status, Step, Verdict
from tests.faults import ImapServer, Maildrop, Pop3Server, ServerThread, SubmissionServer
from tests.probes.prober import TOKEN, Prober


def steps_of(report: ServiceReport) -> dict[Step, Finding]:
    return {step.step: step for step in report.steps}


def run_imap(
    prober: Prober,
    servers: ServerThread,
    tls: ssl.SSLContext,
    imap: ImapServer,
    submission: SubmissionServer,
) -> tuple[ServiceReport, ServiceReport]:
    incoming = prober.settings(ServiceType.IMAP, servers.listen(imap.handle, tls))
    outgoing = prober.settings(ServiceType.SMTP, servers.listen(submission.handle, tls))
    return prober.both(incoming, outgoing)


@pytest.mark.parametrize("socket_type", [SocketType.SSL, SocketType.STARTTLS])
def test_working_imap_mailbox_passes_every_step(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    socket_type: SocketType,
) -> None:
    upgrade = good_tls if socket_type is SocketType.STARTTLS else None
    implicit = good_tls if socket_type is SocketType.SSL else None
    imap = servers.listen(ImapServer(maildrop, upgrade).handle, implicit)
    smtp = servers.listen(SubmissionServer(maildrop, upgrade).handle, implicit)
    reports = prober.both(
        prober.settings(ServiceType.IMAP, imap, socket_type),
        prober.settings(ServiceType.SMTP, smtp, socket_type),
    )
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.PASSED], reports
    incoming, outgoing = map(steps_of, reports)
    assert incoming[Step.PUSH].evidence["announced"] is True
    assert outgoing[Step.ARRIVE].evidence["folder"] == "INBOX"
    assert maildrop.messages == {}, "the test message is removed again"
    for index, (kind, report) in enumerate(zip((ServiceType.IMAP, ServiceType.SMTP), reports, strict=True)):
        reported = [step for which, step in prober.steps if which == index]
        assert tuple(reported) == report.steps
        assert tuple(step.step for step in reported) == PLANNED_STEPS[kind]


def test_working_pop3_mailbox_passes_every_step(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.delay = 0.3
    maildrop.messages[1] = ("INBOX", "Subject: somebody else's\r\n\r\nbody")
    reports = prober.both(
        prober.settings(ServiceType.POP3, servers.listen(Pop3Server(maildrop).handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
    )
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.PASSED], reports
    assert steps_of(reports[1])[Step.ARRIVE].evidence["removed"] is True
    assert list(maildrop.messages) == [1], "only the test message is removed"


def test_pop3_does_not_sign_in_again_after_a_refusal(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.delivers_to = None
    pop3 = Pop3Server(maildrop, refuses_after=2)
    _, outgoing = prober.both(
        prober.settings(ServiceType.POP3, servers.listen(pop3.handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
    )
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.NOT_REACHED
    # Incoming, outgoing, and the one look that was refused.
    assert len(maildrop.attempts) == 3


def test_message_that_never_arrives_is_lost(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.delivers_to = None
    hurried = prober.limited(probe_push_seconds=0.3, probe_arrive_seconds=0.8)
    incoming, outgoing = run_imap(
        hurried, servers, good_tls, ImapServer(maildrop), SubmissionServer(maildrop)
    )
    assert steps_of(outgoing)[Step.SEND].status is Status.PASSED
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.RT_LOST
    assert incoming.verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("listed", "folder"),
    [
        ('(\\Junk) "/" "Spam mail"', "Spam mail"),
        ('() NIL "Junk E-mail"', "Junk E-mail"),
        ('(\\Junk) "." {9}\r\nSpam mail', "Spam mail"),
    ],
    ids=["marked", "by its name", "as a literal"],
)
def test_message_in_the_junk_folder_is_found_and_removed(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    listed: str,
    folder: str,
) -> None:
    maildrop.delivers_to = folder
    hurried = prober.limited(probe_push_seconds=0.3)
    imap = ImapServer(maildrop, folders=('() "/" INBOX', listed))
    _, outgoing = run_imap(hurried, servers, good_tls, imap, SubmissionServer(maildrop))
    arrived = steps_of(outgoing)[Step.ARRIVE]
    assert (arrived.status, arrived.evidence["folder"]) == (Status.PASSED, folder)
    assert maildrop.messages == {}


def test_idle_that_keeps_silent_is_a_warning(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, announces=False)
    hurried = prober.limited(probe_push_seconds=0.4)
    incoming, outgoing = run_imap(hurried, servers, good_tls, imap, SubmissionServer(maildrop))
    push = steps_of(incoming)[Step.PUSH]
    assert (push.status, push.code) == (Status.WARNING, Code.IDLE_SILENT)
    assert steps_of(outgoing)[Step.ARRIVE].status is Status.PASSED


@pytest.mark.parametrize("round_trip", [False, True])
def test_missing_idle_is_a_warning(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    *,
    round_trip: bool,
) -> None:
    imap = ImapServer(maildrop, capabilities="IMAP4rev1 UIDPLUS AUTH=PLAIN")
    incoming, outgoing = prober.both(
        prober.settings(ServiceType.IMAP, servers.listen(imap.handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
        round_trip=round_trip,
    )
    steps = steps_of(incoming)
    assert steps[Step.CAPABILITIES].evidence["idle"] is False
    assert (steps[Step.PUSH].status, steps[Step.PUSH].code) == (Status.WARNING, Code.IDLE_MISSING)
    arrived = steps_of(outgoing)[Step.ARRIVE]
    assert arrived.code is (Code.OK if round_trip else Code.NOT_ASKED)
    assert maildrop.sent == int(round_trip)


def test_nothing_is_expunged_without_uidplus(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, capabilities="IMAP4rev1 IDLE AUTH=PLAIN")
    _, outgoing = run_imap(prober, servers, good_tls, imap, SubmissionServer(maildrop))
    assert steps_of(outgoing)[Step.ARRIVE].evidence["removed"] is False
    assert len(maildrop.messages) == 1


@pytest.mark.parametrize(
    ("answers", "code", "phase"),
    [
        ({"MAIL": "552 5.3.4 too big"}, Code.SEND_REJECTED, "mail"),
        ({"RCPT": "451 4.7.1 greylisted"}, Code.SEND_TEMP_FAILURE, "rcpt"),
        ({"DATA": "554 5.7.1 no"}, Code.SEND_REJECTED, "data"),
    ],
)
def test_message_that_is_not_taken(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    answers: dict[str, str],
    code: Code,
    phase: str,
) -> None:
    submission = SubmissionServer(maildrop, answers=answers)
    incoming, outgoing = run_imap(prober, servers, good_tls, ImapServer(maildrop), submission)
    sent = steps_of(outgoing)[Step.SEND]
    assert (sent.code, sent.evidence["phase"]) == (code, phase)
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.NOT_REACHED
    assert incoming.verdict is Verdict.PASSED


def test_message_says_what_it_is(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, capabilities="IMAP4rev1 AUTH=PLAIN")
    run_imap(prober, servers, good_tls, imap, SubmissionServer(maildrop))
    [(_, message)] = maildrop.messages.values()
    assert f"X-Mailway-Test: {TOKEN}" in message.split("\r\n")
    assert "Auto-Submitted: auto-generated" in message.split("\r\n")


def test_without_incoming_the_message_is_sent_and_nobody_looks(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, greeting="* BYE [UNAVAILABLE] closed for today")
    incoming, outgoing = run_imap(prober, servers, good_tls, imap, SubmissionServer(maildrop))
    assert steps_of(incoming)[Step.GREETING].code is Code.BYE_GREETING
    assert steps_of(outgoing)[Step.SEND].status is Status.PASSED
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.NOT_REACHED


def test_no_password_tests_everything_up_to_the_sign_in(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    incoming, outgoing = prober.both(
        prober.settings(ServiceType.IMAP, servers.listen(ImapServer(maildrop).handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
        password=None,
    )
    assert incoming.verdict is outgoing.verdict is Verdict.PASSED
    assert steps_of(incoming)[Step.SIGN_IN].code is Code.NO_PASSWORD
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.NO_PASSWORD
    assert maildrop.attempts == []
