"""From a name to a connection, and never to an address inside the provider's own network."""

import asyncio
import copy
import errno
import ipaddress
import socket
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.name
import dns.rdatatype
import dns.resolver

from mailsetup.hosting.dns import new_resolver
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.vantage import IPNetwork, Vantage
from mailsetup.probes.wire.stream import ByteBudget, LineStream

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 section 2.1
_NOT_GLOBAL = (
    ipaddress.ip_network("192.0.0.0/24"),  # protocol assignments, RFC 6890
    ipaddress.ip_network("100.64.0.0/10"),  # carrier-grade NAT, RFC 6598
    # Every virtual machine of Azure reaches its host's own services there, from inside alone.
    ipaddress.ip_network("168.63.129.16/32"),
    ipaddress.ip_network("::/96"),  # IPv4-compatible, RFC 4291 section 2.5.5.1
    ipaddress.ip_network("64:ff9b:1::/48"),  # local-use NAT64, RFC 8215
    ipaddress.ip_network("fec0::/10"),  # site-local, RFC 3879
)
# Google's public resolver, only to ask the kernel for a route: connecting a UDP socket sends nothing.
_SOMEWHERE = {4: ("8.8.8.8", 53), 6: ("2001:4860:4860::8888", 53)}
# RFC 8305 section 8, "Connection Attempt Delay": the recommended default.
_ATTEMPT_DELAY_SECONDS = 0.25

# As many CNAME records in a row as resolvers commonly follow.
_LONGEST_CHAIN = 8


def embedded_addresses(address: IPAddress) -> tuple[IPAddress, ...]:
    """The addresses that a packet to `address` may end at: itself, or those inside of it."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return (*address.teredo, address)
    return (address,)


def is_reachable_by_rule(address: IPAddress, allowed: Iterable[IPNetwork]) -> bool:
    """Whether we may connect to `address`: it is public, or lies in an allowed network."""
    networks = tuple(allowed)
    return all(
        any(inner in network for network in networks) or _is_public(inner)
        for inner in embedded_addresses(address)
    )


def _is_public(address: IPAddress) -> bool:
    if any(address in network for network in _NOT_GLOBAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Every address of a name; `unanswered` are the versions (4, 6) of which the DNS told nothing."""

    addresses: list[IPAddress]
    unanswered: frozenset[int] = frozenset()


async def resolve(hostname: str, vantage: Vantage) -> Resolved:
    """The addresses of `hostname`, looked up once, all of them allowed; raises Fault."""
    found = await _look_up(hostname.rstrip(".").lower(), vantage)
    shown = [str(address) for address in found.addresses]
    private = [a for a in found.addresses if not is_reachable_by_rule(a, vantage.allowed_networks)]
    if private:
        refused = [str(address) for address in private]
        raise Fault(Code.DNS_PRIVATE_ADDRESS, addresses=shown, private=refused)
    return found


async def _look_up(name: str, vantage: Vantage) -> Resolved:
    try:
        return Resolved([ipaddress.ip_address(name)])
    except ValueError:
        pass
    if name in vantage.hosts:
        return Resolved([ipaddress.ip_address(text) for text in vantage.hosts[name]])
    resolver = _resolver(vantage)
    answers = await asyncio.gather(
        _ask(resolver, name, dns.rdatatype.A), _ask(resolver, name, dns.rdatatype.AAAA)
    )
    addresses = [address for answer in answers if isinstance(answer, list) for address in answer]
    if addresses:
        versions = zip((4, 6), answers, strict=True)
        return Resolved(addresses, frozenset(each for each, answer in versions if isinstance(answer, Fault)))
    faults = [answer for answer in answers if isinstance(answer, Fault)]
    # A lookup that failed says more than one that came back empty.
    raise faults[0] if faults else Fault(Code.DNS_NO_ADDRESS, name=name)


def _resolver(vantage: Vantage) -> dns.asyncresolver.Resolver:
    try:
        resolver = new_resolver(dns.asyncresolver.Resolver, vantage.resolver)
    except dns.resolver.NoResolverConfiguration as error:
        raise Fault(Code.NOT_TESTABLE_HERE, reason="no name server is configured") from error
    resolver.lifetime = vantage.limits.probe_dns_seconds
    return resolver


async def _ask(
    resolver: dns.asyncresolver.Resolver, name: str, kind: dns.rdatatype.RdataType
) -> list[IPAddress] | Fault:
    try:
        answer = await resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN as error:
        # The name itself is there when it is the end of its CNAME records that isn't.
        dangling = error.canonical_name != dns.name.from_text(name)
        return Fault(Code.DNS_NO_ADDRESS if dangling else Code.DNS_NXDOMAIN, name=name)
    except dns.resolver.LifetimeTimeout:
        return Fault(Code.DNS_TIMEOUT, name=name)
    except dns.resolver.NoNameservers:
        code = Code.DNS_SERVFAIL
        with suppress(TimeoutError):
            async with asyncio.timeout(resolver.lifetime / 4):
                code = await _why_it_failed(resolver, name, kind)
        return Fault(code, name=name)
    except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong):
        return Fault(Code.DNS_NXDOMAIN, name=name)
    except dns.exception.DNSException as error:
        return Fault(Code.DNS_SERVFAIL, name=name, error=type(error).__name__)
    except OSError as error:
        # The name server that we ask can't be reached: ours, and not the domain's.
        return Fault(Code.NOT_TESTABLE_HERE, name=name, error=type(error).__name__)
    return [ipaddress.ip_address(record.to_text()) for record in answer.rrset or ()]


