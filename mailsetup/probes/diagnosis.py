"""Why TLS did not come about. Looks a second time, never with credentials."""

import asyncio
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from mailsetup.probes.ask import Fault
from mailsetup.probes.dialer import Dialer
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
from mailsetup.probes.wire.stream import Closed, DataBeforeTls, Garbage
from mailsetup.probes.wire.tls import Handshake, handshake_of, judge_lenient, lenient_context, speaks_no_tls

# A server that hangs up on everybody does so at once; one that waits for us is another case.
_HANG_UP_SECONDS = 1.0
# A web server says nothing until it is spoken to; this makes it say that it did not understand.
_NUDGE = b"HELP\r\n\r\n"


async def explain_certificate(dialer: Dialer, error: ssl.SSLCertVerificationError) -> Fault:
    """Everything that is wrong with the certificate; the worst of it is the code."""
    problems = [problem_of_verify_code(error.verify_code, error.verify_message)]
    evidence: dict[str, Any] = {}
    handshake = await _lenient_handshake(dialer)
    chain = load_chain(handshake.chain) if handshake is not None else []
    if handshake is not None and chain:
        judged = judge_certificate(chain, dialer.settings.hostname, datetime.now(UTC))
        problems = worst_first([*judged, *problems])
        evidence = {**handshake.describe(), **describe_chain(chain)}
    evidence["problems"] = [_as_evidence(problem) for problem in problems]
    return Fault(problems[0].code, **evidence)


def _as_evidence(problem: CertificateProblem) -> dict[str, Any]:
    return {"code": problem.code.value, **problem.evidence}


async def explain_handshake(dialer: Dialer, error: Exception) -> Fault:
    """Why the handshake failed before any certificate was looked at."""
    no_tls = isinstance(error, DataBeforeTls) or speaks_no_tls(error)
    if isinstance(error, DataBeforeTls) and not dialer.implicit:
        return Fault(Code.STARTTLS_INJECTION)
    if no_tls and dialer.implicit:
        return await _who_answers_in_plain(dialer)
    if isinstance(error, TimeoutError):
        return Fault(Code.SILENT)
    handshake = await _lenient_handshake(dialer)
    cut_off = isinstance(error, Closed | ConnectionError | ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if handshake is None and dialer.implicit and cut_off and await _hangs_up_unasked(dialer):
        return Fault(Code.CLOSED_AT_ONCE)
    evidence: dict[str, Any] = {"openssl": getattr(error, "reason", None) or type(error).__name__}
    if handshake is not None:
        evidence |= handshake.describe()
    return Fault(judge_lenient(handshake), **evidence)


async def _lenient_handshake(dialer: Dialer) -> Handshake | None:
    with suppress(Fault, Closed, Garbage, DataBeforeTls, OSError):
        driver = await dialer.dial_tls(lenient_context())
        handshake = handshake_of(driver.stream)
        driver.stream.abort()
        return handshake
    return None


async def _hangs_up_unasked(dialer: Dialer) -> bool:
    try:
        driver = await dialer.dial()
        async with asyncio.timeout(_HANG_UP_SECONDS):
            await driver.stream.read_line()
    except (Closed, ConnectionError):
        return True
    except (Garbage, OSError):
        return False
    return False


async def _who_answers_in_plain(dialer: Dialer) -> Fault:
    """Something on the port of implicit TLS speaks without it: what, and does it know STARTTLS?"""
    timeouts = dialer.vantage.timeouts
    try:
        driver = await dialer.dial()
        try:
            async with asyncio.timeout(min(timeouts.greeting, timeouts.command) / 2):
                greeting = await driver.read_greeting()
        except TimeoutError:
            return await _nudge(driver, timeouts.command)
        async with asyncio.timeout(timeouts.command):
            await driver.ask_capabilities()
    except Fault as fault:
        known = fault.code in (Code.WRONG_SERVICE, Code.BANNER_GARBAGE)
        return fault if known else Fault(Code.PROTO_PLAIN_ON_TLS, **fault.evidence)
    except Closed as closed:
        return _foreign(driver, closed.rest)
    except (Garbage, OSError):
        return Fault(Code.TLS_HANDSHAKE)
    finding = Code.TLS_TO_STARTTLS_PORT if driver.offers_starttls else Code.PROTO_PLAIN_ON_TLS
    await dialer.hang_up(driver)
    return Fault(finding, server=greeting)


async def _nudge(driver: Driver, seconds: float) -> Fault:
    try:
        driver.stream.send(_NUDGE)
        async with asyncio.timeout(seconds / 2):
            return _foreign(driver, await driver.stream.read_line())
    except Closed as closed:
        return _foreign(driver, closed.rest)
    except (Garbage, OSError):
        return Fault(Code.TLS_HANDSHAKE)


def _foreign(driver: Driver, line: str) -> Fault:
    """What spoke, if we know it; the handshake's failure is what remains otherwise."""
    fault = driver.not_a_greeting(line)
    return fault if fault.code is Code.WRONG_SERVICE else Fault(Code.TLS_HANDSHAKE, server=line)
