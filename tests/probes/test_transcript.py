"""What support reads of a test line by line: in order, bounded, and for a person."""

import re
import ssl

import pytest

from mailsetup.clientconfig import ServiceType, SocketType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.findings import ServiceReport, Side
from mailsetup.probes.server_text import ServerText
from mailsetup.probes.transcript import Transcript
from tests.faults import (
    ImapServer,
    Maildrop,
    Pop3Server,
    ServerThread,
    SubmissionServer,
    closed_port,
    sends_and_closes,
)
from tests.growth import growth
from tests.probes.prober import QUICK, Prober


def transcript(**limits: int) -> Transcript:
    settings = ProbeSettings(**limits)
    return Transcript(ServerText("correct horse", ("mail.example.test",), settings), settings)


def texts(found: Transcript) -> list[str]:
    return [f"{line.side}: {line.text}" for line in found.lines()]


def of(report: ServiceReport) -> list[str]:
    return [f"{line.side}: {line.text}" for line in report.transcript]


def test_a_whole_session_stands_there_in_its_order(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = servers.listen(ImapServer(maildrop, good_tls).handle)
    smtp = servers.listen(SubmissionServer(maildrop).handle, good_tls)
    receiving, sending = prober.both(
        prober.settings(ServiceType.IMAP, imap, SocketType.STARTTLS), prober.settings(ServiceType.SMTP, smtp)
    )
    lines = of(receiving)
    assert lines[:11] == [
        "=: dns: ok",
        "=: connect: ok",
        f"=: connected from 127.0.0.1 to 127.0.0.1, port {imap}",
        "S: * OK ready",
        "=: greeting: ok",
        "C: m1 CAPABILITY",
        "S: * CAPABILITY IMAP4rev1 IDLE UIDPLUS SASL-IR AUTH=PLAIN STARTTLS",
        "S: m1 OK DONE",
        "C: m2 STARTTLS",
        "S: m2 OK go [left out]",
        "=: encrypted from here on: TLSv1.3",
    ]
    assert "C: m4 AUTHENTICATE PLAIN [password]" in lines
    assert lines[lines.index("C: m4 AUTHENTICATE PLAIN [password]") + 1] == "S: m4 OK signed in"
    assert receiving.local_address == sending.local_address == "127.0.0.1"
    moments = [line.ms for line in receiving.transcript]
    assert moments == sorted(moments)

    said = of(sending)
    assert "C: EHLO [127.0.0.1]" in said
    assert said.index("C: AUTH PLAIN [password]") < said.index("S: 235 2.7.0 OK")
    assert "C: MAIL FROM:<anna@example.test>" in said
    assert any(re.fullmatch(r"C: \[message of \d+ bytes\]", line) for line in said)


def test_a_server_that_hangs_up_is_seen_to(prober: Prober, servers: ServerThread) -> None:
    port = servers.listen(sends_and_closes(b"* OK hello\r\n* BYE try"))
    receiving, _sending = prober.both(
        prober.settings(ServiceType.IMAP, port, SocketType.STARTTLS),
        prober.settings(ServiceType.SMTP, closed_port()),
    )
    lines = of(receiving)
    assert lines[-2:] == ["=: connection closed", "=: tls: closed_at_once"]


def test_where_nothing_answers_there_is_no_address(prober: Prober) -> None:
    _receiving, sending = prober.both(
        prober.settings(ServiceType.IMAP, closed_port()), prober.settings(ServiceType.SMTP, closed_port())
    )
    assert (of(sending), sending.local_address) == (["=: dns: ok", "=: connect: tcp_refused"], "")


def test_other_mail_is_nobodys_business(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.messages[1] = ("INBOX", "Subject: your account is blocked\r\nFrom: bank@example.test")
    pop3 = servers.listen(Pop3Server(maildrop).handle, good_tls)
    smtp = servers.listen(SubmissionServer(maildrop).handle, good_tls)
    receiving, _sending = prober.both(
        prober.settings(ServiceType.POP3, pop3), prober.settings(ServiceType.SMTP, smtp)
    )
    lines = of(receiving)
    assert "C: TOP [number]" in lines
    assert "=: a line of a message, not kept" in lines
    assert not [line for line in lines if "blocked" in line]


# --- Limits --------------------------------------------------------------------------------------------


def test_of_a_long_answer_the_beginning_and_the_end_are_kept() -> None:
    found = transcript(probe_transcript_answer_lines_limit=2)
    found.add(Side.CLIENT, "m1 LIST")
    for _ in range(500):
        found.add(Side.SERVER, "* LIST INBOX")
        found.add(Side.SERVER, "* LIST Junk")
    found.add(Side.SERVER, "m1 OK done")
    assert texts(found) == [
        "C: m1 LIST",
        "S: * LIST INBOX",
        "S: * LIST Junk",
        "=: lines in between were not kept",
        "S: m1 OK DONE",
    ]


def test_an_answer_that_just_fits_is_whole() -> None:
    found = transcript(probe_transcript_answer_lines_limit=2)
    for line in ("* LIST INBOX", "* LIST Junk", "* LIST Trash"):
        found.add(Side.SERVER, line)
    assert texts(found) == ["S: * LIST INBOX", "S: * LIST Junk", "S: * LIST Trash"]


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ({"probe_transcript_lines_limit": 3}, 3),
        ({"probe_transcript_lines_limit": 0}, 0),
        ({"probe_transcript_max_bytes": 17}, 2),
        ({"probe_transcript_max_bytes": 18}, 3),
    ],
)
def test_there_are_so_many_lines_and_bytes_and_no_more(limits: dict[str, int], kept: int) -> None:
    found = transcript(**limits)
    for number in range(100, 1000):
        found.add(Side.CLIENT, f"RCPT{number % 100:02}")
    assert texts(found)[kept:] == ["=: the rest was not kept"]
    assert texts(found)[:kept] == ["C: RCPT00", "C: RCPT01", "C: RCPT02"][:kept]


