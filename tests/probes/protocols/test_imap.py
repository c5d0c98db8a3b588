"""IMAP, command by command."""

import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.imap import ImapDriver, readable
from mailsetup.probes.wire.stream import ConnectionClosed, ProtocolError
from tests.growth import growth
from tests.probes.protocols.script import CLOSE, play

USER, PASSWORD = "anna", "correct horse"
SECRET = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
CAPABLE = "* CAPABILITY IMAP4rev1 {}\r\nm1 OK done"


def fault(act: Callable[[ImapDriver], Awaitable[Any]], *replies: str, greeting: str = "") -> Fault:
    with pytest.raises(Fault) as caught:
        play(ImapDriver, act, *replies, greeting=greeting)
    return caught.value


async def signed_in(imap: ImapDriver) -> dict[str, str]:
    await imap.ask_capabilities()
    await imap.sign_in(USER, PASSWORD)
    return imap.capabilities


async def greeted(imap: ImapDriver) -> str:
    return await imap.read_greeting()


def test_greeting() -> None:
    greeting = "* OK [CAPABILITY IMAP4rev1] Dovecot ready."
    assert play(ImapDriver, greeted, greeting=greeting) == (greeting, [])


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        ("* PREAUTH welcome", Code.PREAUTH),
        ("* BYE later", Code.BYE_GREETING),
        ("* bye [LIMIT] later", Code.TOO_MANY_CONNECTIONS),
        ("+OK POP3 ready", Code.WRONG_SERVICE),
        ("220 mail.example.test ESMTP", Code.WRONG_SERVICE),
        ("* OKAY", Code.BANNER_GARBAGE),
    ],
)
def test_greeting_that_is_none(greeting: str, code: Code) -> None:
    refused = fault(greeted, greeting=greeting)
    assert (refused.code, refused.evidence["server"]) == (code, greeting)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        # It is a mail server, and says so in its language.
        ("m1 NO not now", Code.BYE_GREETING),
        ("m1 BAD what", Code.BANNER_GARBAGE),
        ("m1 OK nothing listed", Code.BANNER_GARBAGE),
        ("* CAPABILITY\r\nm1 OK", Code.BANNER_GARBAGE),
    ],
)
def test_no_capabilities(reply: str, code: Code) -> None:
    assert fault(lambda imap: imap.ask_capabilities(), reply).code is code


def test_capabilities_are_listed_for_support() -> None:
    async def describe(imap: ImapDriver) -> dict[str, Any]:
        await imap.ask_capabilities()
        return imap.describe_capabilities()

    described, _ = play(ImapDriver, describe, CAPABLE.format("idle AUTH=PLAIN"))
    assert described == {"capabilities": ["AUTH=PLAIN", "IDLE", "IMAP4REV1"], "idle": True}


@pytest.mark.parametrize(
    ("offered", "replies", "commands"),
    [
        ("SASL-IR AUTH=PLAIN", ["m2 OK [CAPABILITY IDLE] hi"], [f"m2 AUTHENTICATE PLAIN {SECRET}"]),
        ("AUTH=PLAIN", ["+ ", "m2 OK [CAPABILITY IDLE] hi"], ["m2 AUTHENTICATE PLAIN", SECRET]),
        ("", ["m2 OK [CAPABILITY IDLE] hi"], [f'm2 LOGIN "{USER}" "{PASSWORD}"']),
        # It offers what it doesn't have, and apps go on to the next.
        (
            "SASL-IR AUTH=PLAIN",
            ["m2 NO Unsupported authentication mechanism", "m3 OK [CAPABILITY IDLE] hi"],
            [f"m2 AUTHENTICATE PLAIN {SECRET}", f'm3 LOGIN "{USER}" "{PASSWORD}"'],
        ),
    ],
)
def test_sign_in(offered: str, replies: list[str], commands: list[str]) -> None:
    known, sent = play(ImapDriver, signed_in, CAPABLE.format(offered), *replies)
    assert sent == ["m1 CAPABILITY", *commands]
    assert list(known) == ["IDLE"], "many servers offer IDLE after the sign-in only"


def test_capabilities_are_asked_again_when_the_reply_does_not_list_them() -> None:
    again = "* CAPABILITY IMAP4rev1 IDLE\r\nm3 OK"
    known, sent = play(ImapDriver, signed_in, CAPABLE.format("SASL-IR AUTH=PLAIN"), "m2 OK hi", again)
    assert list(known) == ["IMAP4REV1", "IDLE"]
    assert sent[-1] == "m3 CAPABILITY"


