"""From a name to a verified session: the steps dns, connect, tls, greeting, capabilities."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from mailsetup.clientconfig import SocketType
from mailsetup.probes.beside import Beside, look_at_other_family, look_for_early_commands, look_for_old_tls
from mailsetup.probes.diagnosis import diagnose_silence, verified_handshake
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.recorder import Recorder, StepInProgress
from mailsetup.probes.wire.authorities import SEEN
from mailsetup.probes.wire.certificates import describe_chain, expires_within, load_chain
from mailsetup.probes.wire.network import Connection, IPAddress, connect, family_limit, resolve
from mailsetup.probes.wire.stream import StreamError
from mailsetup.probes.wire.tls import handshake_of


async def open_channel(dialer: Dialer, recorder: Recorder) -> Driver:
    """Connects to the server and returns the session; raises StepFailed.

    With STARTTLS the greeting comes first on the wire. Over a plain channel greeting and capabilities
    are read, but the caller sends no credentials.
    """
    driver, beside = await _connect(dialer, recorder)
    try:
        await _encrypt(dialer, driver, beside, recorder)
        seconds = dialer.limits.probe_command_seconds
        async with recorder.step(Step.CAPABILITIES, seconds, driver.stream) as finding:
            await driver.ask_capabilities()
            finding.evidence |= driver.describe_capabilities()
            if driver.stream.tls is None and driver.refuses_plain is not None:
                raise Fault(driver.refuses_plain)
    finally:
        await beside.close()
    return driver


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is looked at meanwhile, none of it where nothing is encrypted."""

    other_address: IPAddress | None = None
    other_family: Beside[Code] | None = None
    early_commands: Beside[bool | None] | None = None
    old_tls: Beside[bool | None] | None = None

    @classmethod
    def of(cls, dialer: Dialer, connection: Connection) -> "_Beside":
        if not dialer.settings.encrypted:
            if connection.other is not None:
                connection.other[0].abort()
            return cls()
        stream, address = connection.other or (None, None)
        starttls = dialer.settings.socket_type is SocketType.STARTTLS
        return cls(
            address,
            look_at_other_family(dialer, stream, address) if stream and address else None,
            look_for_early_commands(dialer, connection.address) if starttls else None,
            look_for_old_tls(dialer, connection.address),
        )

    async def compare(self, finding: StepInProgress) -> Code | None:
        """Notes what came of encryption over the other family; the code of a limit, if that is one."""
        outcome = await self.other_family.result() if self.other_family is not None else None
        if self.other_address is None or outcome is None:
            return None
        finding.evidence["other_family"] = {"address": str(self.other_address), "code": outcome.value}
        if outcome is Code.OK:
            return None
        return Code.V6_BROKEN_V4_OK if self.other_address.version == 6 else Code.V4_BROKEN_V6_OK

    async def close(self) -> None:
        for each in (self.other_family, self.early_commands, self.old_tls):
            if each is not None:
                await each.close()


async def _encrypt(dialer: Dialer, driver: Driver, beside: _Beside, recorder: Recorder) -> None:
    """Encryption and greeting, in the order in which they come on the wire."""
    if dialer.implicit:
        await _start_tls(dialer, driver, beside, recorder)
        await _read_greeting(dialer, driver, recorder)
        return
    await _read_greeting(dialer, driver, recorder)
    if dialer.settings.socket_type is SocketType.STARTTLS:
        await _start_tls(dialer, driver, beside, recorder)
    else:
        recorder.skip(Step.TLS, Code.UNVERIFIED)


async def _connect(dialer: Dialer, recorder: Recorder) -> tuple[Driver, _Beside]:
    limits, settings = dialer.limits, dialer.settings
    async with recorder.step(Step.DNS, limits.probe_dns_seconds + limits.probe_dns_grace_seconds) as finding:
        found = await resolve(settings.hostname, dialer.vantage)
        finding.evidence["addresses"] = [str(address) for address in found.addresses]
    async with recorder.step(Step.CONNECT) as finding:
        connection = await connect(found.addresses, settings.port, dialer.budget, limits)
        finding.evidence |= {"port": settings.port, **connection.describe()}
        limit = family_limit(connection.attempts, unanswered=found.unanswered)
        if limit is not None:
            finding.warn(limit)
    driver = dialer.start_session(connection.stream, connection.address)
    return driver, _Beside.of(dialer, connection)


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


async def _start_tls(dialer: Dialer, driver: Driver, beside: _Beside, recorder: Recorder) -> None:
    async with recorder.step(Step.TLS, None, driver.stream) as finding:
        try:
            async with asyncio.timeout(dialer.limits.probe_command_seconds):
                await dialer.negotiate_starttls(driver)
            await verified_handshake(dialer, driver)
        except (Fault, StreamError, OSError):
            # Whether it is so over the other family too says if another machine is to blame.
            await beside.compare(finding)
            raise
        _judge_encryption(dialer, driver, finding)
        if (limit := await beside.compare(finding)) is not None:
            finding.warn(limit)
        if beside.old_tls is not None and (takes_old := await beside.old_tls.result()) is not None:
            finding.evidence["old_tls"] = takes_old
        if beside.early_commands is not None and await beside.early_commands.result() is False:
            raise Fault(Code.STARTTLS_COMMAND_INJECTION)


def _judge_encryption(dialer: Dialer, driver: Driver, finding: StepInProgress) -> None:
    """What a verified handshake shows, and whether its certificate ends soon."""
    limits, handshake = dialer.limits, handshake_of(driver.stream)
    finding.evidence |= handshake.describe()
    chain, verified = load_chain(handshake.chain), load_chain(handshake.verified)
    SEEN.note(handshake.verified, limits.probe_authorities_limit)
    if not chain:
        return
    finding.evidence |= describe_chain(chain, limits.probe_certificate_names_limit, verified)
    if expires_within(verified or chain, datetime.now(UTC), limits.probe_certificate_expiry_days):
        finding.warn(Code.CERT_EXPIRES_SOON)
