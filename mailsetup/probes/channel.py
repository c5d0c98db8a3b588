"""From a name to a verified session: the steps dns, connect, tls, greeting, capabilities."""

import asyncio
from datetime import UTC, datetime

from mailsetup.clientconfig import SocketType
from mailsetup.probes.diagnosis import diagnose_silence, verified_handshake
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.other_family import OtherFamily
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.recorder import Recorder, StepInProgress
from mailsetup.probes.wire.authorities import SEEN
from mailsetup.probes.wire.certificates import describe_chain, expires_within, load_chain
from mailsetup.probes.wire.network import connect, family_limit, resolve
from mailsetup.probes.wire.stream import StreamError
from mailsetup.probes.wire.tls import handshake_of


async def open_channel(dialer: Dialer, recorder: Recorder) -> Driver:
    """Connects to the server and returns the session; raises StepFailed.

    With STARTTLS the greeting comes first on the wire. Over a plain channel greeting and capabilities
    are read, but the caller sends no credentials.
    """
    driver, other = await _connect(dialer, recorder)
    try:
        await _encrypt(dialer, driver, other, recorder)
        async with recorder.step(
            Step.CAPABILITIES, dialer.limits.probe_command_seconds, driver.stream
        ) as finding:
            await driver.ask_capabilities()
            finding.evidence |= driver.describe_capabilities()
            if driver.stream.tls is None and driver.refuses_plain is not None:
                raise Fault(driver.refuses_plain)
    finally:
        if other is not None:
            await other.close()
    return driver


async def _encrypt(dialer: Dialer, driver: Driver, other: OtherFamily | None, recorder: Recorder) -> None:
    """Encryption and greeting, in the order in which they come on the wire."""
    if dialer.implicit:
        await _start_tls(dialer, driver, other, recorder)
        await _read_greeting(dialer, driver, recorder)
        return
    await _read_greeting(dialer, driver, recorder)
    if dialer.settings.socket_type is SocketType.STARTTLS:
        await _start_tls(dialer, driver, other, recorder)
    else:
        recorder.skip(Step.TLS, Code.UNVERIFIED)


async def _connect(dialer: Dialer, recorder: Recorder) -> tuple[Driver, OtherFamily | None]:
    limits, settings = dialer.limits, dialer.settings
    async with recorder.step(Step.DNS, limits.probe_dns_seconds + limits.probe_dns_grace_seconds) as finding:
        addresses = await resolve(settings.hostname, dialer.vantage)
        finding.evidence["addresses"] = [str(address) for address in addresses]
    async with recorder.step(Step.CONNECT) as finding:
        connection = await connect(addresses, settings.port, dialer.budget, limits)
        finding.evidence |= {"port": settings.port, **connection.describe()}
        if (limit := family_limit(connection.attempts)) is not None:
            finding.warn(limit)
    driver = dialer.start_session(connection.stream, connection.address)
    if connection.other is None:
        return driver, None
    if not settings.encrypted:
        connection.other[0].abort()
        return driver, None
    return driver, OtherFamily(dialer, *connection.other)


async def _read_greeting(dialer: Dialer, driver: Driver, recorder: Recorder) -> None:
    seconds = dialer.limits.probe_greeting_seconds
    async with recorder.step(Step.GREETING, None, driver.stream) as finding:
        try:
            async with asyncio.timeout(seconds):
                finding.evidence["server"] = await driver.read_greeting()
        except TimeoutError:
            if dialer.implicit or driver.stream.received:
                raise
            raise await diagnose_silence(dialer) from None


async def _start_tls(dialer: Dialer, driver: Driver, other: OtherFamily | None, recorder: Recorder) -> None:
    limits = dialer.limits
    async with recorder.step(Step.TLS, None, driver.stream) as finding:
        try:
            async with asyncio.timeout(limits.probe_command_seconds):
                await dialer.negotiate_starttls(driver)
            await verified_handshake(dialer, driver)
        except (Fault, StreamError, OSError):
            # Whether it is so over the other family too says if another machine is to blame.
            await _compare(other, finding)
            raise
        handshake = handshake_of(driver.stream)
        finding.evidence |= handshake.describe()
        chain, verified = load_chain(handshake.chain), load_chain(handshake.verified)
        SEEN.note(handshake.verified, limits.probe_authorities_limit)
        if chain:
            finding.evidence |= describe_chain(chain, limits.probe_certificate_names_limit, verified)
        if chain and expires_within(
            verified or chain, datetime.now(UTC), limits.probe_certificate_expiry_days
        ):
            finding.warn(Code.CERT_EXPIRES_SOON)
        if other is not None and await _compare(other, finding) not in (None, Code.OK):
            finding.warn(other.broken)


async def _compare(other: OtherFamily | None, finding: StepInProgress) -> Code | None:
    """Notes and returns what came of encryption over the other family; None: nothing, or nothing in time."""
    outcome = await other.outcome() if other is not None else None
    if other is not None and outcome is not None:
        finding.evidence |= other.describe(outcome)
    return outcome
