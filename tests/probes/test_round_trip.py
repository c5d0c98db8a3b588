"""What a working mailbox looks like, and what of it may fail after the sign-in."""

import asyncio
import ssl

import pytest

from mailsetup.clientconfig import ServiceType, SocketType
from mailsetup.probes.ask import Ask
from mailsetup.probes.findings import (
    Code,
    Finding,
    ServiceReport,
    Status,
    Step,
    Verdict,
    causes_of,
)
from mailsetup.probes.findings import (
    steps_of as steps_in_order,
)
from mailsetup.probes.run import probe
from tests.faults import ADDRESS, ImapServer, Maildrop, Pop3Server, ServerThread, SubmissionServer
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
    for index, report in enumerate(reports):
        reported = [step for which, step in prober.steps if which == index]
        assert tuple(reported) == report.steps
        assert tuple(step.step for step in reported) == steps_in_order(report.service)


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
    assert (arrived.status, arrived.code) == (Status.WARNING, Code.RT_IN_JUNK)
    assert arrived.evidence["folder"].lower() == folder.lower()
    assert maildrop.messages == {}


@pytest.mark.parametrize(
    ("listed", "folder", "code"),
    [
        ('() "/" Lists', "Lists", Code.RT_OTHER_FOLDER),
        ('(\\Trash) "/" Trash', "Trash", Code.RT_OTHER_FOLDER),
        # Some servers put a copy of what is sent there themselves.
        ('(\\Sent) "/" Gone', "Gone", Code.RT_LOST),
        ('() "/" "Sent Items"', "Sent Items", Code.RT_LOST),
        ('(\\All) "/" "All Mail"', "All Mail", Code.RT_LOST),
        ('(\\Noselect) "/" Lists', "Lists", Code.RT_LOST),
    ],
)
def test_message_that_a_rule_has_moved_is_found_where_a_rule_can_move_it(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    listed: str,
    folder: str,
    code: Code,
) -> None:
    maildrop.delivers_to = folder
    hurried = prober.limited(probe_push_seconds=0.05, probe_arrive_seconds=0.1)
    imap = ImapServer(maildrop, folders=('() "/" INBOX', listed))
    _, outgoing = run_imap(hurried, servers, good_tls, imap, SubmissionServer(maildrop))
    assert steps_of(outgoing)[Step.ARRIVE].code is code
    assert (maildrop.messages == {}) is (code is Code.RT_OTHER_FOLDER)