@pytest.mark.parametrize(
    ("offered", "replies", "code"),
    [
        ("SASL-IR AUTH=PLAIN", ["m2 NO [AUTHENTICATIONFAILED] no"], Code.AUTH_FAILED),
        ("SASL-IR AUTH=PLAIN", ["m2 BAD what"], Code.AUTH_REJECTED_OTHER),
        ("SASL-IR AUTH=PLAIN", ["m2 BAD [UNAVAILABLE] later"], Code.AUTH_TEMP_FAILURE),
        ("SASL-IR AUTH=PLAIN", ["m2 BAD Too many invalid attempts"], Code.RATE_LIMITED),
        # Of the command, and not of the password.
        ("SASL-IR AUTH=PLAIN", ["m2 BAD invalid authentication command"], Code.AUTH_REJECTED_OTHER),
        # RFC 3501 section 7.1: an alert is for whoever reads, and says more than the answer.
        (
            "SASL-IR AUTH=PLAIN",
            ["* NO [ALERT] Your account is locked\r\nm2 NO [AUTHENTICATIONFAILED] no"],
            Code.ACCOUNT_LOCKED,
        ),
        ("SASL-IR AUTH=PLAIN", ["* NO [ALERT] Welcome\r\nm2 NO wrong password"], Code.AUTH_FAILED),
        ("SASL-IR AUTH=PLAIN", ["* OK [ALERT] Accounts expired\r\nm2 NO wrong password"], Code.AUTH_FAILED),
        # Refused before it asked for the secret.
        ("AUTH=PLAIN", ["m2 NO [UNAVAILABLE] later"], Code.AUTH_TEMP_FAILURE),
        ("LOGINDISABLED", [], Code.IMAP_LOGINDISABLED),
        ("AUTH=PLAIN LOGINDISABLED", ["m2 NO Unsupported authentication mechanism"], Code.NO_USABLE_MECH),
        ("", [f"* BYE shutting down{CLOSE}"], Code.AUTH_DROPPED),
        ("", [f"* BYE too many connections{CLOSE}"], Code.TOO_MANY_CONNECTIONS),
    ],
)
def test_refusal(offered: str, replies: list[str], code: Code) -> None:
    assert fault(signed_in, CAPABLE.format(offered), *replies).code is code


async def selected(imap: ImapDriver) -> int:
    return await imap.select('A "quoted" \\ name')


def test_select_counts_what_was_said_last() -> None:
    count, sent = play(ImapDriver, selected, "* 3 EXISTS\r\n* 4 exists\r\n* 1 RECENT\r\nm1 OK")
    assert (count, sent) == (4, ['m1 SELECT "A \\"quoted\\" \\\\ name"'])
    assert play(ImapDriver, selected, "m1 OK")[0] == 0


def test_mailbox_that_can_not_be_opened() -> None:
    refused = fault(selected, "m1 NO [SERVERBUG] broken")
    assert refused.code is Code.MAILBOX_UNAVAILABLE
    assert refused.evidence == {"server": "[SERVERBUG] broken", "folder": 'A "quoted" \\ name'}


@pytest.mark.parametrize(
    ("listed", "junk"),
    [
        (['(\\Junk) "/" "Spam mail"', '() "/" Junk'], "Spam mail"),
        (['() "/" "Quoted \\"Junk\\""', '() "." INBOX.Spam'], "INBOX.Spam"),
        (['() "/" Spam', '() "/" Junk'], "Junk"),
        (['() NIL "Junk E-mail"'], "Junk E-mail"),
        (['() "/" Junkyard'], None),
        ([], None),
    ],
)
def test_junk_folder(listed: list[str], junk: str | None) -> None:
    async def opened(imap: ImapDriver) -> tuple[dict[str, Any], str | None]:
        return await imap.open_inbox(), imap.junk_folder

    folders = "".join(f"* LIST {folder}\r\n" for folder in listed)
    (evidence, found), sent = play(ImapDriver, opened, "* 7 EXISTS\r\nm1 OK", f"{folders}m2 OK")
    assert found == junk
    assert evidence == {"messages": 7, "folders": len(listed)}
    assert sent == ['m1 SELECT "INBOX"', 'm2 LIST "" "*"']


def test_more_folders_than_other_answers_have_lines() -> None:
    async def opened(imap: ImapDriver) -> dict[str, Any]:
        return await imap.open_inbox()

    limits = ProbeSettings(probe_response_lines_limit=10, probe_folders_limit=30)
    folders = '* LIST () "/" a\r\n'
    evidence, _ = play(ImapDriver, opened, "m1 OK", f"{folders * 29}m2 OK", limits=limits)
    assert evidence["folders"] == 29
    with pytest.raises(ProtocolError):
        play(ImapDriver, opened, "m1 OK", f"{folders * 30}m2 OK", limits=limits)