async def _why_it_failed(
    resolver: dns.asyncresolver.Resolver, name: str, kind: dns.rdatatype.RdataType
) -> Code:
    """What is behind SERVFAIL: a name that leads back to itself, or a signature that is not valid."""
    if await _leads_back(resolver, name):
        return Code.DNS_CNAME_LOOP
    resolver = copy.copy(resolver)
    resolver.flags = dns.flags.RD | dns.flags.CD
    try:
        # RFC 4035 section 3.2.2: "checking disabled" gets what a validating resolver keeps back.
        await resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return Code.DNSSEC_BOGUS
    except (dns.exception.DNSException, OSError):
        return Code.DNS_SERVFAIL
    return Code.DNSSEC_BOGUS


async def _leads_back(resolver: dns.asyncresolver.Resolver, name: str) -> bool:
    """Whether following the CNAME records of `name` comes by a name twice."""
    seen: list[str] = []
    with suppress(dns.exception.DNSException, OSError):
        while len(seen) < _LONGEST_CHAIN:
            seen.append(name.lower().rstrip("."))
            answer = await resolver.resolve(name, dns.rdatatype.CNAME, search=False)
            name = answer[0].target.to_text(omit_final_dot=True)
            if name.lower() in seen:
                return True
    return False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one address, and after how many seconds; None: it had not ended when we stopped."""

    address: IPAddress
    outcome: Code
    seconds: float | None = None

    def __str__(self) -> str:
        return str(self.address)


@dataclass(frozen=True, slots=True)
class Answer:
    """The address at which an app gets its connection, and after how many seconds."""

    address: IPAddress
    seconds: float


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection, the one that an app gets, and what came of every address that was tried.

    `other` is a connection to the other family of addresses, where that answers too.
    """

    stream: LineStream
    answer: Answer
    attempts: tuple[Attempt, ...]
    other: tuple[LineStream, IPAddress] | None = None

    @property
    def address(self) -> IPAddress:
        return self.answer.address

    def describe(self) -> dict[str, Any]:
        """Addresses and outcomes, milliseconds, what an app gets, and what can't be tested from here."""
        return {
            "address": str(self.address),
            **describe_attempts(self.attempts),
            "app_gets": {
                "address": str(self.address),
                "family": family_name(self.address),
                "ms": round(self.answer.seconds * 1000),
            },
        }


def family_name(address: IPAddress) -> str:
    return f"IPv{address.version}"


def describe_attempts(attempts: Iterable[Attempt]) -> dict[str, Any]:
    """Each address with its outcome and its milliseconds; `not_tested` names what this machine has not."""
    tried = {str(each): each.outcome.value for each in attempts}
    took = {
        str(each): None if each.seconds is None else round(each.seconds * 1000)
        for each in attempts
        if each.outcome is not Code.NOT_TESTABLE_HERE
    }
    not_here = {family_name(each.address) for each in attempts if each.outcome is Code.NOT_TESTABLE_HERE}
    return {"tried": tried, "took_ms": took, **({"not_tested": sorted(not_here)} if not_here else {})}


async def connect(
    addresses: Sequence[IPAddress], port: int, budget: ByteBudget, limits: ProbeSettings
) -> Connection:
    """Tries the addresses side by side and keeps the connection that an app would get; raises Fault.

    Every address is a literal from `resolve`, so nothing is looked up a second time.
    """
    chosen = _some_of_each_family(addresses, limits.probe_addresses_limit)
    clock = asyncio.get_running_loop().time
    started, ended = clock(), dict[IPAddress, float]()
    tasks = {address: asyncio.create_task(dial(address, port, budget, limits)) for address in chosen}

    def note_time(address: IPAddress, _task: asyncio.Task[LineStream]) -> None:
        ended[address] = clock() - started

    for address, task in tasks.items():
        task.add_done_callback(partial(note_time, address))
    try:
        await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        grace = limits.probe_connect_grace_seconds if _any_open(tasks.values()) else None
        await asyncio.wait(tasks.values(), timeout=grace)
    except BaseException:
        # Whoever is stopped leaves no connection: the loop, which goes on, would keep it.
        for task in tasks.values():
            task.add_done_callback(_hang_up)
        raise
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    attempts = tuple(
        Attempt(address, _outcome(address, task), None if task.cancelled() else ended[address])
        for address, task in tasks.items()
    )
    answer = what_an_app_gets(attempts)
    if answer is None:
        known = [each.outcome for each in attempts if each.outcome is not Code.NOT_TESTABLE_HERE]
        outcome = known[0] if known else Code.NOT_TESTABLE_HERE
        raise Fault(outcome, port=port, **describe_attempts(attempts))
    open_streams = {
        each.address: tasks[each.address].result() for each in attempts if each.outcome is Code.OK
    }
    stream = open_streams.pop(answer.address)
    others = [address for address in open_streams if address.version != answer.address.version]
    other = (open_streams.pop(others[0]), others[0]) if others else None
    for spare in open_streams.values():
        spare.abort()
    return Connection(stream, answer, attempts, other)


