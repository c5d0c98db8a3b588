"""What a mail program sees of the demo mail server, through the clients of the standard library."""

import email
import imaplib
import mailbox
import poplib
import smtplib
import socket
import ssl
import stat
import subprocess
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from demo.state import WRONG_CERTIFICATE
from tests.demo.servers import ANNA, MailServer

OFFICE = "office@lindqvist.example"


def signed_in_imap(server: MailServer, address: str = ANNA) -> imaplib.IMAP4:
    client = imap_of(server)
    client.login(address, server.password(address))
    return client


def imap_of(server: MailServer) -> imaplib.IMAP4:
    return imaplib.IMAP4_SSL("localhost", server.imap_port, ssl_context=server.tls, timeout=10)


def smtp_of(server: MailServer) -> smtplib.SMTP:
    return smtplib.SMTP_SSL("localhost", server.smtp_port, context=server.tls, timeout=10)


def signed_in_smtp(server: MailServer) -> smtplib.SMTP:
    client = smtp_of(server)
    client.login(ANNA, server.password(ANNA))
    return client


def signed_in_pop3(server: MailServer, address: str) -> poplib.POP3_SSL:
    client = poplib.POP3_SSL("localhost", server.pop3_port, timeout=10, context=server.tls)
    client.user(address)
    client.pass_(server.password(address))
    return client


def end_idle(client: imaplib.IMAP4) -> None:
    client.send(b"DONE\r\n")
    while not client.readline().startswith(b"idle OK"):
        pass


def message(subject: str, body: str = "Good morning.\n.A line with a dot first.\n") -> EmailMessage:
    composed = EmailMessage()
    composed["From"] = composed["To"] = ANNA
    composed["Subject"] = subject
    composed.set_content(body)
    return composed