def test_a_folder_that_stays_closed_does_not_end_the_search(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.delivers_to = "Lists"
    hurried = prober.limited(probe_push_seconds=0.05, probe_arrive_seconds=0.1)
    imap = ImapServer(maildrop, folders=('() "/" INBOX', '() "/" Closed', '() "/" Lists'), closed=("Closed",))
    _, outgoing = run_imap(hurried, servers, good_tls, imap, SubmissionServer(maildrop))
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.RT_OTHER_FOLDER


@pytest.mark.parametrize(
    ("quota", "percent"), [((949, 1000), None), ((950, 1000), 95), ((2000, 1000), 100), ((5, 0), 100)]
)
def test_mailbox_that_is_nearly_full_is_a_warning_and_a_message_lost_in_it_no_second_cause(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    quota: tuple[int, int],
    percent: int | None,
) -> None:
    maildrop.delivers_to = None
    hurried = prober.limited(probe_push_seconds=0.05, probe_arrive_seconds=0.1)
    imap = ImapServer(maildrop, quota=quota)
    reports = run_imap(hurried, servers, good_tls, imap, SubmissionServer(maildrop))
    incoming, outgoing = map(steps_of, reports)
    assert incoming[Step.MAILBOX].evidence.get("percent") == percent
    causes = causes_of(step for report in reports for step in report.steps)
    assert causes == ([Code.RT_LOST] if percent is None else [Code.OVER_QUOTA])
    assert outgoing[Step.ARRIVE].status is Status.FAILED


def test_quota_that_nobody_tells_is_none(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, quota=(1, 1), answers={"GETQUOTAROOT": "NO not for you"})
    incoming, _ = run_imap(prober, servers, good_tls, imap, SubmissionServer(maildrop))
    assert steps_of(incoming)[Step.MAILBOX].status is Status.PASSED


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
        ({"MAIL": "552 5.3.4 too big"}, Code.SIZE_LIMIT, "mail"),
        ({"RCPT": "451 4.7.1 greylisted"}, Code.GREYLIST, "rcpt"),
        ({"DATA": "451 4.3.0 later"}, Code.SEND_TEMP_FAILURE, "data"),
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


def test_without_incoming_nobody_signs_in_to_send(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, greeting="* BYE [UNAVAILABLE] closed for today")
    incoming, outgoing = run_imap(prober, servers, good_tls, imap, SubmissionServer(maildrop))
    assert steps_of(incoming)[Step.GREETING].code is Code.BYE_GREETING
    sent = steps_of(outgoing)
    assert sent[Step.CAPABILITIES].status is Status.PASSED
    assert sent[Step.SIGN_IN].code is sent[Step.SEND].code is sent[Step.ARRIVE].code is Code.RECEIVING_FIRST
    assert maildrop.attempts == []


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


def test_message_that_comes_after_the_wait_for_its_announcement_arrives(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.delay = 0.8
    hurried = prober.limited(probe_push_seconds=0.2)
    incoming, outgoing = run_imap(
        hurried, servers, good_tls, ImapServer(maildrop), SubmissionServer(maildrop)
    )
    push = steps_of(incoming)[Step.PUSH]
    assert (push.status, push.evidence) == (Status.PASSED, {"announced": False})
    arrived = steps_of(outgoing)[Step.ARRIVE]
    assert (arrived.status, arrived.evidence["removed"]) == (Status.PASSED, True)


def test_idle_that_is_refused_is_a_warning(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, answers={"IDLE": "NO not for you"})
    incoming, outgoing = run_imap(prober, servers, good_tls, imap, SubmissionServer(maildrop))
    push = steps_of(incoming)[Step.PUSH]
    assert (push.status, push.code) == (Status.WARNING, Code.IDLE_SILENT)
    assert "NO not for you" in push.evidence["server"]
    assert steps_of(outgoing)[Step.ARRIVE].status is Status.PASSED


def test_announcement_of_another_message_is_not_ours(
    prober: Prober, servers: ServerThread, good_tls: ssl.SSLContext
) -> None:
    class Busy(Maildrop):
        def deliver(self, message: str) -> None:
            self._arrive("INBOX", "Subject: somebody else's\r\n\r\nbody")
            super().deliver(message)

    busy = Busy(delay=0.4)
    incoming, outgoing = run_imap(prober, servers, good_tls, ImapServer(busy), SubmissionServer(busy))
    push = steps_of(incoming)[Step.PUSH]
    assert (push.status, push.evidence["announced"]) == (Status.PASSED, True)
    assert push.evidence["seconds"] >= 0.3
    assert steps_of(outgoing)[Step.ARRIVE].evidence["removed"] is True
    assert [message for _, message in busy.messages.values()] == ["Subject: somebody else's\r\n\r\nbody"]


@pytest.mark.parametrize("kind", [ServiceType.IMAP, ServiceType.POP3])
def test_message_that_is_not_taken_leaves_nothing_to_look_for(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, kind: ServiceType
) -> None:
    server = (
        Pop3Server(maildrop) if kind is ServiceType.POP3 else ImapServer(maildrop, capabilities="IMAP4rev1")
    )
    submission = SubmissionServer(maildrop, answers={"MAIL": "553 5.7.1 not yours"})
    incoming, outgoing = prober.both(
        prober.settings(kind, servers.listen(server.handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(submission.handle, good_tls)),
    )
    assert incoming.verdict in (Verdict.PASSED, Verdict.WARNING)
    assert steps_of(outgoing)[Step.SEND].code is Code.SEND_REJECTED
    assert len(maildrop.attempts) == 2


def test_pop3_message_that_never_arrives_is_lost(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.delivers_to = None
    _, outgoing = prober.limited(probe_arrive_seconds=0.5).both(
        prober.settings(ServiceType.POP3, servers.listen(Pop3Server(maildrop).handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
    )
    arrived = steps_of(outgoing)[Step.ARRIVE]
    assert (arrived.code, arrived.evidence["folder"]) == (Code.RT_LOST, None)
    assert arrived.evidence["seconds"] >= 0.5


@pytest.mark.parametrize("socket_type", [SocketType.SSL, SocketType.STARTTLS])
def test_pop3_that_is_busy_for_a_while_is_asked_again(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    socket_type: SocketType,
) -> None:
    class Busy(Pop3Server):
        """Closes its second connection, refuses the third, has no time for the fourth's sign-in."""

        connections = 0

        async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            self.greeting = "-ERR [IN-USE] busy" if self.connections == 3 else "+OK ready"
            self.answers = {"PASS": "-ERR [SYS/TEMP] busy"} if self.connections == 4 else {}
            if self.connections != 2:
                await super().handle(reader, writer)

    upgrade = good_tls if socket_type is SocketType.STARTTLS else None
    pop3 = Busy(maildrop, upgrade)
    port = servers.listen(pop3.handle, None if upgrade else good_tls)
    _, outgoing = prober.both(
        prober.settings(ServiceType.POP3, port, socket_type),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
    )
    assert steps_of(outgoing)[Step.ARRIVE].evidence["removed"] is True
    assert pop3.connections == 5


def test_headers_are_not_read_again_where_nothing_has_come(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.delay = 0.6
    maildrop.messages[1] = ("INBOX", "Subject: somebody else's\r\n\r\nbody")
    pop3 = Pop3Server(maildrop)
    _, outgoing = prober.both(
        prober.settings(ServiceType.POP3, servers.listen(pop3.handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
    )
    assert steps_of(outgoing)[Step.ARRIVE].status is Status.PASSED
    assert len(maildrop.attempts) > 4, "it looked several times"
    # Once while there was the other message only, once for ours.
    assert pop3.headers_read == 2


def test_pop3_reads_no_header_of_what_was_there_before(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    """The first look is for what an earlier test left behind; after it only what is new is read."""
    pop3 = Pop3Server(maildrop, capabilities=("USER", "TOP", "UIDL"))
    without = Pop3Server(Maildrop(messages=maildrop.messages), capabilities=("USER", "TOP"))
    for server, headers in ((pop3, 3 + 1), (without, 3 + 1)):
        maildrop.messages.update(dict.fromkeys((1, 2, 3), ("INBOX", "Subject: theirs\r\n\r\nbody")))
        _, outgoing = prober.both(
            prober.settings(ServiceType.POP3, servers.listen(server.handle, good_tls)),
            prober.settings(
                ServiceType.SMTP, servers.listen(SubmissionServer(server.maildrop).handle, good_tls)
            ),
        )
        assert steps_of(outgoing)[Step.ARRIVE].evidence["removed"] is True
        assert (server.headers_read, list(maildrop.messages)) == (headers, [1, 2, 3])


@pytest.mark.parametrize("message", ["", "-ERR [IN-USE] busy"])
def test_pop3_that_lets_nobody_look_again_has_lost_nothing(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, message: str
) -> None:
    class Once(Pop3Server):
        connections = 0

        async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            if self.connections == 1:
                await super().handle(reader, writer)
            elif message:
                writer.write(f"{message}\r\n".encode())

    hurried = prober.limited(probe_arrive_seconds=0.5)
    _, outgoing = hurried.both(
        prober.settings(ServiceType.POP3, servers.listen(Once(maildrop).handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
    )
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.NOT_REACHED


class ByWayOf(Maildrop):
    """Receives messages as if they had come by two servers, whose clocks differ."""

    def deliver(self, message: str) -> None:
        way = "Received: from b by c.example.test; Thu, 26 Nov 2026 07:00:00 +0000\r\n"
        way += "Received: from a by b.example.test; Thu, 26 Nov 2026 07:00:04 +0000\r\n"
        super().deliver(way + message)


@pytest.mark.parametrize(
    ("kind", "folder"),
    [
        (ServiceType.IMAP, "INBOX"),
        (ServiceType.IMAP, "Spam mail"),
        (ServiceType.IMAP, "Lists"),
        (ServiceType.POP3, "INBOX"),
    ],
)
def test_a_message_tells_its_way(
    prober: Prober, servers: ServerThread, good_tls: ssl.SSLContext, kind: ServiceType, folder: str
) -> None:
    drop = ByWayOf(delivers_to=folder)
    folders = ('() "/" INBOX', '(\\Junk) "/" "Spam mail"', '() "/" Lists')
    server = ImapServer(drop, folders=folders) if kind is ServiceType.IMAP else Pop3Server(drop)
    hurried = prober.limited(probe_push_seconds=0.2, probe_arrive_seconds=2)
    _, outgoing = hurried.both(
        prober.settings(kind, servers.listen(server.handle, good_tls)),
        prober.settings(ServiceType.SMTP, servers.listen(SubmissionServer(drop).handle, good_tls)),
    )
    evidence = steps_of(outgoing)[Step.ARRIVE].evidence
    assert evidence["hops"] == [
        {"by": "b.example.test", "seconds": None},
        {"by": "c.example.test", "seconds": -4},
    ]
    assert (evidence["folder"], evidence["removed"]) == (folder, True)


@pytest.mark.parametrize("answer", ["BAD no such command", "* BYE gone"])
def test_a_message_whose_way_can_not_be_read_has_arrived(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, answer: str
) -> None:
    imap = ImapServer(maildrop, answers={"UID FETCH": answer})
    _, outgoing = run_imap(prober, servers, good_tls, imap, SubmissionServer(maildrop))
    arrived = steps_of(outgoing)[Step.ARRIVE]
    assert (arrived.status, arrived.evidence["folder"]) == (Status.PASSED, "INBOX")
    # What can't be looked at isn't deleted either.
    assert arrived.evidence["removed"] is False
    assert len(maildrop.messages) == 1
    assert "hops" not in arrived.evidence


@pytest.mark.parametrize(
    ("folder", "arrives"), [("INBOX", "INBOX"), ("INBOX", None), ("Spam mail", None), ("Lists", None)]
)
def test_mail_of_the_customer_stays_whatever_a_search_says(
    prober: Prober,
    servers: ServerThread,
    good_tls: ssl.SSLContext,
    folder: str,
    arrives: str | None,
) -> None:
    """A server that searches for something else and names the customer's own mail loses none of it."""
    theirs = dict.fromkeys(
        range(1, 4), (folder, "Subject: a contract\r\nFrom: bert@example.test\r\n\r\nbody")
    )
    drop = Maildrop(delivers_to=arrives, messages=dict(theirs))
    ignores_header = ImapServer(
        drop, folders=('() "/" INBOX', '(\\Junk) "/" "Spam mail"', '() "/" Lists'), finds_anything=True
    )
    hurried = prober.limited(probe_push_seconds=0.2, probe_arrive_seconds=1)
    _, outgoing = run_imap(hurried, servers, good_tls, ignores_header, SubmissionServer(drop))
    arrived = steps_of(outgoing)[Step.ARRIVE]
    assert arrived.evidence["folder"] == arrives
    assert drop.messages == theirs


@pytest.mark.parametrize(
    ("announces", "push_seconds", "status", "code"),
    [
        (True, 3.0, Status.WARNING, Code.RT_DELAYED),
        # While IDLE was waited for nobody looked, so it may have come at any time.
        (False, 0.8, Status.PASSED, Code.OK),
    ],
)
def test_message_that_takes_its_time_is_a_warning(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    push_seconds: float,
    status: Status,
    code: Code,
    *,
    announces: bool,
) -> None:
    maildrop.delay = 0.5
    imap = ImapServer(maildrop, announces=announces)
    hurried = prober.limited(probe_delayed_seconds=0.3, probe_push_seconds=push_seconds)
    _, outgoing = run_imap(hurried, servers, good_tls, imap, SubmissionServer(maildrop))
    arrived = steps_of(outgoing)[Step.ARRIVE]
    assert (arrived.status, arrived.code) == (status, code)
    assert arrived.evidence["seconds"] > 0.3


def test_watch_that_breaks_off_leaves_the_arrival_open(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, capabilities="IMAP4rev1", answers={"NOOP": "* BYE shutting down"})
    incoming, outgoing = run_imap(prober, servers, good_tls, imap, SubmissionServer(maildrop))
    assert steps_of(incoming)[Step.PUSH].code is Code.IDLE_MISSING
    assert steps_of(outgoing)[Step.SEND].status is Status.PASSED
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.NOT_REACHED


def test_mailbox_without_a_junk_folder(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.delivers_to = None
    imap = ImapServer(maildrop, folders=('() "/" INBOX',))
    hurried = prober.limited(probe_push_seconds=0.2, probe_arrive_seconds=0.5)
    incoming, outgoing = run_imap(hurried, servers, good_tls, imap, SubmissionServer(maildrop))
    assert steps_of(incoming)[Step.PUSH].evidence == {"announced": False}
    assert steps_of(outgoing)[Step.ARRIVE].code is Code.RT_LOST


def test_what_a_listener_raises_ends_the_test(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    def full_disk(_index: int, _finding: Finding) -> None:
        raise RuntimeError("disk full")

    port = servers.listen(ImapServer(maildrop).handle, good_tls)
    incoming = prober.settings(ServiceType.IMAP, port)
    ask = Ask(ADDRESS, incoming, incoming, password=None, round_trip=False, token=TOKEN)
    with pytest.raises(RuntimeError, match="disk full"):
        asyncio.run(probe(ask, prober.vantage, full_disk))


def test_reports_come_without_a_listener_too(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    port = servers.listen(ImapServer(maildrop).handle, good_tls)
    incoming = prober.settings(ServiceType.IMAP, port)
    ask = Ask(ADDRESS, incoming, incoming, password=None, round_trip=False, token=TOKEN)
    assert [report.verdict for report in asyncio.run(probe(ask, prober.vantage))] == [Verdict.PASSED] * 2
