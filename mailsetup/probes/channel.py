"""From a name to a verified session: the steps dns, connect, tls, greeting, capabilities."""

import asyncio
import ssl
from datetime import UTC, datetime

from mailsetup.clientconfig import SocketType
from mailsetup.probes.diagnosis import diagnose_certificate, diagnose_handshake, diagnose_silence
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.recorder import Recorder
from mailsetup.probes.wire.certificates import describe_chain, expires_within, load_chain
from mailsetup.probes.wire.network import connect_first, ipv6_limit, resolve
from mailsetup.probes.wire.stream import StreamError
from mailsetup.probes.wire.tls import handshake_of, strict_context


async def open_channel(dialer: Dialer, recorder: Recorder) -> Driver:
    """Connects to the server and returns the session; raises StepFailed.

    With STARTTLS the greeting comes first on the wire. Over a plain channel greeting and capabilities
    are read, but the caller sends no credentials.
    """
    driver = await _connect(dialer, recorder)
    if dialer.implicit:
        await _start_tls(dialer, driver, recorder)
        await _read_greeting(dialer, driver, recorder)
    else:
        await _read_greeting(dialer, driver, recorder)
        if dialer.settings.socket_type is SocketType.STARTTLS:
            await _start_tls(dialer, driver, recorder)
        else:
            recorder.skip(Step.TLS, Code.UNVERIFIED)
    seconds = dialer.limits.probe_command_seconds
    async with recorder.step(Step.CAPABILITIES, seconds, driver.stream) as finding:
        await driver.ask_capabilities()
        finding.evidence |= driver.describe_capabilities()
        if driver.stream.tls is None and driver.refuses_plain is not None:
            raise Fault(driver.refuses_plain)
    return driver


async def _connect(dialer: Dialer, recorder: Recorder) -> Driver:
    limits, settings = dialer.limits, dialer.settings
    async with recorder.step(Step.DNS, limits.probe_dns_seconds + limits.probe_dns_grace_seconds) as finding:
        addresses = await resolve(settings.hostname, dialer.vantage)
        finding.evidence["addresses"] = [str(address) for address in addresses]
    async with recorder.step(Step.CONNECT) as finding:
        connection = await connect_first(addresses, settings.port, dialer.budget, limits)
        address = str(connection.address)
        finding.evidence |= {"address": address, "port": settings.port, "tried": connection.tried}
        if (limit := ipv6_limit(connection.tried)) is not None:
            finding.warn(limit)
    return dialer.start_session(connection.stream, connection.address)


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


async def _start_tls(dialer: Dialer, driver: Driver, recorder: Recorder) -> None:
    limits = dialer.limits
    async with recorder.step(Step.TLS, None, driver.stream) as finding:
        async with asyncio.timeout(limits.probe_command_seconds):
            await dialer.negotiate_starttls(driver)
        await _verified_handshake(dialer, driver)
        handshake = handshake_of(driver.stream)
        finding.evidence |= handshake.describe()
        chain = load_chain(handshake.chain)
        if chain:
            finding.evidence |= describe_chain(chain, limits.probe_certificate_names_limit)
        if chain and expires_within(chain, datetime.now(UTC), limits.probe_certificate_expiry_days):
            finding.warn(Code.CERT_EXPIRES_SOON)


async def _verified_handshake(dialer: Dialer, driver: Driver) -> None:
    """The strict handshake; a Fault says why there is none."""
    try:
        context = strict_context(dialer.vantage.ca_file, dialer.limits.probe_roots_seconds)
        await dialer.start_tls(driver, context)
    except ssl.SSLCertVerificationError as error:
        raise await diagnose_certificate(dialer, error) from error
    except (StreamError, OSError) as error:
        raise await diagnose_handshake(dialer, error) from error
