"""Why TLS failed. Connects a second time, never with credentials."""

import asyncio
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.wire.certificates import (
    CertificateProblem,
    describe_chain,
    judge_certificate,
    load_chain,
    problem_of_verify_code,
    worst_first,
)
from mailsetup.probes.wire.stream import ConnectionClosed, DataBeforeTls, ProtocolError, StreamError
from mailsetup.probes.wire.tls import Handshake, handshake_of, is_not_tls, lenient_context

# A web server sends nothing before a request; to this one it replies that it did not understand.
_INVALID_REQUEST = b"HELP\r\n\r\n"


async def diagnose_certificate(dialer: Dialer, error: ssl.SSLCertVerificationError) -> Fault:
    """Everything that is wrong with the certificate; the worst of it is the code."""
    problems = [problem_of_verify_code(error.verify_code, error.verify_message)]
    evidence: dict[str, Any] = {}
    handshake = await _lenient_handshake(dialer)
    chain = load_chain(handshake.chain) if handshake is not None else []
    if handshake is not None and chain:
        shown = dialer.limits.probe_certificate_names_limit
        judged = judge_certificate(chain, dialer.settings.hostname, datetime.now(UTC))
        problems = worst_first([*judged, *problems])
        evidence = {**handshake.describe(), **describe_chain(chain, shown)}
    evidence["problems"] = [_as_evidence(problem) for problem in problems]
    return Fault(problems[0].code, **evidence)


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
    evidence: dict[str, Any] = {"openssl": getattr(error, "reason", None) or type(error).__name__}
    if handshake is not None:
        evidence |= handshake.describe()
    old = handshake is not None and handshake.old
    return Fault(Code.TLS_OLD_ONLY if old else Code.TLS_HANDSHAKE, **evidence)


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
        driver.stream.send(_INVALID_REQUEST)
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