@pytest.mark.parametrize("service", ["imap", "pop3", "smtp"])
def test_nothing_is_said_before_tls_and_the_certificate_is_good_for_the_demos_name_only(
    mail_server: MailServer, service: str
) -> None:
    port = {"imap": mail_server.imap_port, "pop3": mail_server.pop3_port, "smtp": mail_server.smtp_port}[
        service
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        plain.settimeout(0.5)
        with pytest.raises(TimeoutError):
            plain.recv(1)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        mail_server.tls.wrap_socket(plain, server_hostname="mail.lindqvist.example").close()
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        mail_server.tls.wrap_socket(plain, server_hostname=WRONG_CERTIFICATE)


def test_imap_offers_a_sign_in_and_no_second_encryption(mail_server: MailServer) -> None:
    with imap_of(mail_server) as client:
        assert "STARTTLS" not in client.capabilities
        assert "LOGINDISABLED" not in client.capabilities


@pytest.mark.parametrize("address", [ANNA, "nobody@lindqvist.example"])
def test_wrong_password_gets_the_standard_refusal(mail_server: MailServer, address: str) -> None:
    with imap_of(mail_server) as imap, pytest.raises(imaplib.IMAP4.error, match=r"\[AUTHENTICATIONFAILED\]"):
        imap.login(address, "wrong")
    pop3 = poplib.POP3_SSL("localhost", mail_server.pop3_port, timeout=10, context=mail_server.tls)
    pop3.user(address)
    with pytest.raises(poplib.error_proto, match=r"-ERR \[AUTH\]"):
        pop3.pass_("wrong")
    pop3.quit()
    with smtp_of(mail_server) as smtp:
        with pytest.raises(smtplib.SMTPAuthenticationError) as refusal:
            smtp.login(address, "wrong")
        assert (refusal.value.smtp_code, refusal.value.smtp_error[:5]) == (535, b"5.7.8")


def test_submission_wants_a_sign_in(mail_server: MailServer) -> None:
    with smtp_of(mail_server) as client:
        client.ehlo()
        assert not client.has_extn("starttls")
        assert set(client.esmtp_features["auth"].split()) == {"PLAIN", "LOGIN"}
        assert client.mail(ANNA)[0] == 530


def test_submission_refuses_a_foreign_sender_and_an_unknown_recipient(mail_server: MailServer) -> None:
    with signed_in_smtp(mail_server) as client:
        assert client.mail(OFFICE)[0] == 553
        assert client.mail(ANNA)[0] == 250
        assert client.rcpt("somebody@elsewhere.example")[0] == 550
        assert client.rcpt("zz@lindqvist.example")[0] == 550


def test_idling_client_hears_at_once_of_a_sent_message_and_can_read_it(mail_server: MailServer) -> None:
    imap = signed_in_imap(mail_server)
    before = int(imap.select("INBOX")[1][0] or 0)
    imap.send(b"idle IDLE\r\n")
    assert imap.readline().startswith(b"+")
    with signed_in_smtp(mail_server) as smtp:
        smtp.send_message(message("Push"))
    sent = time.monotonic()
    assert imap.readline() == b"* %d EXISTS\r\n" % (before + 1)
    assert time.monotonic() - sent < 2
    end_idle(imap)
    fetched = imap.fetch(str(before + 1), "(BODY.PEEK[])")[1][0]
    assert isinstance(fetched, tuple)
    raw = fetched[1]
    assert raw.count(b"\n") == raw.count(b"\r\n")
    parsed = email.message_from_bytes(raw)
    assert parsed["Subject"] == "Push"
    assert parsed["Return-Path"] == f"<{ANNA}>"
    assert b".A line with a dot first.\r\n" in raw
    imap.logout()


def test_idling_client_hears_of_a_message_dropped_into_the_maildir(mail_server: MailServer) -> None:
    imap = signed_in_imap(mail_server, OFFICE)
    before = int(imap.select("INBOX")[1][0] or 0)
    imap.send(b"idle IDLE\r\n")
    assert imap.readline().startswith(b"+")
    mailbox.Maildir(mail_server.state / "mailboxes" / OFFICE).add(message("Dropped"))
    assert imap.readline() == b"* %d EXISTS\r\n" % (before + 1)
    end_idle(imap)
    imap.logout()


def test_imap_finds_and_removes_a_message(mail_server: MailServer) -> None:
    with signed_in_smtp(mail_server) as smtp:
        smtp.send_message(message("Find and remove"))
    imap = signed_in_imap(mail_server)
    imap.select("INBOX")
    found = imap.uid("SEARCH", "SUBJECT", '"Find and remove"')[1][0]
    assert len(found.split()) == 1
    imap.uid("STORE", found.decode(), "+FLAGS.SILENT", r"(\Deleted)")
    imap.expunge()
    assert imap.uid("SEARCH", "SUBJECT", '"Find and remove"')[1][0] == b""
    imap.logout()


def test_pop3_reads_and_deletes_what_was_delivered(mail_server: MailServer) -> None:
    with signed_in_smtp(mail_server) as smtp:
        for subject in ("First", "Second"):
            smtp.sendmail(ANNA, OFFICE, message(subject).as_bytes(policy=SMTP))
    client = signed_in_pop3(mail_server, OFFICE)
    capabilities = client.capa()
    assert {"TOP", "UIDL", "USER", "RESP-CODES", "AUTH-RESP-CODE"} <= set(capabilities)
    count = client.stat()[0]
    assert count >= 2
    _, lines, _ = client.top(count, 0)
    assert b"Subject: Second" in lines
    assert not any(b"Good morning" in line for line in lines)
    _, lines, size = client.retr(count)
    assert b".A line with a dot first." in lines
    assert size == int(client.list(count).split()[2])
    identifier = client.uidl(count).split()[2]
    client.dele(count)
    client.quit()

    client = signed_in_pop3(mail_server, OFFICE)
    assert client.stat()[0] == count - 1
    assert identifier not in [line.split()[1] for line in client.uidl()[1]]
    with pytest.raises(poplib.error_proto, match="-ERR"):
        client.retr(count)
    client.quit()


def test_secrets_are_private_files_and_survive_a_restart(mail_server: MailServer) -> None:
    secret_files = [
        mail_server.state / "mailboxes" / "passwords.json",
        mail_server.state / "mailboxes" / "pymap-etc-shadow",
        *mail_server.state.glob("authority/*.key"),
    ]
    assert len(secret_files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret_files} == {0o600}


def test_taken_port_is_said_in_one_sentence(mail_server: MailServer) -> None:
    second = subprocess.run(mail_server.command(), capture_output=True, text=True, timeout=20)
    assert second.returncode == 1
    assert second.stderr.startswith("The demo mail server can't start: ")
    assert "Traceback" not in second.stderr


def test_each_recipient_gets_one_copy_that_names_no_other(mail_server: MailServer) -> None:
    with signed_in_smtp(mail_server) as smtp:
        both = [OFFICE, OFFICE.upper(), OFFICE, ANNA]
        smtp.sendmail(ANNA, both, message("One copy each").as_bytes(policy=SMTP))
    for address in (OFFICE, ANNA):
        imap = signed_in_imap(mail_server, address)
        imap.select("INBOX")
        (number,) = imap.search(None, "SUBJECT", '"One copy each"')[1][0].split()
        fetched = imap.fetch(number.decode(), "(BODY.PEEK[HEADER])")[1][0]
        imap.logout()
        assert isinstance(fetched, tuple)
        head = email.message_from_bytes(fetched[1])
        assert head["Delivered-To"] == address
        assert f"for <{address}>" in head["Received"]


def test_what_was_marked_by_mistake_is_kept(mail_server: MailServer) -> None:
    """RSET (RFC 1939 section 5)."""
    with signed_in_smtp(mail_server) as smtp:
        smtp.sendmail(ANNA, OFFICE, message("Keep me").as_bytes(policy=SMTP))
    client = signed_in_pop3(mail_server, OFFICE)
    count = client.stat()[0]
    client.dele(count)
    client.rset()
    client.quit()
    client = signed_in_pop3(mail_server, OFFICE)
    assert client.stat()[0] == count
    client.quit()
