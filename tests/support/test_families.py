"""IPv4 and IPv6 beside each other, as real tests of servers at 127.0.0.1 and at ::1 leave them."""

import errno
import ipaddress
import re
import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol, ServiceType, SocketType
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.probes.vantage import Vantage
from mailsetup.probes.wire import network
from mailsetup.support.families import judge
from tests.connection_tests.runs import Found, findings, finished, queued
from tests.faults import HOST, Authority, ImapServer, Maildrop, ServerThread, closed_port, greets, is_silent
from tests.html import Element, read
from tests.probes.prober import QUICK, Prober
from tests.support.conftest import StaffWith

pytestmark = pytest.mark.django_db
FOUR, SIX, NOWHERE = "127.0.0.1", "::1", "2001:db8::24"
ALIKE, USED = "Both give the same answer", "Most apps would use IPv6 here."
ENCRYPTED = "Encryption works over both; the rest was asked over %s only."


# The addresses of the name: with the encryption of what answers there, or None where nothing does.
Servers = dict[str, Callable[[Authority], ssl.SSLContext] | None]


def good(authority: Authority) -> ssl.SSLContext:
    return authority.good()


def expired(authority: Authority) -> ssl.SSLContext:
    return authority.expired()


def wrong_name(authority: Authority) -> ssl.SSLContext:
    return authority.good("other.example.test")


def run(authority: Authority, servers: ServerThread, at: Servers, *, password: str | None = None) -> Found:
    """What a real test of these servers finds of receiving; the password is the wrong one."""
    answer = ImapServer(Maildrop()).handle
    port = 0
    for address, context in at.items():
        if context is not None:
            port = servers.listen(answer, context(authority), at=address, port=port)
    return _findings(authority, tuple(at), port or closed_port(), password=password)


def _findings(
    authority: Authority,
    addresses: tuple[str, ...],
    port: int,
    socket_type: SocketType = SocketType.SSL,
    *,
    password: str | None = None,
    **limits: float,
) -> Found:
    networks = tuple(ipaddress.ip_network(each) for each in ("127.0.0.0/8", "::1/128", "2001:db8::/32"))
    vantage = Vantage(
        allowed_networks=networks, ca_file=authority.ca_file, hosts={HOST: addresses}, limits=QUICK
    )
    prober = Prober(vantage, authority.good()).limited(**limits)
    steps = prober.one(prober.settings(ServiceType.IMAP, port, socket_type), password)
    return [(0, finding) for finding in steps.values()]


def page_of(desk: Client, owner: User, found: Found) -> Element:
    test: ConnectionTest = finished(queued(owner), found)
    return read(desk.get(f"/desk/tests/{test.reference}/"))


def card(page: Element) -> Element:
    (found,) = [part for part in page.all("section", "card") if part.one("h2").text == "IPv4 and IPv6"]
    return found


def said(page: Element) -> list[str]:
    return [part.text for part in card(page).content if isinstance(part, Element) and part.tag == "p"]


def cells(page: Element, row: int = 0) -> list[str]:
    return [cell.text for cell in card(page).one("tbody").all("tr")[row].all("td")]


@pytest.mark.parametrize(
    ("at", "judgement"),
    [
        ({FOUR: good, SIX: good}, f"{ENCRYPTED % 'IPv6'} {USED}"),
        ({FOUR: wrong_name, SIX: wrong_name}, f"{ALIKE}, so the network isn’t the cause. {USED}"),
        (
            {FOUR: good, SIX: expired},
            f"Encryption works over IPv4 and not over IPv6: the two aren’t set up alike. {USED}",
        ),
        (
            {FOUR: expired, SIX: good},
            f"Encryption works over IPv6 and not over IPv4: the two aren’t set up alike. {USED}",
        ),
        (
            {FOUR: expired, SIX: wrong_name},
            f"Both connect, and encryption fails in two ways: the two aren’t set up alike. {USED}",
        ),
        (
            {FOUR: good, SIX: None},
            "Only IPv4 connects. Most apps try IPv6 first, lose a moment and use IPv4; "
            "whoever has IPv6 alone can’t connect.",
        ),
        (
            {FOUR: None, SIX: good},
            "Only IPv6 connects, so whoever has IPv4 alone can’t connect.",
        ),
        ({FOUR: None, SIX: None}, "Neither connects, so it doesn’t matter which of them an app uses."),
        ({FOUR: good}, "No IPv6 address was found, so every app uses IPv4."),
        ({SIX: good}, "No IPv4 address was found, so whoever has IPv4 alone can’t connect."),
        ({FOUR: None}, "No IPv6 address was found. IPv4 doesn’t connect."),
    ],
    ids=[
        *("both-well", "both-wrong-name", "six-expired", "four-expired", "two-faults", "four-alone"),
        *("six-alone", "neither", "no-six", "no-four", "no-six-and-closed"),
    ],
)
def test_what_follows_from_both_is_said(
    desk: Client, owner: User, authority: Authority, servers: ServerThread, at: Servers, judgement: str
) -> None:
    assert said(page_of(desk, owner, run(authority, servers, at))) == [judgement]


