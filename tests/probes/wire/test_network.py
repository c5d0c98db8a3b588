"""From a name to a connection, and the guard: no name leads into the provider's own network."""

import asyncio
import errno
import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace

import dns.rcode
import dns.resolver
import pytest

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.vantage import Vantage
from mailsetup.probes.wire import network
from mailsetup.probes.wire.network import (
    Attempt,
    Connection,
    IPAddress,
    connect,
    family_limit,
    is_reachable_by_rule,
    resolve,
    what_an_app_gets,
)
from mailsetup.probes.wire.stream import ByteBudget, LineStream
from tests.faults import HOST, FaultyNameServer

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1",
        "10.0.0.5",
        "100.64.1.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.168.1.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.5",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:5",
        "64:ff9b:1::a00:5",
        "2002:a00:5::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fc00::1",
        "fd00::2",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "fd00:ec2::254",
    ],
)
def test_address_that_is_not_public(address: str) -> None:
    assert not is_reachable_by_rule(ipaddress.ip_address(address), ())


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909", "2002:909:909::1"]
)
def test_public_address(address: str) -> None:
    assert is_reachable_by_rule(ipaddress.ip_address(address), ())


def test_allowed_network_lets_its_own_addresses_through_and_no_others() -> None:
    assert is_reachable_by_rule(ipaddress.ip_address("127.0.0.1"), LOOPBACK)
    assert is_reachable_by_rule(ipaddress.ip_address("::ffff:127.0.0.1"), LOOPBACK)
    assert not is_reachable_by_rule(ipaddress.ip_address("10.0.0.5"), LOOPBACK)
    assert not is_reachable_by_rule(ipaddress.ip_address("::1"), LOOPBACK)


@pytest.mark.parametrize("name", ["10.0.0.5", "::1", "mail.inside.test"])
def test_neither_literals_nor_known_hosts_pass_the_guard(vantage: Vantage, name: str) -> None:
    inside = replace(vantage, hosts={"mail.inside.test": ("127.0.0.1", "10.0.0.5")})
    with pytest.raises(Fault) as caught:
        asyncio.run(resolve(name, inside))
    assert caught.value.code is Code.DNS_PRIVATE_ADDRESS


def refused(name: str, vantage: Vantage) -> Fault:
    with pytest.raises(Fault) as caught:
        asyncio.run(resolve(name, vantage))
    return caught.value


def test_one_private_address_among_public_ones_is_enough_to_refuse(vantage: Vantage) -> None:
    mixed = replace(vantage, allowed_networks=(), hosts={HOST: ("9.9.9.9", "10.0.0.5")})
    fault = refused(HOST, mixed)
    assert fault.code is Code.DNS_PRIVATE_ADDRESS
    assert fault.evidence == {"addresses": ["9.9.9.9", "10.0.0.5"], "private": ["10.0.0.5"]}


def test_addresses_of_both_families_are_found_whatever_the_case_of_the_name(vantage: Vantage) -> None:
    records = {(HOST, "A"): ("127.0.0.1",), (HOST, "AAAA"): ("::1",)}
    with FaultyNameServer(records) as nameserver:
        allowed = (*LOOPBACK, ipaddress.ip_network("::1/128"))
        asking = replace(vantage, allowed_networks=allowed, hosts={}, resolver=nameserver.address)
        found = asyncio.run(resolve(f"{HOST.upper()}.", asking))
    assert [str(address) for address in found.addresses] == ["127.0.0.1", "::1"]
    assert found.unanswered == frozenset()


def test_a_family_that_could_not_be_looked_up_is_told_from_one_that_is_not_there(vantage: Vantage) -> None:
    unanswered = []
    for records in ({(HOST, "A"): (), (HOST, "AAAA"): ("::1",)}, {(HOST, "AAAA"): ("::1",)}):
        with FaultyNameServer(records) as nameserver:
            allowed = (*LOOPBACK, ipaddress.ip_network("::1/128"))
            asking = replace(vantage, allowed_networks=allowed, hosts={}, resolver=nameserver.address)
            unanswered.append(asyncio.run(resolve(HOST, asking)).unanswered)
    assert unanswered == [{4}, set()]


@pytest.mark.parametrize("name", ["a" * 64 + ".test", "mail..test", ".".join(["abc"] * 80)])
def test_a_name_that_can_not_be(vantage: Vantage, name: str) -> None:
    assert refused(name, replace(vantage, resolver=("127.0.0.1", 9))).code is Code.DNS_NXDOMAIN