@pytest.mark.parametrize(("lines", "fits"), [(9, True), (10, False)])
def test_an_answer_has_so_many_lines(lines: int, *, fits: bool) -> None:
    limits = ProbeSettings(probe_response_lines_limit=10)
    reply = "* 1 EXISTS\r\n" * lines + "m1 OK"
    if fits:
        assert play(ImapDriver, selected, reply, limits=limits)[0] == 1
        return
    with pytest.raises(ProtocolError) as caught:
        play(ImapDriver, selected, reply, limits=limits)
    assert caught.value.text == "* 1 EXISTS"


def test_message_is_found_by_its_header() -> None:
    async def search(imap: ImapDriver) -> str | None:
        return await imap.find("X-Mailway-Test", '7K4Q"')

    uid, sent = play(ImapDriver, search, "m1 OK", "* SEARCH 7 42\r\nm2 OK")
    assert (uid, sent) == ("42", ["m1 NOOP", 'm2 UID SEARCH HEADER X-Mailway-Test "7K4Q\\""'])
    assert play(ImapDriver, search, "m1 OK", "* SEARCH\r\nm2 OK")[0] is None
    assert play(ImapDriver, search, "m1 OK", "m2 NO")[0] is None
    # RFC 7162 section 3.1.5; and what would name every message to the command that deletes.
    assert play(ImapDriver, search, "m1 OK", "* SEARCH 7 42 (MODSEQ 917162500)\r\nm2 OK")[0] == "42"
    assert play(ImapDriver, search, "m1 OK", "* SEARCH 1:* 0 * 42,43\r\nm2 OK")[0] is None


def test_only_what_is_new_in_the_inbox_is_searched() -> None:
    async def search(imap: ImapDriver) -> str | None:
        await imap.open_inbox()
        await imap.select("Junk")
        return await imap.find("X", "y", new=True)

    for told, within in (("* OK [UIDNEXT 4392] Predicted\r\n", "UID 4392:* "), ("", "UID 1:* ")):
        opened = [f"* 3 EXISTS\r\n{told}m1 OK", "m2 OK", "* OK [UIDNEXT 9]\r\nm3 OK"]
        _, sent = play(ImapDriver, search, *opened, "m4 OK", "* SEARCH 5000\r\nm5 OK")
        assert sent[-1] == f'm5 UID SEARCH {within}HEADER X "y"'


def test_what_was_there_before_is_not_found_as_new() -> None:
    """90:* holds the last message, whatever its UID is (RFC 3501 section 6.4.8)."""

    async def search(imap: ImapDriver) -> str | None:
        await imap.open_inbox()
        return await imap.find("X", "y", new=True)

    opened = ["* 3 EXISTS\r\n* OK [UIDNEXT 90] next\r\nm1 OK", "m2 OK", "m3 OK"]
    assert play(ImapDriver, search, *opened, "* SEARCH 89\r\nm4 OK")[0] is None
    assert play(ImapDriver, search, *opened, "* SEARCH 90 89\r\nm4 OK")[0] == "90"


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_what_a_search_that_failed_lists_is_not_found(status: str) -> None:
    async def search(imap: ImapDriver) -> list[str]:
        return await imap.find_all("X", datetime(2026, 11, 26, tzinfo=UTC))

    assert play(ImapDriver, search, f"* SEARCH 17 23\r\nm1 {status} can't search for that")[0] == []


def test_all_messages_with_a_header_since_a_day() -> None:
    async def search(imap: ImapDriver) -> list[str]:
        return await imap.find_all("X", datetime(2026, 3, 1, 12, tzinfo=UTC))

    uids, sent = play(ImapDriver, search, "* SEARCH 7 42\r\nm1 OK")
    assert (uids, sent) == (["7", "42"], ['m1 UID SEARCH UNDELETED SINCE 01-Mar-2026 HEADER X ""'])


LITERAL = 'Received: by a;\r\n b\r\nX: \\ "q"\r\n\r\n'


@pytest.mark.parametrize(
    ("fetched", "header"),
    [
        (f"UID 7 BODY[HEADER.FIELDS (RECEIVED X)]<0> {{{len(LITERAL)}}}\r\n{LITERAL})", LITERAL),
        (f"BODY[HEADER.FIELDS (RECEIVED X)] {{{len(LITERAL)}}}\r\n{LITERAL} UID 7)", LITERAL),
        ('UID 7 BODY[HEADER.FIELDS (X)]<0> "X: \\"q\\"")', 'X: "q"'),
        ("UID 7 BODY[HEADER.FIELDS (X)]<0> NIL)", ""),
        ("UID 7 FLAGS (\\Seen))", ""),
    ],
)
def test_fields_of_a_header(fetched: str, header: str) -> None:
    async def fetch(imap: ImapDriver) -> str:
        return await imap.fetch_header("7", ("Received", "X"))

    limits = ProbeSettings(probe_header_max_bytes=5000)
    answer = f"* 1 FETCH (FLAGS ())\r\n* 3 FETCH ({fetched}\r\nm1 OK"
    found, sent = play(ImapDriver, fetch, answer, limits=limits)
    assert found == header
    # Without PEEK the message would be marked as read.
    assert sent == ["m1 UID FETCH 7 BODY.PEEK[HEADER.FIELDS (Received X)]<0.5000>"]


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Entw&APw-rfe", "Entwürfe"),
        ("&BB8EMAQ,BDoEMA-", "Папка"),
        ("R&-D", "R&D"),
        ("&A-", "&A-"),
        ("Lists", "Lists"),
    ],
)
def test_name_of_a_folder_as_people_know_it(folder: str, name: str) -> None:
    assert readable(folder) == name