@pytest.mark.parametrize(
    ("four", "judgement"),
    [
        (True, "IPv6 was not tested: there is none where the test ran. IPv4 connects."),
        (False, "IPv6 was not tested: there is none where the test ran. IPv4 doesn’t connect."),
        (None, "No IPv4 address was found. IPv6 was not tested: there is none where the test ran."),
    ],
    ids=["four-connects", "four-does-not", "no-four"],
)
def test_a_vantage_without_ipv6_says_so(
    desk: Client,
    owner: User,
    authority: Authority,
    servers: ServerThread,
    monkeypatch: pytest.MonkeyPatch,
    four: bool | None,
    judgement: str,
) -> None:
    dial = network.dial

    async def dial_without_ipv6(address: Any, *others: Any) -> Any:
        if address.version == 6:
            raise OSError(errno.ENETUNREACH, "no route")
        return await dial(address, *others)

    monkeypatch.setattr(network, "dial", dial_without_ipv6)
    monkeypatch.setattr(network, "_has_route", lambda version: version == 4)
    own = {} if four is None else {FOUR: good if four else None}
    page = page_of(desk, owner, run(authority, servers, {**own, NOWHERE: None}))
    assert said(page) == [judgement]
    assert cells(page)[1] == f"{NOWHERE} Not tested from here not_testable_here"


def test_each_address_says_how_far_it_came_and_when(
    desk: Client, owner: User, authority: Authority, servers: ServerThread
) -> None:
    page = page_of(desk, owner, run(authority, servers, {FOUR: None, SIX: wrong_name, "127.0.0.2": None}))
    four, six = cells(page)
    refused = "The server refused the connection tcp_refused"
    assert four == f"127.0.0.1 {refused} 127.0.0.2 {refused}"
    assert re.fullmatch(
        r"::1 Connects \d+ ms The server’s certificate is for a different name cert_wrong_name", six
    )
    (text,) = [block.text for block in page.all("pre") if block["aria-label"] == "The report as text"]
    assert re.search(r"::1 \d+ ms Connects; The server’s certificate is for a different name", text)
    assert f"127.0.0.2 {refused}" in text
    assert said(page)[0] in text


def test_a_family_without_an_address_says_so(
    desk: Client, owner: User, authority: Authority, servers: ServerThread
) -> None:
    assert cells(page_of(desk, owner, run(authority, servers, {FOUR: good})))[1] == "No address"


def test_a_password_was_asked_over_one_alone(
    desk: Client, owner: User, authority: Authority, servers: ServerThread
) -> None:
    found = run(authority, servers, {FOUR: good, SIX: good}, password="not that one")
    assert Code.AUTH_FAILED in {finding.code for _index, finding in found}
    assert said(page_of(desk, owner, found)) == [f"{ENCRYPTED % 'IPv6'} {USED}"]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (Step.GREETING, Code.SILENT),
        (Step.SIGN_IN, Code.AUTH_FAILED),
        (Step.MAILBOX, Code.MAILBOX_UNAVAILABLE),
        (Step.SEND, Code.SEND_REJECTED),
    ],
)
def test_what_fails_after_encryption_is_no_answer_of_both(step: Step, code: Code) -> None:
    found = of_one(Code.OK) | {step: Finding(step, Status.FAILED, code, 9)}
    assert judge(found) == f"{ENCRYPTED % 'IPv4'} Most apps would use IPv4 here."