def what_an_app_gets(attempts: Iterable[Attempt]) -> Answer | None:
    """Where an app that tries IPv6 and IPv4 is connected first, and when (RFC 8305); None: nowhere.

    It begins with IPv6, takes the families in turns, a quarter of a second apart or as soon as the one
    before has failed, and keeps what answers first.
    """
    begins, first = 0.0, None
    for attempt in _in_turns(attempts):
        if first is not None and first.seconds <= begins:
            break
        if attempt.outcome is Code.OK and attempt.seconds is not None:
            answer = Answer(attempt.address, begins + attempt.seconds)
            first = answer if first is None else min(first, answer, key=lambda each: each.seconds)
            begins += _ATTEMPT_DELAY_SECONDS
        else:
            failed_after = _ATTEMPT_DELAY_SECONDS if attempt.seconds is None else attempt.seconds
            begins += min(failed_after, _ATTEMPT_DELAY_SECONDS)
    return first


def _in_turns(attempts: Iterable[Attempt]) -> Iterator[Attempt]:
    """RFC 8305 section 4: IPv6 first, then the families in turns."""
    known = [each for each in attempts if each.outcome is not Code.NOT_TESTABLE_HERE]
    families = ([each for each in known if each.address.version == version] for version in (6, 4))
    for pair in zip_longest(*families):
        yield from filter(None, pair)


async def dial(address: IPAddress, port: int, budget: ByteBudget, limits: ProbeSettings) -> LineStream:
    """One TCP connection to a literal address; raises TimeoutError, OSError."""
    loop = asyncio.get_running_loop()

    def new_stream() -> LineStream:
        return LineStream(budget, limits.probe_line_max_bytes)

    async with asyncio.timeout(limits.probe_connect_seconds):
        _, stream = await loop.create_connection(new_stream, str(address), port)
    return stream


def family_limit(attempts: Iterable[Attempt], *, unanswered: Collection[int] = ()) -> Code | None:
    """What is wrong with one family of addresses, where the other answers; None: nothing that we know.

    `unanswered` as in Resolved: a version of which nothing is known may have addresses.
    """
    outcomes: dict[int, set[Code]] = {4: set(), 6: set()}
    for attempt in attempts:
        outcomes[attempt.address.version].add(attempt.outcome)
    fails = {
        version
        for version, found in outcomes.items()
        if found and not found & {Code.OK, Code.NOT_TESTABLE_HERE}
    }
    if 6 in fails and Code.OK in outcomes[4]:
        return Code.NET_UNREACHABLE_V6 if outcomes[6] == {Code.NET_UNREACHABLE} else Code.V6_BROKEN_V4_OK
    # Where a name has no address of IPv4, most apps can't get in either.
    lacks_v4 = 4 in fails or not (outcomes[4] or 4 in unanswered)
    return Code.V4_BROKEN_V6_OK if lacks_v4 and Code.OK in outcomes[6] else None


def _some_of_each_family(addresses: Sequence[IPAddress], limit: int) -> list[IPAddress]:
    """At most `limit` addresses of IPv4, then as many of IPv6."""
    families = ([address for address in addresses if address.version == version] for version in (4, 6))
    return [address for family in families for address in family[:limit]]


def _hang_up(attempt: asyncio.Task[LineStream]) -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().abort()


def _any_open(attempts: Iterable[asyncio.Task[LineStream]]) -> bool:
    return any(attempt.done() and not attempt.exception() for attempt in attempts)


def _outcome(address: IPAddress, attempt: asyncio.Task[LineStream]) -> Code:
    if attempt.cancelled():
        return Code.TCP_TIMEOUT
    error = attempt.exception()
    if error is None:
        return Code.OK
    if isinstance(error, ConnectionRefusedError):
        return Code.TCP_REFUSED
    if isinstance(error, ConnectionResetError):
        return Code.TCP_RESET
    if isinstance(error, TimeoutError):
        return Code.TCP_TIMEOUT
    if not isinstance(error, OSError):
        raise error
    if not _has_route(address.version):
        return Code.NOT_TESTABLE_HERE
    unreachable = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EACCES)
    return Code.NET_UNREACHABLE if error.errno in unreachable else Code.TCP_TIMEOUT


def _has_route(version: int) -> bool:
    """Whether this machine could reach the internet of that family at all."""
    family = {4: socket.AF_INET, 6: socket.AF_INET6}[version]
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(_SOMEWHERE[version])
    except OSError:
        return False
    return True
