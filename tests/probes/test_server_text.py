"""Of what servers send only known words are kept, and nobody's password is among them."""

import base64
import codecs

import pytest

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.server_text import ServerText, clean

PASSWORD = "Tr0ub4dor&3"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("  220 ready\r\n to serve\t you ", "220 ready to serve you"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;http://example.test\x1b\\link", "link"),
        ("\x1bMup", "up"),
        ("null\x00 and bell\x07", "null and bell"),
        ("right-to-left \u202e override", "right-to-left override"),
        ("Grüße 日本", "Grüße 日本"),
        ("a" * 20, "a" * 20),
        ("a" * 21, "a" * 19 + "…"),
        ("a" * 19 + "    ", "a" * 19),
    ],
)
def test_text_is_one_short_printable_line(sent: str, shown: str) -> None:
    assert clean(sent, 20 if sent.startswith("a") else 300) == shown


KNOWN = ("mail.example.test", "anna@example.test")


def server_text(password: str | None = PASSWORD, **limits: int) -> ServerText:
    return ServerText(password, KNOWN, ProbeSettings(**limits))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
            "535 5.7.8 error authentication failed [left out]",
        ),
        ("535-5.7.8 Username and Password not accepted.", "535 5.7.8 username and password not accepted"),
        ("[AUTHENTICATIONFAILED] Authentication failed.", "AUTHENTICATIONFAILED authentication failed"),
        ("NO [CONTACTADMIN] Account_locked", "NO CONTACTADMIN account locked"),
        ("-ERR [SYS/TEMP] Try again later, x3.", "-ERR SYS/TEMP try again later [left out]"),
        (
            "* OK [CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN] Dovecot (Debian) ready.",
            "* OK CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN Dovecot Debian ready",
        ),
        (
            "220 mail.example.test ESMTP Postfix (Debian/GNU)",
            "220 mail.example.test ESMTP Postfix Debian GNU",
        ),
        (
            "553 5.7.1 <anna@example.test>: Sender address rejected",
            "553 5.7.1 anna@example.test sender address rejected",
        ),
        ("HTTP/1.1 400 Bad Request", "HTTP [left out] BAD request"),
        ("SSH-2.0-OpenSSH_9.2", "SSH [left out] OpenSSH [left out]"),
        ("250 2.0.0 Ok: queued as 4bXyZ1", "250 2.0.0 OK queued as [left out]"),
        ("someone@elsewhere.test is unknown", "[left out] is unknown"),
        ("one\x1b[31mtwo\x00three", "one [left out] three"),
        ("", ""),
    ],
)
def test_only_known_words_are_kept(said: str, kept: str) -> None:
    assert server_text().words(said) == kept


def test_spelling_is_ours() -> None:
    """Otherwise capitals could be a code."""
    assert server_text().words("aUtHeNtIcAtIoN fAiLeD; pleasE: trY! AGAIN") == (
        "authentication failed please try AGAIN"
    )


def test_numbers_are_kept_where_a_reply_has_them_and_nowhere_else() -> None:
    assert server_text().words("550 5.1.1 unknown user 451 422 5.7.8") == "550 5.1.1 unknown user [left out]"
    assert server_text().words("699 5.9.1 5.1.123 no") == "[left out] NO"


@pytest.mark.parametrize(
    ("password", "said", "kept"),
    [
        ("password", "wrong password or username", "wrong [left out] or username"),
        ("unlocked1", "account locked", "account [left out]"),
        ("Anna2024", "no such user anna@example.test", "NO such user [left out]"),
        ("xSuch", "no such user", "NO [left out] user"),
        ("no", "no such user", "[left out] such user"),
        ("xsuc", "no such user", "NO such user"),
        (None, "wrong password", "wrong password"),
        ("", "wrong password", "wrong password"),
    ],
)
def test_a_known_word_that_is_part_of_the_password_is_left_out(
    password: str | None, said: str, kept: str
) -> None:
    assert server_text(password).words(said) == kept


