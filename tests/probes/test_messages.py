"""Which message is ours to delete, and that nobody else's is taken for one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsetup.probes.messages import compose_test_message, names_test, was_left_behind

ADDRESS, TOKEN = "Anna@example.test", "7K4Q-29XM"
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
BEFORE = NOON + timedelta(seconds=1)


def header(message: bytes = compose_test_message(ADDRESS, TOKEN, NOON)) -> str:
    return message.decode().partition("\r\n\r\n")[0]


def test_a_message_of_an_earlier_test_is_known() -> None:
    assert was_left_behind(header(), ADDRESS, BEFORE)
    assert was_left_behind(f"Received: by a; b\r\n{header()}", ADDRESS.lower(), BEFORE)


def test_a_message_that_may_be_one_of_a_test_that_still_runs_is_left_alone() -> None:
    assert not was_left_behind(header(), ADDRESS, NOON)


def test_what_was_sent_from_another_address_is_left_alone() -> None:
    assert not was_left_behind(header(), "bert@example.test", BEFORE)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (f"X-Mailway-Test: {TOKEN}", "X-Mailway-Test: 2222-2222"),
        (f"X-Mailway-Test: {TOKEN}", "X-Mailway-Test: *"),
        (f"X-Mailway-Test: {TOKEN}", "X-Other: x"),
        (f"X-Mailway-Test: {TOKEN}", f"X-Mailway-Test: {TOKEN}\r\nX-Mailway-Test: {TOKEN}"),
        ("Message-ID: <", "Message-ID: <1"),
        ("Message-ID: ", "In-Reply-To: "),
        (f"From: {ADDRESS}", "From: bert@example.test"),
        (f"From: {ADDRESS}", f"From: {ADDRESS}\r\nFrom: bert@example.test"),
        (f"To: {ADDRESS}", f"To: {ADDRESS}, bert@example.test"),
        (f"To: {ADDRESS}", f"Cc: {ADDRESS}"),
        ("Date: Thu, 26 Nov 2026", "Date: Fri, 27 Nov 2026"),
        ("Date: Thu, 26 Nov 2026 12:00:00 +0000", "Date: some day"),
        ("Date: ", "X-Date: "),
    ],
)
def test_what_differs_in_one_thing_is_not_ours(ours: str, theirs: str) -> None:
    assert ours in header()
    assert not was_left_behind(header().replace(ours, theirs, 1), ADDRESS, BEFORE)


def test_a_forwarded_one_is_not_ours() -> None:
    """Its own header is somebody's; ours stands below, in what was forwarded."""
    forwarded = f"From: {ADDRESS}\r\nTo: {ADDRESS}\r\nDate: {NOON:%a, %d %b %Y %X +0000}\r\n\r\n{header()}"
    assert not was_left_behind(forwarded, ADDRESS, BEFORE)


def test_a_message_names_its_test() -> None:
    assert names_test(header(), TOKEN)
    assert names_test(header().lower(), TOKEN)
    assert not names_test(header(), "2222-2222")
    assert not names_test(f"Subject: X-Mailway-Test: {TOKEN}", TOKEN)


@pytest.mark.parametrize("name", ["From", "To"])
@pytest.mark.parametrize("text", ["(" * 30_000, '"' * 30_000, "<" * 30_000, "a:" * 15_000])
def test_a_strangers_message_with_our_header_is_looked_at_and_left_alone(name: str, text: str) -> None:
    lines = [f"{name}: {text}" if line.startswith(f"{name}:") else line for line in header().split("\r\n")]
    assert not was_left_behind("\r\n".join(lines), ADDRESS, BEFORE)


@given(st.text())
def test_whatever_stands_in_a_header_breaks_nothing(text: str) -> None:
    assert not was_left_behind(f"X-Mailway-Test: {TOKEN}\r\nFrom: {text}", ADDRESS, BEFORE)
    assert not names_test(text, TOKEN)
