"""The handshake that verifies, and why there is none. Connects a second time, never with credentials."""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from cryptography.x509 import Certificate, Name

from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.wire.certificates import (
    CertificateProblem,
    describe_chain,
    judge_certificate,
    load_chain,
    names_of_roots,
    problem_of_verify_code,
    worst_first,
)
from mailsetup.probes.wire.stream import ConnectionClosed, DataBeforeTls, ProtocolError, StreamError
from mailsetup.probes.wire.tls import Handshake, handshake_of, is_not_tls, lenient_context, strict_context

# A web server sends nothing before a request; to this one it replies that it did not understand.
_INVALID_REQUEST = b"HELP\r\n\r\n"
# OpenSSL's names of alerts (RFC 8446 section 6.2) that say why there is no handshake.
_REASONS = {
    "SSLV3_ALERT_HANDSHAKE_FAILURE": Code.TLS_ALERT_HANDSHAKE,
    "TLSV1_UNRECOGNIZED_NAME": Code.TLS_UNRECOGNIZED_NAME,
}


async def verified_handshake(dialer: Dialer, driver: Driver) -> None:
    """The strict handshake; a Fault says why there is none."""
    try:
        context = strict_context(dialer.vantage.ca_file, dialer.limits.probe_roots_seconds)
        await dialer.start_tls(driver, context)
    except ssl.SSLCertVerificationError as error:
        raise await diagnose_certificate(dialer, error) from error
    except (StreamError, OSError) as error:
        raise await diagnose_handshake(dialer, error) from error


async def diagnose_certificate(dialer: Dialer, error: ssl.SSLCertVerificationError) -> Fault:
    """Everything that is wrong with the certificate; the worst of it is the code."""
    handshake = await _lenient_handshake(dialer)
    chain = load_chain(handshake.chain) if handshake is not None else []
    said = problem_of_verify_code(error.verify_code, error.verify_message, chain, _roots(dialer))
    problems = worst_first([*_judged(dialer, chain), said])
    evidence = _describe(dialer, handshake)
    evidence["problems"] = [_as_evidence(problem) for problem in problems]
    return Fault(problems[0].code, **evidence)


def _judged(dialer: Dialer, chain: Sequence[Certificate]) -> list[CertificateProblem]:
    if not chain:
        return []
    return judge_certificate(chain, dialer.settings.hostname, datetime.now(UTC), _roots(dialer))


def _roots(dialer: Dialer) -> frozenset[Name]:
    return names_of_roots(strict_context(dialer.vantage.ca_file, dialer.limits.probe_roots_seconds))


def _describe(dialer: Dialer, handshake: Handshake | None) -> dict[str, Any]:
    """What a handshake showed: its version, and the certificate."""
    if handshake is None:
        return {}
    chain = load_chain(handshake.chain)
    shown = dialer.limits.probe_certificate_names_limit
    return handshake.describe() | (describe_chain(chain, shown) if chain else {})


def _as_evidence(problem: CertificateProblem) -> dict[str, Any]:
    return {"code": problem.code.value, **problem.evidence}


async def diagnose_handshake(dialer: Dialer, error: Exception) -> Fault:
    """Why the handshake failed before any certificate was looked at."""
    no_tls = isinstance(error, DataBeforeTls) or is_not_tls(error)
    if isinstance(error, DataBeforeTls) and not dialer.implicit:
        return Fault(Code.STARTTLS_INJECTION)
    if no_tls and dialer.implicit:
        return await _identify_plain_service(dialer)
    if isinstance(error, TimeoutError):
        return Fault(Code.SILENT)
    handshake = await _lenient_handshake(dialer)
    cut_off = isinstance(error, ConnectionClosed | ConnectionError | ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if handshake is None and dialer.implicit and cut_off and await _closes_every_connection(dialer):
        return Fault(Code.CLOSED_AT_ONCE)
    reason = getattr(error, "reason", None) or type(error).__name__
    evidence: dict[str, Any] = {"openssl": reason, **_describe(dialer, handshake)}
    if handshake is not None and handshake.old:
        # The certificate may be bad as well; whoever mends the one should see the other.
        problems = _judged(dialer, load_chain(handshake.chain))
        evidence["problems"] = [_as_evidence(problem) for problem in problems]
        return Fault(Code.TLS_OLD_ONLY, **evidence)
    if reason in _REASONS:
        return Fault(_REASONS[reason], **evidence)
    return Fault(Code.TLS_EOF if cut_off else Code.TLS_HANDSHAKE, **evidence)


async def diagnose_silence(dialer: Dialer) -> Fault:
    """Why no greeting comes on a port that should begin in plain text: it may wait for a handshake."""
    with suppress(Fault, StreamError, OSError):
        async with asyncio.timeout(dialer.limits.probe_close_seconds):
            driver = await dialer.dial()
            await dialer.start_tls(driver, lenient_context())
        handshake = handshake_of(driver.stream)
        driver.stream.abort()
        return Fault(Code.PROTO_TLS_ON_PLAIN, **handshake.describe())
    return Fault(Code.SILENT)


async def _lenient_handshake(dialer: Dialer) -> Handshake | None:
    with suppress(Fault, StreamError, OSError):
        driver = await dialer.dial_tls(lenient_context())
        handshake = handshake_of(driver.stream)
        driver.stream.abort()
        return handshake
    return None


async def _closes_every_connection(dialer: Dialer) -> bool:
    try:
        driver = await dialer.dial()
        async with asyncio.timeout(dialer.limits.probe_close_seconds):
            await driver.stream.read_line()
    except (ConnectionClosed, ConnectionError):
        return True
    except (ProtocolError, OSError):
        return False
    return False


async def _identify_plain_service(dialer: Dialer) -> Fault:
    """Something on the port of implicit TLS answers without it: what, and does it offer STARTTLS?"""
    limits = dialer.limits
    # Two waits in a row take as long as one command together.
    half = min(limits.probe_greeting_seconds, limits.probe_command_seconds) / 2
    try:
        driver = await dialer.dial()
        try:
            async with asyncio.timeout(half):
                greeting = await driver.read_greeting()
        except TimeoutError:
            return await _provoke_reply(driver, half)
        async with asyncio.timeout(limits.probe_command_seconds):
            await driver.ask_capabilities()
    except Fault as fault:
        known = fault.code in (Code.WRONG_SERVICE, Code.BANNER_GARBAGE)
        return fault if known else Fault(Code.PROTO_PLAIN_ON_TLS, **fault.evidence)
    except ConnectionClosed as closed:
        return _other_service(driver, closed.rest)
    except (ProtocolError, OSError):
        return Fault(Code.TLS_HANDSHAKE)
    finding = Code.TLS_TO_STARTTLS_PORT if driver.offers_starttls else Code.PROTO_PLAIN_ON_TLS
    await dialer.quit(driver)
    return Fault(finding, server=greeting)


async def _provoke_reply(driver: Driver, seconds: float) -> Fault:
    try:
        driver.stream.send(_INVALID_REQUEST, shown="HELP")
        async with asyncio.timeout(seconds):
            return _other_service(driver, await driver.stream.read_line())
    except ConnectionClosed as closed:
        return _other_service(driver, closed.rest)
    except (ProtocolError, OSError):
        return Fault(Code.TLS_HANDSHAKE)


def _other_service(driver: Driver, line: str) -> Fault:
    """Another service if the line shows one; the handshake's failure otherwise."""
    fault = driver.unexpected_greeting(line)
    return fault if fault.code is Code.WRONG_SERVICE else Fault(Code.TLS_HANDSHAKE, server=line)
