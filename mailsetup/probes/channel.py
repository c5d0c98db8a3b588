"""From a name to a verified conversation: the steps dns, connect, tls, greeting, capabilities."""

import asyncio
import ssl
from datetime import UTC, datetime

from mailsetup.clientconfig import SocketType
from mailsetup.probes.diagnosis import explain_certificate, explain_handshake
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.recorder import Recorder
from mailsetup.probes.wire.certificates import describe_chain, expires_soon, load_chain
from mailsetup.probes.wire.network import connect_first, resolve
from mailsetup.probes.wire.stream import Closed, DataBeforeTls
from mailsetup.probes.wire.tls import handshake_of, strict_context

# The resolver keeps its own time; this much more lets it say itself that it ran out.
_RESOLVER_GRACE = 1.0


async def open_channel(dialer: Dialer, recorder: Recorder) -> Driver:
    """Walks to the server and returns the conversation; raises Stop where the way ends.

    With STARTTLS the greeting comes first on the wire. A plain channel may be looked at and
    greeted, but the caller sends no credentials over it.
    """
    driver = await _connect(dialer, recorder)
    if dialer.implicit:
        await _secure(dialer, driver, recorder)
        await _greet(dialer, driver, recorder)
    else:
        await _greet(dialer, driver, recorder)
        if dialer.settings.socket_type is SocketType.STARTTLS:
            await _secure(dialer, driver, recorder)
        else:
            recorder.skip(Step.TLS, Code.UNVERIFIED)
    seconds = dialer.vantage.timeouts.command
    async with recorder.step(Step.CAPABILITIES, seconds, driver.stream) as finding:
        await driver.ask_capabilities()
        finding.evidence |= driver.describe_capabilities()
    return driver


async def _connect(dialer: Dialer, recorder: Recorder) -> Driver:
    timeouts, settings = dialer.vantage.timeouts, dialer.settings
    async with recorder.step(Step.DNS, timeouts.dns + _RESOLVER_GRACE) as finding:
        addresses = await resolve(settings.hostname, dialer.vantage)
        finding.evidence["addresses"] = [str(address) for address in addresses]
    async with recorder.step(Step.CONNECT) as finding:
        connection = await connect_first(addresses, settings.port, dialer.budget, timeouts.connect)
        address = str(connection.address)
        finding.evidence |= {"address": address, "port": settings.port, "tried": connection.tried}
    return dialer.adopt(connection.stream, connection.address)


async def _greet(dialer: Dialer, driver: Driver, recorder: Recorder) -> None:
    seconds = dialer.vantage.timeouts.greeting
    async with recorder.step(Step.GREETING, seconds, driver.stream) as finding:
        finding.evidence["server"] = await driver.read_greeting()


async def _secure(dialer: Dialer, driver: Driver, recorder: Recorder) -> None:
    async with recorder.step(Step.TLS, None, driver.stream) as finding:
        async with asyncio.timeout(dialer.vantage.timeouts.command):
            await dialer.negotiate_tls(driver)
        await verified_handshake(dialer, driver)
        handshake = handshake_of(driver.stream)
        finding.evidence |= handshake.describe()
        chain = load_chain(handshake.chain)
        if chain:
            finding.evidence |= describe_chain(chain)
        if chain and expires_soon(chain, datetime.now(UTC)):
            finding.warn(Code.CERT_EXPIRES_SOON)


async def verified_handshake(dialer: Dialer, driver: Driver) -> None:
    """The strict handshake; a Fault says why there is none."""
    try:
        await dialer.shake_hands(driver, strict_context(dialer.vantage.ca_file))
    except ssl.SSLCertVerificationError as error:
        raise await explain_certificate(dialer, error) from error
    except (Closed, DataBeforeTls, OSError) as error:
        raise await explain_handshake(dialer, error) from error