def test_a_name_server_that_can_not_be_reached(vantage: Vantage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unreachable(*_args: object, **_options: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr("dns.asyncresolver.Resolver.resolve", unreachable)
    fault = refused("mail.test", replace(vantage, resolver=("127.0.0.1", 9)))
    assert (fault.code, fault.evidence) == (Code.NOT_TESTABLE_HERE, {"name": "mail.test", "error": "OSError"})


def test_no_name_server_at_all(vantage: Vantage, monkeypatch: pytest.MonkeyPatch) -> None:
    def unconfigured(*_args: object, **_options: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr("dns.asyncresolver.Resolver.read_resolv_conf", unconfigured)
    assert refused("mail.test", vantage).code is Code.NOT_TESTABLE_HERE


def test_a_failed_look_up_says_more_than_an_empty_one(vantage: Vantage) -> None:
    class HalfBroken(FaultyNameServer):
        """Answers the question for IPv4 with nothing, and the one for IPv6 with a failure."""

        def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
            answer = super()._answer(query)
            if answer is not None and answer.question[0].rdtype == dns.rdatatype.A:
                answer.set_rcode(dns.rcode.NOERROR)
            return answer

    with HalfBroken({}, dns.rcode.SERVFAIL) as nameserver:
        asking = replace(vantage, hosts={}, resolver=nameserver.address)
        assert refused(HOST, asking).code is Code.DNS_SERVFAIL


A, B, C = (HOST, "CNAME"), ("b.example.test", "CNAME"), ("c.example.test", "CNAME")


@pytest.mark.parametrize(
    ("records", "options", "code"),
    [
        ({A: (f"{HOST}.",)}, {}, Code.DNS_CNAME_LOOP),
        (
            {A: ("b.example.test.",), B: ("c.example.test.",), C: ("B.example.test.",)},
            {},
            Code.DNS_CNAME_LOOP,
        ),
        # A name that leads to one that fails leads nowhere, and not in a circle.
        ({A: ("b.example.test.",)}, {"rcode": dns.rcode.SERVFAIL}, Code.DNS_SERVFAIL),
        # What is signed wrongly may be that there is no such name.
        ({}, {"bogus": True}, Code.DNSSEC_BOGUS),
        ({}, {"bogus": True, "rcode": dns.rcode.SERVFAIL}, Code.DNS_SERVFAIL),
    ],
    ids=["itself", "later", "nowhere", "no-name", "broken"],
)
def test_what_is_behind_servfail(
    vantage: Vantage,
    records: dict[tuple[str, str], tuple[str, ...]],
    options: dict[str, object],
    code: Code,
) -> None:
    with FaultyNameServer(records, **options) as nameserver:
        assert refused(HOST, replace(vantage, hosts={}, resolver=nameserver.address)).code is code


def test_looking_behind_servfail_takes_no_longer_than_a_look_up(vantage: Vantage) -> None:
    class FailsOnce(FaultyNameServer):
        """Fails at the first two questions, A and AAAA, and then keeps silent."""

        asked = 0

        def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
            self.asked += 1
            return super()._answer(query) if self.asked <= 2 else None

    limits = ProbeSettings(probe_dns_seconds=5)
    with FailsOnce({}, dns.rcode.SERVFAIL) as nameserver:
        asking = replace(vantage, hosts={}, resolver=nameserver.address, limits=limits)
        started = time.monotonic()
        assert refused(HOST, asking).code is Code.DNS_SERVFAIL
    assert time.monotonic() - started < 5


# --- Connecting ---------------------------------------------------------------------------------------

FIRST, SECOND, THIRD = "192.0.2.1", "192.0.2.2", "192.0.2.3"
LIMITS = ProbeSettings(probe_connect_seconds=5, probe_connect_grace_seconds=0.05)


class Stream(LineStream):
    def __init__(self) -> None:
        super().__init__(ByteBudget(10), 10)
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


def connected(
    monkeypatch: pytest.MonkeyPatch,
    outcomes: Mapping[str, Exception | Stream | None],
    limits: ProbeSettings = LIMITS,
) -> Connection:
    """Connects to addresses of which each fails, opens, or (None) is silent for ever."""

    async def dial(address: IPAddress, *_rest: object) -> LineStream:
        outcome = outcomes[str(address)]
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is None:
            await asyncio.Event().wait()
        assert isinstance(outcome, Stream)
        return outcome

    async def connecting() -> Connection:
        async with asyncio.timeout(5):
            addresses = [ipaddress.ip_address(text) for text in outcomes]
            return await connect(addresses, 993, ByteBudget(10), limits)

    monkeypatch.setattr(network, "dial", dial)
    return asyncio.run(connecting())


def tried(connection: Connection) -> dict[str, str]:
    return {str(each.address): each.outcome.value for each in connection.attempts}


@pytest.mark.parametrize(
    ("address", "error", "code"),
    [
        (FIRST, ConnectionRefusedError(), Code.TCP_REFUSED),
        (FIRST, ConnectionResetError(), Code.TCP_RESET),
        (FIRST, TimeoutError(), Code.TCP_TIMEOUT),
        (FIRST, OSError(errno.ENETUNREACH, ""), Code.NET_UNREACHABLE),
        (FIRST, OSError(errno.EHOSTUNREACH, ""), Code.NET_UNREACHABLE),
        (FIRST, OSError(errno.EADDRNOTAVAIL, ""), Code.NET_UNREACHABLE),
        (FIRST, OSError(errno.EACCES, ""), Code.NET_UNREACHABLE),
        (FIRST, OSError(errno.ENOBUFS, ""), Code.TCP_TIMEOUT),
        ("2001:db8::1", ConnectionRefusedError(), Code.TCP_REFUSED),
    ],
    ids=lambda value: repr(value) if isinstance(value, Exception) else None,
)
def test_why_there_is_no_connection(
    monkeypatch: pytest.MonkeyPatch, address: str, error: Exception, code: Code
) -> None:
    monkeypatch.setattr(network, "_has_route", lambda _version: True)
    with pytest.raises(Fault) as caught:
        connected(monkeypatch, {address: error})
    assert caught.value.code is code
    evidence = caught.value.evidence
    assert (evidence["port"], evidence["tried"]) == (993, {address: code.value})
    assert evidence["took_ms"][address] < 5000


@pytest.mark.parametrize(
    ("has_route", "code"), [(False, Code.NOT_TESTABLE_HERE), (True, Code.NET_UNREACHABLE)]
)
@pytest.mark.parametrize(
    ("address", "own_family"), [("2001:db8::1", socket.AF_INET6), (FIRST, socket.AF_INET)]
)
def test_a_family_without_a_route_from_here_is_no_fault_of_the_server(
    monkeypatch: pytest.MonkeyPatch, address: str, own_family: int, code: Code, *, has_route: bool
) -> None:
    class Routed:
        """In place of a socket, as this machine may have no IPv6 at all."""

        def __init__(self, family: int, kind: int) -> None:
            assert (family, kind) == (own_family, socket.SOCK_DGRAM)

        def __enter__(self) -> "Routed":
            return self

        def __exit__(self, *_error: object) -> None:
            pass

        def connect(self, _address: object) -> None:
            if not has_route:
                raise OSError(errno.ENETUNREACH, "")

    monkeypatch.setattr(network, "socket", SimpleNamespace(**{**vars(socket), "socket": Routed}))
    with pytest.raises(Fault) as caught:
        connected(monkeypatch, {address: OSError(errno.ENETUNREACH, "")})
    assert caught.value.code is code


def test_the_first_of_the_list_that_answers_is_kept_and_the_others_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second, third = Stream(), Stream()
    outcomes = {FIRST: ConnectionRefusedError(), SECOND: second, THIRD: third}
    limits = ProbeSettings(probe_addresses_limit=3)
    connection = connected(monkeypatch, outcomes, limits)
    assert (connection.stream, str(connection.address)) == (second, SECOND)
    assert tried(connection) == {FIRST: "tcp_refused", SECOND: "ok", THIRD: "ok"}
    assert (second.aborted, third.aborted) == (False, True)


def test_the_others_get_a_little_time_once_one_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream()
    connection = connected(monkeypatch, {FIRST: None, SECOND: stream})
    assert (connection.stream, str(connection.address)) == (stream, SECOND)
    assert tried(connection) == {FIRST: "tcp_timeout", SECOND: "ok"}


OK, REFUSED, NO_WAY, NOT_HERE = "ok", "tcp_refused", "net_unreachable", "not_testable_here"


@pytest.mark.parametrize(
    ("four", "six", "limit"),
    [
        ([OK], [], None),
        ([OK], [OK], None),
        ([OK], [REFUSED, OK], None),
        ([OK], [NOT_HERE], None),
        ([OK], [REFUSED], Code.V6_BROKEN_V4_OK),
        ([OK], [NO_WAY, REFUSED], Code.V6_BROKEN_V4_OK),
        ([OK], [NO_WAY, NO_WAY], Code.NET_UNREACHABLE_V6),
        ([REFUSED, OK], [], None),
        ([REFUSED, OK], [OK], None),
        ([REFUSED], [OK], Code.V4_BROKEN_V6_OK),
        ([NO_WAY], [REFUSED, OK], Code.V4_BROKEN_V6_OK),
        ([NOT_HERE], [OK], None),
        # Whoever has IPv4 alone has nowhere to go.
        ([], [OK], Code.V4_BROKEN_V6_OK),
        ([], [REFUSED], None),
    ],
    ids=str,
)
def test_what_is_wrong_with_one_family_alone(four: list[str], six: list[str], limit: Code | None) -> None:
    attempts = [attempt(f"192.0.2.{number}", outcome) for number, outcome in enumerate(four)]
    attempts += [attempt(f"2001:db8::{number}", outcome) for number, outcome in enumerate(six)]
    assert family_limit(attempts) is limit


def test_a_family_of_which_the_dns_told_nothing_may_be_there() -> None:
    assert family_limit([attempt("2001:db8::1", OK)], unanswered={4}) is None
    assert family_limit([attempt("192.0.2.1", REFUSED), attempt("2001:db8::1", OK)], unanswered={4})


def attempt(address: str, outcome: str, seconds: float | None = 0.01) -> Attempt:
    return Attempt(ipaddress.ip_address(address), Code(outcome), seconds)


SIX, SEVEN = "2001:db8::6", "2001:db8::7"
NEVER = None


@pytest.mark.parametrize(
    ("attempts", "address", "seconds"),
    [
        # IPv6 first, though both answer.
        ([(FIRST, OK, 0.01), (SIX, OK, 0.2)], SIX, 0.2),
        # The head start of IPv6 is a quarter of a second, and then the faster one wins.
        ([(FIRST, OK, 0.05), (SIX, OK, 0.4)], FIRST, 0.3),
        ([(FIRST, OK, 0.2), (SIX, OK, 0.4)], SIX, 0.4),
        # A refusal lets the next begin at once, silence after the quarter.
        ([(FIRST, OK, 0.03), (SIX, REFUSED, 0.02)], FIRST, 0.05),
        ([(FIRST, OK, 0.03), (SIX, "tcp_timeout", NEVER)], FIRST, 0.28),
        ([(FIRST, OK, 0.03), (SIX, REFUSED, 0.9)], FIRST, 0.28),
        # In turns: 6, 4, 6, 4.
        ([(FIRST, REFUSED, 0.01), (SECOND, OK, 0.01), (SIX, REFUSED, 0.01), (SEVEN, OK, 0.01)], SEVEN, 0.03),
        # What this machine can't try, it can't tell.
        ([(FIRST, OK, 0.03), (SIX, NOT_HERE, 0.0)], FIRST, 0.03),
        ([(FIRST, REFUSED, 0.03), (SIX, "tcp_timeout", NEVER)], None, None),
    ],
    ids=str,
)
def test_what_an_app_gets_that_tries_both_families(
    attempts: list[tuple[str, str, float | None]], address: str | None, seconds: float | None
) -> None:
    """RFC 8305: the order and the delay are its rules."""
    answer = what_an_app_gets([attempt(*each) for each in attempts])
    if answer is None:
        assert address is None
    else:
        assert (str(answer.address), round(answer.seconds, 3)) == (address, seconds)


def test_the_connection_is_the_one_that_an_app_gets_and_one_of_the_other_family_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    four, second, six = Stream(), Stream(), Stream()
    connection = connected(monkeypatch, {FIRST: four, SECOND: second, SIX: six})
    assert (connection.stream, str(connection.address)) == (six, SIX)
    assert connection.other == (four, ipaddress.ip_address(FIRST))
    assert (four.aborted, second.aborted, six.aborted) == (False, True, False)
    shown = connection.describe()
    assert shown["tried"] == {FIRST: OK, SECOND: OK, SIX: OK}
    assert (shown["app_gets"]["address"], shown["app_gets"]["family"]) == (SIX, "IPv6")
    assert shown["app_gets"]["ms"] == shown["took_ms"][SIX]
    assert "not_tested" not in shown


def test_without_ipv6_here_it_is_not_tested_and_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_has_route", lambda version: version == 4)
    connection = connected(monkeypatch, {FIRST: Stream(), SIX: OSError(errno.ENETUNREACH, "")})
    assert connection.describe()["not_tested"] == ["IPv6"]
    assert list(connection.describe()["took_ms"]) == [FIRST]
    assert family_limit(connection.attempts) is None
    assert connection.other is None


def test_what_is_not_testable_here_is_not_why_there_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this machine has IPv6 alone, the answer over IPv6 counts."""
    monkeypatch.setattr(network, "_has_route", lambda version: version == 6)
    with pytest.raises(Fault) as caught:
        connected(monkeypatch, {FIRST: OSError(errno.ENETUNREACH, ""), SIX: ConnectionRefusedError()})
    assert caught.value.code is Code.TCP_REFUSED


def test_some_addresses_of_each_family_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    six = [f"2001:db8::{number}" for number in (1, 2, 3)]
    outcomes = dict.fromkeys([six[0], FIRST, six[1], SECOND, THIRD, six[2]], ConnectionRefusedError())
    with pytest.raises(Fault) as caught:
        connected(monkeypatch, outcomes)
    assert list(caught.value.evidence["tried"]) == [FIRST, SECOND, six[0], six[1]]


def test_a_mistake_of_ours_is_no_answer_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        connected(monkeypatch, {FIRST: ZeroDivisionError()})
