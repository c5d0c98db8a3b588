"""One test: both services at once, in one event loop, within one deadline."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from mailsetup.clientconfig import Authentication, SocketType
from mailsetup.probes.ask import Ask, Fault, OnStep, Vantage, ignore
from mailsetup.probes.channel import open_channel
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.findings import Code, ServiceReport, Step
from mailsetup.probes.messages import compose_test_message
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.protocols.imap import ImapDriver
from mailsetup.probes.protocols.pop3 import Pop3Driver
from mailsetup.probes.protocols.submission import SubmissionDriver
from mailsetup.probes.recorder import Recorder, Stop
from mailsetup.probes.round_trip import Arrival, ImapWatch, Pop3Watch, RoundTrip
from mailsetup.probes.wire.stream import Closed, DataBeforeTls, Garbage

# Facts about delivery: half a second is usual, a quarter of a minute is felt.
_DELAYED_SECONDS = 15


async def probe(ask: Ask, vantage: Vantage, on_step: OnStep = ignore) -> tuple[ServiceReport, ServiceReport]:
    """Tests both services and reports all their planned steps, whatever the servers do.

    `on_step` is called in the event loop's thread as each step ends; what it raises ends the test.
    Takes at most `timeouts.overall` seconds, plus `timeouts.arrive` with a round trip.
    """
    trip = RoundTrip(ask.token, ask.round_trip)
    incoming = Recorder(0, ask.incoming, ask, on_step)
    outgoing = Recorder(1, ask.outgoing, ask, on_step)
    tasks = [
        asyncio.create_task(_test_incoming(ask, vantage, incoming, trip)),
        asyncio.create_task(_test_outgoing(ask, vantage, outgoing, trip)),
    ]
    timeouts = vantage.timeouts
    limit = timeouts.overall + (timeouts.arrive if ask.round_trip else 0)
    try:
        done, _ = await asyncio.wait(tasks, timeout=limit)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
    return incoming.finish(), outgoing.finish()


async def _test_incoming(ask: Ask, vantage: Vantage, recorder: Recorder, trip: RoundTrip) -> None:
    dialer = Dialer(ask.incoming, vantage)
    try:
        driver = await open_channel(dialer, recorder)
        if await _sign_in(ask, dialer, driver, recorder, trip):
            await _read_mail(ask, dialer, driver, recorder, trip)
        await dialer.hang_up(driver)
    except Stop:
        pass
    finally:
        trip.give_up_watching()
        dialer.close()


async def _read_mail(ask: Ask, dialer: Dialer, driver: Driver, recorder: Recorder, trip: RoundTrip) -> None:
    timeouts = dialer.vantage.timeouts
    async with recorder.step(Step.MAILBOX, timeouts.command, driver.stream) as finding:
        if isinstance(driver, ImapDriver):
            finding.evidence |= await driver.open_inbox()
        elif isinstance(driver, Pop3Driver):
            finding.evidence["messages"] = (await driver.stat()).messages
    # From here on the message is what matters: a watch that breaks off can't say where it is.
    with suppress(Fault, Closed, Garbage, DataBeforeTls, OSError):
        if isinstance(driver, ImapDriver):
            await ImapWatch(driver, trip, timeouts).run(recorder)
        elif trip.asked and ask.password is not None:
            await dialer.hang_up(driver)
            await Pop3Watch(dialer, ask.incoming.username, ask.password, trip).run()


async def _test_outgoing(ask: Ask, vantage: Vantage, recorder: Recorder, trip: RoundTrip) -> None:
    dialer = Dialer(ask.outgoing, vantage)
    try:
        driver = await open_channel(dialer, recorder)
        signed_in = await _sign_in(ask, dialer, driver, recorder, trip)
        if signed_in and trip.asked and isinstance(driver, SubmissionDriver):
            await _send(ask, vantage, driver, recorder, trip)
        await dialer.hang_up(driver)
        if trip.accepted.done() and trip.accepted.result() is not None:
            await _await_arrival(recorder, trip)
    except Stop:
        pass
    finally:
        trip.give_up_sending()
        dialer.close()


async def _sign_in(ask: Ask, dialer: Dialer, driver: Driver, recorder: Recorder, trip: RoundTrip) -> bool:
    """Signs in once; False: there was a reason not to try."""
    settings, seconds = dialer.settings, dialer.vantage.timeouts.sign_in
    reason = _reason_not_to_sign_in(ask, dialer, trip)
    if reason is not None or ask.password is None:
        recorder.skip_rest(reason or Code.NO_PASSWORD)
        return False
    async with recorder.step(Step.SIGN_IN, seconds, driver.stream) as finding:
        finding.evidence["username"] = settings.username
        if settings.authentication is Authentication.OAUTH2:
            raise Fault(Code.NO_USABLE_MECH, authentication=settings.authentication.value)
        try:
            finding.evidence["server"] = await driver.sign_in(settings.username, ask.password)
        except Fault as fault:
            if fault.code is Code.AUTH_FAILED:
                trip.rejected_usernames.add(settings.username)
            raise
    return True


def _reason_not_to_sign_in(ask: Ask, dialer: Dialer, trip: RoundTrip) -> Code | None:
    if dialer.settings.socket_type is SocketType.PLAIN:
        return Code.UNVERIFIED
    if ask.password is None:
        return Code.NO_PASSWORD
    if dialer.settings.username in trip.rejected_usernames:
        return Code.PASSWORD_REJECTED_ELSEWHERE
    return None


async def _send(
    ask: Ask, vantage: Vantage, driver: SubmissionDriver, recorder: Recorder, trip: RoundTrip
) -> None:
    """Sends once the other side watches, so that the announcement is not missed."""
    await trip.watching.wait()
    message = compose_test_message(ask.address, ask.token, datetime.now(UTC))
    async with recorder.step(Step.SEND, vantage.timeouts.send, driver.stream) as finding:
        finding.evidence["server"] = await driver.send_message(ask.address, message)
    trip.accepted.set_result(asyncio.get_running_loop().time())


async def _await_arrival(recorder: Recorder, trip: RoundTrip) -> None:
    async with recorder.step(Step.ARRIVE) as finding:
        arrival = await trip.arrival
        if arrival is None:
            finding.skip(Code.NOT_REACHED)
            return
        finding.evidence |= _describe(arrival)
        if arrival.folder is None:
            raise Fault(Code.RT_LOST)
        if arrival.observed and arrival.seconds > _DELAYED_SECONDS:
            finding.warn(Code.RT_DELAYED)


def _describe(arrival: Arrival) -> dict[str, object]:
    return {"folder": arrival.folder, "seconds": arrival.seconds, "removed": arrival.removed}