def test_encryption_that_was_seen_over_one_alone_is_no_answer_of_both(
    desk: Client, owner: User, authority: Authority, servers: ServerThread
) -> None:
    """The other address takes its time, and what isn't over when the test needs it is not told."""
    port = servers.listen(is_silent, None, at=FOUR)
    servers.listen(ImapServer(Maildrop(), authority.good()).handle, None, at=SIX, port=port)
    limits = {"probe_connect_grace_seconds": 0.2, "probe_greeting_seconds": 60}
    found = _findings(authority, (FOUR, SIX), port, SocketType.STARTTLS, **limits)
    page = page_of(desk, owner, found)
    assert said(page) == [f"Both connect; encryption was not tried over both. {USED}"]
    assert "Encryption" in cells(page)[1]
    assert "Encryption" not in cells(page)[0]


def test_encryption_that_was_never_begun_is_not_said_to_work(
    desk: Client, owner: User, authority: Authority, servers: ServerThread
) -> None:
    port = servers.listen(greets(b"* BYE later\r\n"), None, at=FOUR)
    servers.listen(greets(b"* BYE later\r\n"), None, at=SIX, port=port)
    page = page_of(desk, owner, _findings(authority, (FOUR, SIX), port, SocketType.STARTTLS))
    assert said(page) == [f"Both connect; encryption was not tried over both. {USED}"]
    assert "Encryption" not in card(page).one("table").text


def of_one(at: Code, six: Code | None = Code.OK) -> dict[Step, Finding]:
    connect = {"tried": {FOUR: "ok", SIX: "ok"}, "address": FOUR, "app_gets": {"family": "IPv4"}}
    other = {"other_family": {"address": SIX, "code": six.value}} if six else {}
    status = Status.PASSED if at is Code.OK else Status.FAILED
    return {
        Step.CONNECT: Finding(Step.CONNECT, Status.PASSED, Code.OK, 9, connect),
        Step.TLS: Finding(Step.TLS, status, at, 9, other),
    }


def test_what_only_one_was_asked_for_is_no_difference() -> None:
    assert (
        judge(of_one(Code.STARTTLS_COMMAND_INJECTION))
        == f"{ENCRYPTED % 'IPv4'} Most apps would use IPv4 here."
    )


@pytest.mark.parametrize("code", [Code.TCP_RESET, Code.STARTTLS_MASKED, Code.NOT_TESTABLE_HERE])
def test_what_may_be_the_networks_doing_is_not_said_to_be_none_of_it(code: Code) -> None:
    assert judge(of_one(code, six=code)) == "Both give the same answer. Most apps would use IPv4 here."


def test_two_services_are_told_apart_where_they_differ(desk: Client, owner: User) -> None:
    well = list(of_one(Code.OK).values())
    bad = list(of_one(Code.OK, six=Code.CERT_EXPIRED).values())
    same = findings(Protocol.IMAP, *((index, finding) for index in (0, 1) for finding in well))
    page = page_of(desk, owner, same)
    assert said(page) == [f"{ENCRYPTED % 'IPv4'} Most apps would use IPv4 here."]
    assert len(card(page).one("tbody").all("tr")) == 2
    differs = findings(Protocol.IMAP, *((0, finding) for finding in well), *((1, finding) for finding in bad))
    assert said(page_of(desk, owner, differs)) == [
        f"Receiving: {ENCRYPTED % 'IPv4'} Most apps would use IPv4 here.",
        "Sending: Encryption works over IPv4 and not over IPv6: the two aren’t set up alike. "
        "Most apps would use IPv4 here.",
    ]


def test_nothing_is_said_where_no_address_was_tried(desk: Client, owner: User, staff_with: StaffWith) -> None:
    failed = Finding(Step.DNS, Status.FAILED, Code.DNS_NXDOMAIN, 4)
    page = page_of(desk, owner, findings(Protocol.IMAP, (0, failed), (1, replace(failed))))
    assert "IPv4 and IPv6" not in [heading.text for heading in page.all("h2")]


def test_a_row_of_an_older_portal_has_no_times(desk: Client, owner: User) -> None:
    old = Finding(Step.CONNECT, Status.PASSED, Code.OK, 9, {"tried": {FOUR: "ok", SIX: "tcp_timeout"}})
    page = page_of(desk, owner, findings(Protocol.IMAP, (0, old)))
    assert cells(page) == [f"{FOUR} Connects", f"{SIX} No answer from the server tcp_timeout"]
