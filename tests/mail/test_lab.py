"""The laboratory itself, seen by the client libraries that Python brings: what they say, a probe must say."""

import contextlib
import imaplib
import poplib
import smtplib
import ssl
from collections.abc import Iterator

import pytest

from tests.mail.lab import MailLab
from tests.mail.oracles import Mail, imap, pop3, submission


@pytest.mark.parametrize("port", ["imap", "imaps"])
def test_imap_lets_a_mailbox_in(mail_lab: MailLab, port: str) -> None:
    with imap(mail_lab, port, "anna") as client:
        assert client.select("INBOX")[0] == "OK"
        assert "IDLE" in client.capabilities


@pytest.mark.parametrize("port", ["pop3", "pop3s"])
def test_pop3_lets_a_mailbox_in(mail_lab: MailLab, port: str) -> None:
    with pop3(mail_lab, port, "anna") as client:
        assert client.stat()[0] >= 0


@pytest.mark.parametrize("port", ["submission", "submissions"])
def test_a_message_arrives(mail_lab: MailLab, port: str) -> None:
    message = Mail("bert")
    with submission(mail_lab, port, "bert") as client:
        client.send_message(message.content)
    assert message.arrives_in(mail_lab, "INBOX")


def test_a_suspected_message_arrives_in_the_junk_folder(mail_lab: MailLab) -> None:
    message = Mail("junk")
    with submission(mail_lab, "submission", "junk") as client:
        client.send_message(message.content)
    assert message.arrives_in(mail_lab, "Junk")


def test_a_wrong_password_is_refused_everywhere(mail_lab: MailLab) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap(mail_lab, "imaps", "anna", "wrong").__enter__()
    with pytest.raises(poplib.error_proto, match=r"-ERR \[AUTH\]"):
        pop3(mail_lab, "pop3s", "anna", "wrong").__enter__()
    with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        submission(mail_lab, "submission", "anna", "wrong").__enter__()


def test_a_locked_mailbox_says_so(mail_lab: MailLab) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="Account_locked"):
        imap(mail_lab, "imaps", "locked").__enter__()


def test_one_mailbox_may_hold_so_many_connections(crowded_mail_lab: MailLab) -> None:
    with (
        imap(crowded_mail_lab, "imaps", "anna"),
        pytest.raises(imaplib.IMAP4.error, match="Maximum number of connections"),
    ):
        imap(crowded_mail_lab, "imaps", "anna").__enter__()


def test_a_full_mailbox_takes_nothing(mail_lab: MailLab) -> None:
    with imap(mail_lab, "imaps", "full") as client:
        status, answer = client.append("INBOX", None, None, b"Subject: too much\r\n\r\n" + b"a" * 2000)
    assert (status, b"[OVERQUOTA]" in answer[0]) == ("NO", True)


def test_nobody_sends_as_somebody_else(mail_lab: MailLab) -> None:
    with (
        submission(mail_lab, "submission", "anna") as client,
        pytest.raises((smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused), match="not owned by user"),
    ):
        client.sendmail("bert@lab.test", ["bert@lab.test"], "Subject: not mine\r\n\r\n")


def test_the_certificate_counts_for_this_name_and_this_authority_only(mail_lab: MailLab) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        _tls(mail_lab, mail_lab.tls, "other.lab.test").__enter__()
    with pytest.raises(ssl.SSLCertVerificationError):
        _tls(mail_lab, ssl.create_default_context(), mail_lab.host).__enter__()
    with _tls(mail_lab, mail_lab.tls, mail_lab.host) as connection:
        assert connection.version() in ("TLSv1.2", "TLSv1.3")


@contextlib.contextmanager
def _tls(lab: MailLab, context: ssl.SSLContext, name: str) -> Iterator[ssl.SSLSocket]:
    with lab.dial("imaps") as plain, context.wrap_socket(plain, server_hostname=name) as connection:
        yield connection
