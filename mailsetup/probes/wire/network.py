"""From a name to a connection, and never to an address inside the provider's own network."""

import asyncio
import copy
import errno
import ipaddress
import socket
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

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
_SOMEWHERE_ON_IPV6 = ("2001:4860:4860::8888", 53)

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


async def resolve(hostname: str, vantage: Vantage) -> list[IPAddress]:
    """Every address of `hostname`, looked up once, all of them allowed; raises Fault."""
    addresses = await _addresses(hostname.rstrip(".").lower(), vantage)
    shown = [str(address) for address in addresses]
    private = [a for a in addresses if not is_reachable_by_rule(a, vantage.allowed_networks)]
    if private:
        refused = [str(address) for address in private]
        raise Fault(Code.DNS_PRIVATE_ADDRESS, addresses=shown, private=refused)
    return addresses


async def _addresses(name: str, vantage: Vantage) -> list[IPAddress]:
    try:
        return [ipaddress.ip_address(name)]
    except ValueError:
        pass
    if name in vantage.hosts:
        return [ipaddress.ip_address(text) for text in vantage.hosts[name]]
    resolver = _resolver(vantage)
    answers = await asyncio.gather(
        _ask(resolver, name, dns.rdatatype.A), _ask(resolver, name, dns.rdatatype.AAAA)
    )
    addresses = [address for answer in answers if isinstance(answer, list) for address in answer]
    if addresses:
        return addresses
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
    except dns.resolver.NXDOMAIN:
        return Fault(Code.DNS_NXDOMAIN, name=name)
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
    except (dns.exception.DNSException, OSError) as error:
        return Fault(Code.DNS_SERVFAIL, name=name, error=type(error).__name__)
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
class Connection:
    """An open connection, and what came of every address that was tried (address → outcome)."""

    stream: LineStream
    address: IPAddress
    tried: dict[str, str]


async def connect_first(
    addresses: Sequence[IPAddress], port: int, budget: ByteBudget, limits: ProbeSettings
) -> Connection:
    """Tries the addresses side by side and keeps the first of the list that answers; raises Fault.

    Every address is a literal from `resolve`, so nothing is looked up a second time.
    """
    chosen = _some_of_each_family(addresses, limits.probe_addresses_limit)
    attempts = {address: asyncio.create_task(dial(address, port, budget, limits)) for address in chosen}
    try:
        await asyncio.wait(attempts.values(), return_when=asyncio.FIRST_COMPLETED)
        grace = limits.probe_connect_grace_seconds if _any_open(attempts.values()) else None
        await asyncio.wait(attempts.values(), timeout=grace)
    finally:
        for attempt in attempts.values():
            attempt.cancel()
        await asyncio.gather(*attempts.values(), return_exceptions=True)
    tried = {str(address): _outcome(address, attempt).value for address, attempt in attempts.items()}
    opened = [address for address in chosen if tried[str(address)] == Code.OK]
    for spare in opened[1:]:
        attempts[spare].result().abort()
    if not opened:
        raise Fault(Code(tried[str(chosen[0])]), port=port, tried=tried)
    return Connection(attempts[opened[0]].result(), opened[0], tried)


async def dial(address: IPAddress, port: int, budget: ByteBudget, limits: ProbeSettings) -> LineStream:
    """One TCP connection to a literal address; raises TimeoutError, OSError."""
    loop = asyncio.get_running_loop()

    def new_stream() -> LineStream:
        return LineStream(budget, limits.probe_line_max_bytes)

    async with asyncio.timeout(limits.probe_connect_seconds):
        _, stream = await loop.create_connection(new_stream, str(address), port)
    return stream


def ipv6_limit(tried: Mapping[str, str]) -> Code | None:
    """What is wrong with IPv6 alone, where another address of `tried` (address → outcome) answered.

    Clients try IPv6 first and wait a moment before they try the other (RFC 8305).
    """
    outcomes = {Code(outcome) for address, outcome in tried.items() if ":" in address}
    if not outcomes or outcomes & {Code.OK, Code.NOT_TESTABLE_HERE}:
        return None
    return Code.NET_UNREACHABLE_V6 if outcomes == {Code.NET_UNREACHABLE} else Code.V6_BROKEN_V4_OK


def _some_of_each_family(addresses: Sequence[IPAddress], limit: int) -> list[IPAddress]:
    """At most `limit` addresses of IPv4, then as many of IPv6."""
    families = ([address for address in addresses if address.version == version] for version in (4, 6))
    return [address for family in families for address in family[:limit]]


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
    if address.version == 6 and not _has_ipv6_route():
        return Code.NOT_TESTABLE_HERE
    unreachable = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EACCES)
    return Code.NET_UNREACHABLE if error.errno in unreachable else Code.TCP_TIMEOUT


def _has_ipv6_route() -> bool:
    """Whether this machine could reach the IPv6 internet at all."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.connect(_SOMEWHERE_ON_IPV6)
    except OSError:
        return False
    return True
