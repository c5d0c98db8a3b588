"""What the probes say about Dovecot and Postfix, and that Python's own mail clients agree."""

import asyncio
import imaplib
import os
import secrets

import pytest

from mailsetup.clientconfig import ServiceType, SocketType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.ask import Ask
from mailsetup.probes.findings import Code, Finding, ServiceReport, Status, Step, Verdict, causes_of
from mailsetup.probes.run import probe
from tests.mail.lab import USUAL_LIMITS, MailLab
from tests.mail.oracles import imap

Reports = tuple[ServiceReport, ServiceReport]
# Long enough for a lab that delivers within a second, short where nothing will come.
IMPATIENT = ProbeSettings(probe_push_seconds=2, probe_arrive_seconds=4, probe_arrival_poll_seconds=0.2)
WAYS = [
    pytest.param(ServiceType.IMAP, SocketType.SSL, SocketType.STARTTLS, id="imaps-submission"),
    pytest.param(ServiceType.IMAP, SocketType.STARTTLS, SocketType.SSL, id="imap-submissions"),
    pytest.param(ServiceType.POP3, SocketType.SSL, SocketType.SSL, id="pop3s-submissions"),
    pytest.param(ServiceType.POP3, SocketType.STARTTLS, SocketType.STARTTLS, id="pop3-submission"),
]


def run(
    lab: MailLab,
    user: str = "anna",
    *,
    incoming: ServiceType = ServiceType.IMAP,
    receives: SocketType = SocketType.SSL,
    sends: SocketType = SocketType.STARTTLS,
    password: str | None = None,
    round_trip: bool = True,
    limits: ProbeSettings = USUAL_LIMITS,
    token: str = "",
) -> Reports:
    ask = Ask(
        address=lab.users[user].address,
        incoming=lab.server_settings(incoming, receives, user),
        outgoing=lab.server_settings(ServiceType.SMTP, sends, user),
        password=lab.users[user].password if password is None else password,
        round_trip=round_trip,
        token=token or secrets.token_hex(4),
    )
    return asyncio.run(probe(ask, lab.vantage(limits)))


def found(report: ServiceReport, step: Step) -> Finding:
    return next(result for result in report.steps if result.step is step)


@pytest.mark.parametrize(("incoming", "receives", "sends"), WAYS)
@pytest.mark.parametrize("user", ["anna", "zoe"])
def test_a_right_configuration_passes_every_step(
    mail_lab: MailLab, user: str, incoming: ServiceType, receives: SocketType, sends: SocketType
) -> None:
    reports = run(mail_lab, user, incoming=incoming, receives=receives, sends=sends)

    wrong = [result.as_dict() for report in reports for result in report.steps if result.code is not Code.OK]
    assert wrong == []
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.PASSED]
    assert found(reports[1], Step.ARRIVE).evidence["folder"] == "INBOX"


def test_the_test_message_is_gone_afterwards(mail_lab: MailLab) -> None:
    before = _count(mail_lab, "bert")
    run(mail_lab, "bert")
    assert _count(mail_lab, "bert") == before


def test_push_announces_the_message_while_it_arrives(mail_lab: MailLab) -> None:
    incoming, _ = run(mail_lab)
    push = found(incoming, Step.PUSH)
    assert push.status is Status.PASSED
    assert push.evidence["announced"] is True


def test_a_message_in_the_junk_folder_is_found_there(mail_lab: MailLab) -> None:
    _, outgoing = run(mail_lab, "junk", limits=IMPATIENT)
    arrived = found(outgoing, Step.ARRIVE)
    assert (arrived.status, arrived.code) == (Status.WARNING, Code.RT_IN_JUNK)
    assert arrived.evidence["folder"] == "Junk"


@pytest.mark.parametrize(("incoming", "receives", "sends"), WAYS)
def test_a_wrong_password_is_tried_once_and_named(
    mail_lab: MailLab, incoming: ServiceType, receives: SocketType, sends: SocketType
) -> None:
    reports = run(mail_lab, incoming=incoming, receives=receives, sends=sends, password="wrong")

    assert {code for report in reports for code in causes_of(report.steps)} == {Code.AUTH_FAILED}
    assert all(found(report, Step.TLS).status is Status.PASSED for report in reports)