def test_text_whose_words_make_up_the_password_is_dropped_and_that_is_said() -> None:
    assert server_text("tomato").evidence({"server": "to many", "port": 993}) == {
        "port": 993,
        "left_out": ["server"],
    }
    assert server_text("415421").evidence({"server": "415 4.2.1"}) == {"left_out": ["server"]}


@pytest.mark.parametrize("key", ["messages", "folders"])
def test_number_that_spells_a_password_of_digits_is_dropped(key: str) -> None:
    assert server_text("x19283746").evidence({key: 192837}) == {"left_out": [key]}
    assert server_text("x19283746").evidence({key: 192}) == {key: 192}


def base32(text: str) -> str:
    return base64.b32encode(text.encode()).decode().rstrip("=").lower()


@pytest.mark.parametrize(
    "name",
    [
        "tr0ub4dor3.example.test",
        "tr0u.b4dor.test",
        "tr0u-b4d.test",
        "3rod4bu0rt.test",
        codecs.encode("tr0ub4dor", "rot13") + ".test",
        PASSWORD.encode().hex() + ".test",
        base32(PASSWORD) + ".test",
    ],
)
def test_name_in_a_certificate_that_holds_the_password_is_dropped(name: str) -> None:
    found = {"names": ["web.example.test", name], "issuer": name, "problems": [{"code": "x", "issuer": name}]}
    assert server_text().evidence(found) == {
        "names": ["web.example.test"],
        "problems": [{"code": "x", "left_out": ["issuer"]}],
        "left_out": ["names", "issuer"],
    }


@pytest.mark.parametrize(
    ("folder", "kept"),
    [
        ("INBOX", True),
        ("Entwürfe", True),
        ("Rechnungen/2024", True),
        ("Папка", True),
        ("R&D (old)", True),
        ("2 5 7 11", False),
        ("%54%72", False),
        ("Tr0u b4d", False),
        ("a\x1b[31mb", False),
    ],
)
def test_folder_is_named_as_people_call_it(folder: str, *, kept: bool) -> None:
    found = {"folder": folder} if kept else {"left_out": ["folder"]}
    assert server_text().evidence({"folder": folder}) == found


def test_servers_on_the_way_are_named_unless_they_spell_the_password() -> None:
    hops = [{"by": "mx1.example.test", "seconds": None}, {"by": "filter.example.test", "seconds": 3}]
    assert server_text().evidence({"hops": hops}) == {"hops": hops}
    assert server_text("filter99").evidence({"hops": hops})["hops"] == [
        hops[0],
        {"seconds": 3, "left_out": ["by"]},
    ]
    spelling = [{"by": "tr0", "seconds": None}, {"by": "ub4", "seconds": 0}]
    assert server_text().evidence({"hops": spelling}) == {"hops": [], "left_out": ["hops"]}


def test_what_we_found_out_ourselves_is_kept_whatever_the_password() -> None:
    found = {
        "username": "anna@example.test",
        "name": "mail.example.test",
        "tried": {"192.0.2.1": "ok"},
        "addresses": ["192.0.2.1"],
        "not_after": "2024-12-31",
        "announced": True,
        "seconds": 0.25,
        "folder": None,
    }
    for password in ("mail.example.test", "anna@example.test", "192.0.2.1", "2024-12-31", "True", "0.25"):
        assert server_text(password).evidence(found) == found


def test_capabilities_are_those_that_are_registered() -> None:
    found = {"capabilities": ["IDLE", "X-TR0UB4DOR", "IMAP4REV1", "AUTH=XOAUTH2"], "mechanisms": ["PLAIN"]}
    assert server_text().evidence(found) == {
        "capabilities": ["IDLE", "IMAP4REV1", "AUTH=XOAUTH2"],
        "mechanisms": ["PLAIN"],
        "left_out": ["capabilities"],
    }


def test_evidence_is_cut_to_the_limits() -> None:
    limited = server_text(probe_text_max_characters=20, probe_evidence_items_limit=2)
    assert limited.evidence(
        {"server": "authentication failed again", "names": ["one.test", "two.test", "three.test"], "count": 3}
    ) == {"server": "authentication fail…", "names": ["one.test", "two.test"], "count": 3}
