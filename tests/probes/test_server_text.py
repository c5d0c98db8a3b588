"""What servers send is shortened and printable, and nobody's password is in it."""

import base64
from typing import Any

import pytest

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.server_text import Redactor, clean, clean_evidence

PASSWORD = "Tr0ub4dor&3"
FRAGMENT = 6


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


def test_evidence_is_cleaned_however_deep() -> None:
    limits = ProbeSettings(probe_text_max_characters=20, probe_evidence_items_limit=2)
    evidence = {
        "server": "b" * 30,
        "problems": [{"names": ("one\n", "two", "three")}],
        "tried": {"192.0.2.1": "ok"},
        "count": 3,
        "missing": None,
    }
    assert clean_evidence(evidence, limits) == {
        "server": "b" * 19 + "…",
        "problems": [{"names": ["one", "two"]}],
        "tried": {"192.0.2.1": "ok"},
        "count": 3,
        "missing": None,
    }


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "echo",
    [
        PASSWORD,
        PASSWORD.upper(),
        PASSWORD[:FRAGMENT],
        PASSWORD[-FRAGMENT:],
        PASSWORD[2 : 2 + FRAGMENT],
        encoded(PASSWORD),
        encoded(f"\0anna@example.test\0{PASSWORD}"),
        encoded(f"x{PASSWORD}"),
        encoded(f"xy{PASSWORD}"),
        encoded(f"\0anna\0{PASSWORD}").rstrip("="),
        # Cut off in front, so that it is read at another alignment.
        *(encoded(f"\0anna@example.test\0{PASSWORD}")[cut:] for cut in (1, 2, 3, 5)),
        base64.urlsafe_b64encode(f"{PASSWORD}>>>???".encode()).decode(),
    ],
)
def test_password_is_removed(echo: str) -> None:
    shown = Redactor(PASSWORD, FRAGMENT).text(f"535 before {echo} after")
    assert shown == "535 before [removed] after"


@pytest.mark.parametrize(
    ("echo", "shown"), [(f'"{PASSWORD}"', '"[removed]"'), (f"pass={PASSWORD};", "pass=[removed];")]
)
def test_what_is_around_the_password_stays(echo: str, shown: str) -> None:
    assert Redactor(PASSWORD, FRAGMENT).text(echo) == shown


@pytest.mark.parametrize(
    "text",
    [
        "535 5.7.8 Authentication failed for anna@example.test",
        f"shorter than a fragment: {PASSWORD[: FRAGMENT - 1]}",
        f"base64 of something else: {encoded('anna@example.test')}",
        "a word that looks like it: abcdefghijkl",
        "abcde is no base64",
    ],
)
def test_nothing_else_is_removed(text: str) -> None:
    assert Redactor(PASSWORD, FRAGMENT).text(text) == text


def test_short_password_is_removed_as_a_whole() -> None:
    redactor = Redactor("a.c", FRAGMENT)
    assert redactor.text("got a.c or A.C, not abc") == "got [removed] or [removed], not abc"


def test_password_of_several_words_is_removed() -> None:
    assert Redactor("correct horse", FRAGMENT).text("got correct horse!") == "got [removed]!"


@pytest.mark.parametrize("password", [None, ""])
def test_without_a_password_nothing_is_removed(password: str | None) -> None:
    assert Redactor(password, FRAGMENT).text("535 no") == "535 no"


def test_evidence_is_redacted_however_deep() -> None:
    evidence: dict[str, Any] = {"server": PASSWORD, "lines": [{"text": (f"a {PASSWORD}", 5)}], "count": 1}
    assert Redactor(PASSWORD, FRAGMENT).evidence(evidence) == {
        "server": "[removed]",
        "lines": [{"text": ["a [removed]", 5]}],
        "count": 1,
    }