def test_a_locked_mailbox_is_no_wrong_password(mail_lab: MailLab) -> None:
    incoming, _ = run(mail_lab, "locked")

    assert found(incoming, Step.SIGN_IN).code is Code.ACCOUNT_LOCKED
    assert found(incoming, Step.SIGN_IN).evidence["server"] == "CONTACTADMIN account locked"
    with pytest.raises(imaplib.IMAP4.error, match="Account_locked"):
        imap(mail_lab, "imaps", "locked").__enter__()


def test_too_many_connections_is_no_wrong_password(crowded_mail_lab: MailLab) -> None:
    with imap(crowded_mail_lab, "imaps", "anna"):
        incoming, _ = run(crowded_mail_lab, round_trip=False)
        with pytest.raises(imaplib.IMAP4.error, match="Maximum number of connections"):
            imap(crowded_mail_lab, "imaps", "anna").__enter__()

    assert found(incoming, Step.SIGN_IN).code is Code.TOO_MANY_CONNECTIONS


def test_what_is_sent_to_a_full_mailbox_does_not_arrive(mail_lab: MailLab) -> None:
    incoming, outgoing = run(mail_lab, "full", limits=IMPATIENT)

    assert found(incoming, Step.SIGN_IN).status is Status.PASSED
    assert found(outgoing, Step.SEND).status is Status.PASSED
    assert found(outgoing, Step.ARRIVE).code is Code.RT_LOST
    with imap(mail_lab, "imaps", "full") as client:
        answer = client.append("INBOX", None, None, b"Subject: too much\r\n\r\n" + b"a" * 2000)
        assert b"[OVERQUOTA]" in answer[1][0]


def test_a_mailbox_that_is_nearly_full_is_told_before_mail_is_lost(mail_lab: MailLab) -> None:
    with imap(mail_lab, "imaps", "nearly") as client:
        assert client.append("INBOX", None, None, b"Subject: large\r\n\r\n" + b"a" * 1500)[0] == "OK"
    incoming, _ = run(mail_lab, "nearly", round_trip=False)

    mailbox = found(incoming, Step.MAILBOX)
    assert (mailbox.status, mailbox.code) == (Status.WARNING, Code.OVER_QUOTA)
    assert mailbox.evidence["percent"] == 100


def test_sending_as_somebody_else_is_told_from_other_refusals(mail_lab: MailLab) -> None:
    """Postfix names the owner of the address; whoever has only Dovecot sends by a server without owners."""
    if os.geteuid() != 0:
        pytest.skip("Postfix refuses everybody but root")
    anna = mail_lab.server_settings(ServiceType.SMTP, SocketType.STARTTLS, "anna")
    ask = Ask(
        address="bert@lab.test",
        incoming=mail_lab.server_settings(ServiceType.IMAP, SocketType.SSL, "anna"),
        outgoing=anna,
        password=mail_lab.users["anna"].password,
        round_trip=True,
        token="NOTMINE1",
    )
    _, outgoing = asyncio.run(probe(ask, mail_lab.vantage(IMPATIENT)))
    assert found(outgoing, Step.SEND).code is Code.SENDER_MISMATCH


def test_without_a_password_nothing_is_signed_in(mail_lab: MailLab) -> None:
    ask = Ask(
        address="anna@lab.test",
        incoming=mail_lab.server_settings(ServiceType.IMAP, SocketType.SSL),
        outgoing=mail_lab.server_settings(ServiceType.SMTP, SocketType.STARTTLS),
        password=None,
        round_trip=False,
        token="NOPASSWD",
    )
    reports = asyncio.run(probe(ask, mail_lab.vantage()))

    assert [found(report, Step.SIGN_IN).code for report in reports] == [Code.NO_PASSWORD] * 2
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.PASSED]


def _count(lab: MailLab, user: str) -> bytes:
    with imap(lab, "imaps", user) as client:
        return client.select("INBOX")[1][0]