def test_folder_whose_name_can_not_be_sent_is_no_folder() -> None:
    async def opened(imap: ImapDriver) -> list[str]:
        await imap.open_inbox()
        return imap.other_folders

    folders = '* LIST () "/" {3}\r\nA\rB\r\n* LIST () "/" Lists\r\n'
    assert play(ImapDriver, opened, "m1 OK", f"{folders}m2 OK")[0] == ["Lists"]


def test_a_literal_takes_no_longer_where_there_are_very_many() -> None:
    async def fetch(imap: ImapDriver) -> str:
        return await imap.fetch_header("7", ("X",))

    def look(literals: str) -> None:
        assert play(ImapDriver, fetch, f"* 1 FETCH ({literals})\r\nm1 OK")[0] == ""

    literal = "{1}\r\nx"
    assert growth(look, literal * 5000, literal * 40_000) < 20, "eight times the text"


@pytest.mark.parametrize(
    ("offered", "replies", "commands", "removed"),
    [
        ("UIDPLUS", ["m2 OK", "m3 OK"], ["UID STORE 42 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 42"], True),
        ("UIDPLUS", ["m2 OK", "m3 NO"], ["UID STORE 42 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 42"], False),
        ("UIDPLUS", ["m2 NO read-only"], ["UID STORE 42 +FLAGS.SILENT (\\Deleted)"], False),
        # EXPUNGE would remove other messages that are marked as deleted.
        ("IDLE", ["m2 OK"], ["UID STORE 42 +FLAGS.SILENT (\\Deleted)"], False),
    ],
)
def test_message_is_removed_alone(
    offered: str, replies: list[str], commands: list[str], *, removed: bool
) -> None:
    async def remove(imap: ImapDriver) -> bool:
        await imap.ask_capabilities()
        return await imap.remove("42")

    done, sent = play(ImapDriver, remove, CAPABLE.format(offered), *replies)
    assert done is removed
    assert [line.partition(" ")[2] for line in sent[1:]] == commands


async def idled(imap: ImapDriver) -> str:
    await imap.start_idle()
    await imap.next_announcement()
    await imap.end_idle()
    return "announced"


def test_idle() -> None:
    result, sent = play(ImapDriver, idled, "* 1 RECENT\r\n+ idling\r\n* OK still here\r\n* 5 EXISTS", "m1 OK")
    assert (result, sent) == ("announced", ["m1 IDLE", "DONE"])


def test_message_that_comes_as_idle_begins_is_an_announcement() -> None:
    assert play(ImapDriver, idled, "* 5 EXISTS\r\n+ idling", "m1 OK")[0] == "announced"


def test_idle_that_is_refused() -> None:
    refused = fault(idled, "m1 NO not here")
    assert (refused.code, refused.evidence) == (Code.IDLE_SILENT, {"server": "NO not here"})


def test_literals_are_part_of_their_line() -> None:
    async def list_folders(imap: ImapDriver) -> str | None:
        await imap.open_inbox()
        return imap.junk_folder

    literal = '* LIST (\\Junk) "." {9}\r\nSpam "it"\r\nm2 OK'
    assert play(ImapDriver, list_folders, "m1 OK", literal)[0] == 'Spam "it"'


def test_quit() -> None:
    async def leave(imap: ImapDriver) -> None:
        await imap.quit()

    assert play(ImapDriver, leave, "* BYE\r\nm1 OK") == (None, ["m1 LOGOUT"])


@pytest.mark.parametrize(("reply", "code"), [("m1 NO later", Code.STARTTLS_REFUSED), ("m1 OK go", None)])
def test_starttls(reply: str, code: Code | None) -> None:
    async def start(imap: ImapDriver) -> None:
        await imap.request_starttls()

    if code is None:
        assert play(ImapDriver, start, reply)[1] == ["m1 STARTTLS"]
    else:
        assert fault(start, reply).code is code


def test_connection_that_ends_without_a_word() -> None:
    with pytest.raises(ConnectionClosed):
        play(ImapDriver, signed_in, CAPABLE.format(""), CLOSE)