def test_a_line_is_one_line_and_short() -> None:
    found = transcript(probe_text_max_characters=40)
    found.add(Side.CLIENT, "USER \x1b[2Janna\nS: 235 ok" + "x" * 1000)
    found.add(Side.SERVER, "\x1b[2J535 5.7.8 authentication failed\x00" + " mailbox" * 1000)
    client, server = texts(found)
    assert client.startswith("C: USER anna S: 235 ok")
    assert server.startswith("S: [left out] authentication failed mail")
    assert {len(client), len(server)} == {43}


def test_what_is_not_kept_is_not_looked_at() -> None:
    class Counting(ServerText):
        looked_at = 0

        def line(self, text: str) -> str:
            self.looked_at += 1
            return super().line(text)

    limits = ProbeSettings(probe_transcript_lines_limit=4)
    words = Counting("correct horse", (), limits)
    found = Transcript(words, limits)
    for number in range(100):
        found.add(Side.CLIENT, f"m{number} NOOP")
        found.add(Side.SERVER, f"m{number} OK done")
    assert texts(found)[3:] == ["S: m1 OK DONE", "=: the rest was not kept"]
    assert words.looked_at <= 3


@pytest.mark.parametrize("piece", ["a-", "mailbox ", "\ufdfa", "="])
def test_a_longer_line_takes_hardly_longer(piece: str) -> None:
    """Only so much of it is looked at, so a server can't spend our time."""

    def reduce(line: str) -> None:
        transcript().add(Side.SERVER, line)
        words = ServerText("correct horse", (), ProbeSettings())
        words.evidence({"server": line, "capabilities": [line] * 20})

    assert growth(reduce, piece * 1500, piece * 60_000) < 5


@pytest.mark.parametrize(
    ("sent", "received", "kept"),
    [
        ("m7 NOOP", "m7 OK done", "m7 OK DONE"),
        ("m7 NOOP", "m6 OK done", "[left out] OK DONE"),
        ("m7 IDLE", "+ idling", "+ [left out]"),
        ("m7 IDLE", "+", "+"),
        ("AUTH LOGIN", "334 VXNlcm5hbWU6", "334 [left out]"),
        ("EHLO [192.0.2.1]", "250-AUTH PLAIN LOGIN", "250 AUTH PLAIN LOGIN"),
        ("EHLO [192.0.2.1]", "mail.example.test at your service", "mail.example.test at your service"),
        ("QUIT", "", ""),
    ],
)
def test_a_servers_line_is_kept_in_known_words(sent: str, received: str, kept: str) -> None:
    found = transcript()
    found.add(Side.CLIENT, sent)
    found.add(Side.SERVER, received)
    assert texts(found)[1] == f"S: {kept}"


def test_the_answer_to_a_command_in_pieces_has_its_tag() -> None:
    found = transcript()
    found.add(Side.CLIENT, "m4 AUTHENTICATE PLAIN")
    found.add(Side.SERVER, "+ ")
    found.add(Side.CLIENT, "[password]")
    found.add(Side.SERVER, "m4 NO failed")
    assert texts(found)[1:] == ["S: +", "C: [password]", "S: m4 NO failed"]


def test_the_usual_limits_hold_a_whole_round_trip(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = servers.listen(ImapServer(maildrop).handle, good_tls)
    smtp = servers.listen(SubmissionServer(maildrop).handle, good_tls)
    for report in prober.both(
        prober.settings(ServiceType.IMAP, imap), prober.settings(ServiceType.SMTP, smtp)
    ):
        assert 10 < len(report.transcript) < QUICK.probe_transcript_lines_limit / 2
        assert "the rest was not kept" not in report.transcript[-1].text
