"""One test: both services at once, in one event loop, within one deadline."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from mailsetup.clientconfig import Authentication, SocketType
from mailsetup.probes.ask import Ask, OnStep, ignore
from mailsetup.probes.channel import open_channel
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import REFUSED_CREDENTIALS, Code, ServiceReport, Step
from mailsetup.probes.hops import describe_hops
from mailsetup.probes.leftovers import beside_the_test, clear_imap, clear_pop3
from mailsetup.probes.messages import compose_test_message
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.protocols.imap import ImapDriver
from mailsetup.probes.protocols.pop3 import Pop3Driver
from mailsetup.probes.protocols.submission import SubmissionDriver
from mailsetup.probes.recorder import Recorder, StepFailed
from mailsetup.probes.round_trip import Arrival, ImapWatch, Pop3Watch, RoundTrip
from mailsetup.probes.vantage import Vantage
from mailsetup.probes.wire.stream import StreamError


async def probe(ask: Ask, vantage: Vantage, on_step: OnStep = ignore) -> tuple[ServiceReport, ServiceReport]:
    """Tests both services and reports all their planned steps, whatever the servers do.

    `on_step` is called in the event loop's thread as each step ends; what it raises ends the test.
    Takes at most `probe_overall_seconds`, plus `probe_arrive_seconds` with a round trip.
    """
    limits = vantage.limits
    trip = RoundTrip(ask.token, asked=ask.round_trip)
    incoming = Recorder(0, ask.incoming, ask, limits, on_step)
    outgoing = Recorder(1, ask.outgoing, ask, limits, on_step)
    tasks = [
        asyncio.create_task(_test_incoming(ask, vantage, incoming, trip)),
        asyncio.create_task(_test_outgoing(ask, vantage, outgoing, trip)),
    ]
    deadline = limits.longest_test_seconds if ask.round_trip else limits.probe_overall_seconds
    try:
        done, _ = await asyncio.wait(tasks, timeout=deadline)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
    return incoming.finish(), outgoing.finish()


async def _test_incoming(ask: Ask, vantage: Vantage, recorder: Recorder, trip: RoundTrip) -> None:
    dialer = Dialer(ask.incoming, vantage, transcript=recorder.transcript)
    try:
        driver = await open_channel(dialer, recorder)
        if await _sign_in(ask, dialer, driver, recorder, trip):
            trip.permit_sending()
            await _read_mail(ask, dialer, driver, recorder, trip)
        await dialer.quit(driver)
    except StepFailed:
        pass
    finally:
        trip.cancel_watch()
        dialer.close()


async def _read_mail(ask: Ask, dialer: Dialer, driver: Driver, recorder: Recorder, trip: RoundTrip) -> None:
    if isinstance(driver, ImapDriver):
        await _read_by_imap(ask, dialer, driver, recorder, trip)
    elif isinstance(driver, Pop3Driver):
        await _read_by_pop3(ask, dialer, driver, recorder, trip)


async def _read_by_imap(
    ask: Ask, dialer: Dialer, driver: ImapDriver, recorder: Recorder, trip: RoundTrip
) -> None:
    limits = dialer.limits
    async with recorder.step(Step.MAILBOX, limits.probe_command_seconds, driver.stream) as finding:
        finding.evidence |= await driver.open_inbox()
        percent = await driver.percent_full()
        if percent is not None and percent >= limits.probe_full_percent:
            trip.full = True
            finding.evidence["percent"] = percent
            finding.warn(Code.OVER_QUOTA)
    # A watch that breaks off leaves the arrival open; what was found before stands.
    with suppress(Fault, StreamError, OSError):
        await ImapWatch(driver, trip, limits).run(recorder)
        with beside_the_test():
            await clear_imap(driver, ask.address, limits)


async def _read_by_pop3(
    ask: Ask, dialer: Dialer, driver: Pop3Driver, recorder: Recorder, trip: RoundTrip
) -> None:
    limits = dialer.limits
    async with recorder.step(Step.MAILBOX, limits.probe_command_seconds, driver.stream) as finding:
        messages = (await driver.stat()).messages
        finding.evidence["messages"] = messages
    watch = Pop3Watch(dialer, ask.incoming.username, ask.password or "", trip)
    with beside_the_test():
        await clear_pop3(driver, messages, ask.address, limits)
        # Afterwards, as some servers give the name of what is deleted to what comes next.
        if trip.asked:
            await watch.remember(driver, messages)
    if trip.asked:
        await dialer.quit(driver)
        with suppress(Fault, StreamError, OSError):
            await watch.run()


async def _test_outgoing(ask: Ask, vantage: Vantage, recorder: Recorder, trip: RoundTrip) -> None:
    dialer = Dialer(ask.outgoing, vantage, transcript=recorder.transcript)
    try:
        driver = await open_channel(dialer, recorder)
        await trip.incoming_judged.wait()
        signed_in = await _sign_in(ask, dialer, driver, recorder, trip, trip.obstacle_to_sending)
        if signed_in and trip.asked and isinstance(driver, SubmissionDriver):
            await _send(ask, dialer, driver, recorder, trip)
        await dialer.quit(driver)
        if trip.accepted.done() and trip.accepted.result() is not None:
            await _await_arrival(dialer, recorder, trip)
    except StepFailed:
        pass
    finally:
        trip.cancel_send()
        dialer.close()


async def _sign_in(
    ask: Ask,
    dialer: Dialer,
    driver: Driver,
    recorder: Recorder,
    trip: RoundTrip,
    obstacle: Code | None = None,
) -> bool:
    """Signs in once; False: there is a reason not to. `obstacle` is what the other service found."""
    settings, seconds = dialer.settings, dialer.limits.probe_sign_in_seconds
    if settings.socket_type is SocketType.PLAIN:
        obstacle = Code.UNVERIFIED
    elif ask.password is None:
        obstacle = Code.NO_PASSWORD
    if ask.password is None or obstacle is not None:
        recorder.skip_rest(obstacle or Code.NO_PASSWORD)
        return False
    async with recorder.step(Step.SIGN_IN, seconds, driver.stream) as finding:
        finding.evidence["username"] = settings.username
        if settings.authentication is Authentication.OAUTH2:
            raise Fault(Code.NO_USABLE_MECH, authentication=settings.authentication.value)
        try:
            finding.evidence["server"] = await driver.sign_in(settings.username, ask.password)
        except Fault as fault:
            if fault.code in REFUSED_CREDENTIALS:
                trip.obstacle_to_sending = Code.PASSWORD_REJECTED_ELSEWHERE
            raise
    return True


async def _send(
    ask: Ask, dialer: Dialer, driver: SubmissionDriver, recorder: Recorder, trip: RoundTrip
) -> None:
    """Sends once incoming watches, so that the announcement is not missed."""
    await trip.watching.wait()
    message = compose_test_message(ask.address, ask.token, datetime.now(UTC))
    async with recorder.step(Step.SEND, dialer.limits.probe_send_seconds, driver.stream) as finding:
        finding.evidence["server"] = await driver.send_message(ask.address, message)
    trip.accepted.set_result(asyncio.get_running_loop().time())


async def _await_arrival(dialer: Dialer, recorder: Recorder, trip: RoundTrip) -> None:
    async with recorder.step(Step.ARRIVE) as finding:
        arrival = await trip.arrival
        if arrival is None:
            finding.skip(Code.NOT_REACHED)
            return
        finding.evidence |= _describe(arrival)
        if arrival.folder is None:
            # One cause, and not two: what finds no room does not arrive.
            raise Fault(Code.OVER_QUOTA if trip.full else Code.RT_LOST)
        if arrival.place is not Code.OK:
            finding.warn(arrival.place)
        elif arrival.observed and arrival.seconds > dialer.limits.probe_delayed_seconds:
            finding.warn(Code.RT_DELAYED)


def _describe(arrival: Arrival) -> dict[str, object]:
    described: dict[str, object] = {
        "folder": arrival.folder,
        "seconds": arrival.seconds,
        "removed": arrival.removed,
    }
    return {**described, "hops": describe_hops(arrival.hops)} if arrival.hops else described
