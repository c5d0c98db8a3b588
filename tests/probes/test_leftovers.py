"""What a test left behind that was killed is deleted by the next one, and nothing else."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from mailsetup.clientconfig import ServiceType
from mailsetup.probes import leftovers
from mailsetup.probes.findings import Status, Verdict
from mailsetup.probes.messages import compose_test_message
from tests.faults import ADDRESS, ImapServer, Maildrop, Pop3Server, ServerThread, SubmissionServer
from tests.probes.prober import Prober

IMAP, POP3, SMTP = ServiceType.IMAP, ServiceType.POP3, ServiceType.SMTP
OTHERS = "X-Mailway-Test: 7K4Q-29XM\r\nSubject: somebody else's\r\n\r\nbody"
SERVERS = {IMAP: ImapServer, POP3: Pop3Server}


def left_behind(minutes: float = 11, address: str = ADDRESS, token: str = "2222-3333") -> str:
    """A message of a test that began so many minutes ago."""
    return compose_test_message(address, token, datetime.now(UTC) - timedelta(minutes=minutes)).decode()


def run(
    prober: Prober, servers: ServerThread, tls: ssl.SSLContext, server: object, *, round_trip: bool
) -> None:
    kind = IMAP if isinstance(server, ImapServer) else POP3
    assert isinstance(server, ImapServer | Pop3Server)
    reports = prober.both(
        prober.settings(kind, servers.listen(server.handle, tls)),
        prober.settings(SMTP, servers.listen(SubmissionServer(server.maildrop).handle, tls)),
        round_trip=round_trip,
    )
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.PASSED], reports
    assert all(step.status is not Status.FAILED for report in reports for step in report.steps)


@pytest.mark.parametrize("round_trip", [False, True])
@pytest.mark.parametrize(("kind", "folders"), [(IMAP, ("INBOX", "Spam mail")), (POP3, ("INBOX",))])
def test_the_next_test_deletes_it_and_nothing_of_the_customers(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    kind: ServiceType,
    folders: tuple[str, ...],
    *,
    round_trip: bool,
) -> None:
    staying = [OTHERS, left_behind(9), left_behind(address="bert@example.test"), "Subject: hello\r\n\r\nyou"]
    for folder in folders:
        for message in (left_behind(), *staying, left_behind(60 * 24)):
            maildrop.messages[len(maildrop.messages) + 1] = (folder, message)
    run(prober, servers, good_tls, SERVERS[kind](maildrop), round_trip=round_trip)
    assert list(maildrop.messages.values()) == [(folder, text) for folder in folders for text in staying]


@pytest.mark.parametrize("kind", [IMAP, POP3])
def test_a_strangers_message_breaks_no_test(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, kind: ServiceType
) -> None:
    """It looks like one of ours, and the parser of addresses goes down with each parenthesis."""
    nested = left_behind().replace(f"From: {ADDRESS}", f"From: {'(' * 5000}", 1)
    maildrop.messages[1] = ("INBOX", nested)
    run(prober, servers, good_tls, SERVERS[kind](maildrop), round_trip=True)
    assert maildrop.messages == {1: ("INBOX", nested)}


@pytest.mark.parametrize("kind", [IMAP, POP3])
@pytest.mark.parametrize("error", [RecursionError, ValueError, UnicodeError])
def test_a_bug_in_looking_for_leftovers_breaks_no_test(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: ServiceType,
    error: type[Exception],
) -> None:
    def breaks(*_message: object) -> bool:
        words = "a stranger's words"
        raise error(words)

    monkeypatch.setattr(leftovers, "was_left_behind", breaks)
    maildrop.messages[1] = ("INBOX", OTHERS)
    run(prober, servers, good_tls, SERVERS[kind](maildrop), round_trip=False)
    assert error.__name__ in caplog.text
    assert "a stranger's words" not in caplog.text


@pytest.mark.parametrize("kind", [IMAP, POP3])
def test_a_limit_of_none_deletes_nothing(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, kind: ServiceType
) -> None:
    maildrop.messages[1] = ("INBOX", left_behind())
    limited = prober.limited(probe_leftover_messages_limit=0)
    run(limited, servers, good_tls, SERVERS[kind](maildrop), round_trip=False)
    assert list(maildrop.messages) == [1]


def test_without_uidplus_it_is_marked_and_what_others_have_marked_stays(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    maildrop.messages[1] = ("INBOX", left_behind())
    imap = ImapServer(maildrop, capabilities="IMAP4rev1 IDLE AUTH=PLAIN")
    run(prober, servers, good_tls, imap, round_trip=False)
    assert list(maildrop.messages) == [1]


def test_headers_of_older_messages_are_private_with_pop3(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    for number in range(1, 31):
        maildrop.messages[number] = ("INBOX", left_behind() if number in (10, 11) else OTHERS)
    pop3 = Pop3Server(maildrop)
    run(prober, servers, good_tls, pop3, round_trip=False)
    assert pop3.headers_read == 20
    assert sorted(set(range(1, 31)) - set(maildrop.messages)) == [11]


def test_large_mail_of_others_is_not_read_with_pop3(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    """A header without end would use up what the server may send, and the test would end with it."""
    maildrop.messages[1] = ("INBOX", left_behind())
    for number in range(2, 6):
        maildrop.messages[number] = ("INBOX", "X: y\r\n" * 100_000 + "\r\n")
    pop3 = Pop3Server(maildrop)
    run(prober, servers, good_tls, pop3, round_trip=True)
    assert sorted(maildrop.messages) == [2, 3, 4, 5]


def test_most_of_what_a_server_may_send_is_left_for_the_test(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    for number in range(1, 21):
        maildrop.messages[number] = ("INBOX", "X: y\r\n" * 5000 + "\r\n")
    pop3 = Pop3Server(maildrop)
    limited = prober.limited(probe_service_max_bytes=400_000)
    run(limited, servers, good_tls, pop3, round_trip=True)
    # Four of thirty kilobytes are more than a quarter; the fifth is the message of this test.
    assert pop3.headers_read == 4 + 1


@pytest.mark.parametrize(
    "server",
    [
        ImapServer(Maildrop(), answers={"SELECT": "NO closed"}),
        ImapServer(Maildrop(), closed=("Spam mail",)),
        Pop3Server(Maildrop(), answers={"TOP": "-ERR no", "UIDL": "-ERR no", "LIST": "what?"}),
    ],
    ids=["inbox closed", "junk closed", "no protocol"],
)
def test_what_breaks_while_it_is_looked_for_is_no_finding(
    prober: Prober, servers: ServerThread, good_tls: ssl.SSLContext, server: ImapServer | Pop3Server
) -> None:
    kind = IMAP if isinstance(server, ImapServer) else POP3
    incoming, _ = prober.both(
        prober.settings(kind, servers.listen(server.handle, good_tls)),
        prober.settings(SMTP, servers.listen(SubmissionServer(server.maildrop).handle, good_tls)),
        round_trip=False,
    )
    failed = [step.step for step in incoming.steps if step.status is Status.FAILED]
    assert failed == (["mailbox"] if "SELECT" in server.answers else [])
