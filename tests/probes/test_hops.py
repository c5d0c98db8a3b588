"""The way of a message by its Received fields, which may hold anything."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsetup.probes.hops import Hop, describe_hops, hops_of, moment_of

# As Postfix and Dovecot write them, the last one first.
REAL = """\
Received: from mail.lab.test
\tby mail.lab.test with LMTP
\tid 3jV0Ij2jGGq+GQAAtn5ZbA
\t(envelope-from <anna@lab.test>)
\tfor <anna@lab.test>; Thu, 26 Nov 2026 08:00:17 +0100
Received: from filter.lab.test (filter.lab.test [192.0.2.7])
\tby MX1.lab.test (Postfix) with ESMTPS id 4T2b
\tfor <anna@lab.test>; Thu, 26 Nov 2026 07:00:16 +0000 (UTC)
Received: from [127.0.0.1] (unknown [127.0.0.1])
\tby submit.lab.test (Postfix) with ESMTPSA id 0D2A17C; Thu, 26 Nov 2026 07:00:02 -0000
X-Mailway-Test: 7K4Q-29XM

"""


def field(by: str, date: str) -> str:
    return f"Received: from a by {by}; {date}\r\n"


def test_servers_come_in_the_order_of_the_way_with_what_each_took() -> None:
    hops = hops_of(REAL, 20)
    assert hops[0] == Hop("submit.lab.test", datetime(2026, 11, 26, 7, 0, 2, tzinfo=UTC))
    assert describe_hops(hops) == [
        {"by": "submit.lab.test", "seconds": None},
        {"by": "mx1.lab.test", "seconds": 14},
        {"by": "mail.lab.test", "seconds": 1},
    ]


def test_a_clock_that_goes_backwards_is_less_than_nothing() -> None:
    header = field("late", "Thu, 26 Nov 2026 07:00:00 +0000") + field(
        "early", "Thu, 26 Nov 2026 07:00:30 +0000"
    )
    assert [hop["seconds"] for hop in describe_hops(hops_of(header, 20))] == [None, -30]


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 26 Nov 99999 07:00:00 +0000", "9" * 5000, "\x00"])
def test_a_server_that_does_not_say_when_is_named_all_the_same(date: str) -> None:
    header = (
        field("c", "Thu, 26 Nov 2026 07:00:09 +0000") + field("b", date) + field("a", "1 Jan 2026 0:0 +0")
    )
    assert describe_hops(hops_of(header, 20)) == [
        {"by": "a", "seconds": None},
        {"by": "b", "seconds": None},
        {"by": "c", "seconds": None},
    ]


def test_only_so_many_of_the_last_servers_are_kept() -> None:
    header = "".join(field(f"mx{number}", "") for number in range(1000))
    assert [hop.by for hop in hops_of(header, 3)] == ["mx2", "mx1", "mx0"]


def test_a_name_does_not_grow() -> None:
    [hop] = hops_of(field("a" * 20_000, ""), 20)
    assert len(hop.by) == 255


@pytest.mark.parametrize(
    "header", ["", "Subject: Received: by a; b\r\n\r\n", "no header", "\r\n\r\nReceived: by a"]
)
def test_a_message_without_a_way(header: str) -> None:
    assert hops_of(header, 20) == []


pieces = st.lists(
    st.one_of(
        st.text(), st.sampled_from(["Received:", "by ", ";", "\r\n", "\r\n\t", "Thu, 26 Nov 2026 ", "+9999"])
    )
).map("".join)


@given(pieces)
def test_whatever_stands_in_a_header(header: str) -> None:
    described: list[dict[str, Any]] = describe_hops(hops_of(f"Received: {header}", 20))
    assert len(described) <= 20
    assert all(len(hop["by"]) <= 255 for hop in described)


@given(st.text())
def test_whatever_stands_for_a_date(date: str) -> None:
    moment = moment_of(date)
    assert moment is None or moment.tzinfo is not None
