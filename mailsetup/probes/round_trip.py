"""One message to oneself: how the two services of a test hear of each other, and where it arrives."""

import asyncio
from dataclasses import dataclass

from mailsetup.probes.ask import Fault, Timeouts
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.messages import TEST_HEADER
from mailsetup.probes.protocols.imap import ImapDriver
from mailsetup.probes.protocols.pop3 import MaildropSize, Pop3Driver
from mailsetup.probes.recorder import Recorder, StepInProgress
from mailsetup.probes.wire.stream import Closed, DataBeforeTls, Garbage
from mailsetup.probes.wire.tls import strict_context

_INBOX = "INBOX"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the message turned up (None: nowhere in time) and how many seconds after it was accepted.

    `observed` is False when nobody looked for a while, so that the seconds say nothing about delay.
    """

    folder: str | None
    seconds: float
    removed: bool = False
    observed: bool = True


class RoundTrip:
    """What incoming and outgoing tell each other. `give_up_*` release whoever still waits."""

    def __init__(self, token: str, asked: bool) -> None:
        loop = asyncio.get_running_loop()
        self.token, self.asked = token, asked
        self.watching = asyncio.Event()
        # When the message was accepted, on the loop's clock; None: there is no message.
        self.accepted: asyncio.Future[float | None] = loop.create_future()
        # None: nobody is able to look.
        self.arrival: asyncio.Future[Arrival | None] = loop.create_future()
        self.rejected_usernames: set[str] = set()

    def give_up_watching(self) -> None:
        self.watching.set()
        if not self.arrival.done():
            self.arrival.set_result(None)

    def give_up_sending(self) -> None:
        if not self.accepted.done():
            self.accepted.set_result(None)


class ImapWatch:
    """Waits in IDLE for the message, and looks for it where IDLE keeps silent."""

    def __init__(self, imap: ImapDriver, trip: RoundTrip, timeouts: Timeouts) -> None:
        self._imap, self._trip, self._timeouts = imap, trip, timeouts
        self._now = asyncio.get_running_loop().time

    async def run(self, recorder: Recorder) -> None:
        """The step push, and the arrival for the other side."""
        if not self._trip.asked:
            async with recorder.step(Step.PUSH, self._timeouts.command, self._imap.stream) as finding:
                if await self._enter_idle(finding):
                    await self._imap.end_idle()
            return
        arrival: Arrival | None = None
        async with recorder.step(Step.PUSH) as finding:
            async with asyncio.timeout(self._timeouts.command):
                idles = await self._enter_idle(finding)
            self._trip.watching.set()
            accepted = await self._trip.accepted
            if accepted is None and idles:
                async with asyncio.timeout(self._timeouts.command):
                    await self._imap.end_idle()
            elif accepted is not None and idles:
                arrival = await self._wait_for_push(accepted, finding)
        if accepted is not None:
            await self._tell(accepted, arrival)

    async def _enter_idle(self, finding: StepInProgress) -> bool:
        """Whether the server goes into IDLE; mail still comes without, only later."""
        if "IDLE" not in self._imap.capabilities:
            finding.warn(Code.IDLE_MISSING)
            return False
        try:
            await self._imap.start_idle()
        except Fault as refused:
            finding.evidence |= refused.evidence
            finding.warn(Code.IDLE_SILENT)
            return False
        return True

    async def _wait_for_push(self, accepted: float, finding: StepInProgress) -> Arrival | None:
        """The arrival, if it was announced in time or is there all the same."""
        while (left := accepted + self._timeouts.push - self._now()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._imap.next_announcement()
            except TimeoutError:
                break
            seconds = self._since(accepted)
            async with asyncio.timeout(self._timeouts.command):
                await self._imap.end_idle()
                if uid := await self._imap.find(TEST_HEADER, self._trip.token):
                    finding.evidence |= {"announced": True, "seconds": seconds}
                    return Arrival(_INBOX, seconds, await self._imap.remove(uid))
                await self._imap.start_idle()
        async with asyncio.timeout(self._timeouts.command):
            await self._imap.end_idle()
            arrival = await self._look(accepted, observed=False)
        # Of a message that went to another folder, or is not there yet, IDLE could say nothing.
        finding.evidence["announced"] = False
        if arrival is not None and arrival.folder == _INBOX:
            finding.warn(Code.IDLE_SILENT)
        return arrival

    async def _tell(self, accepted: float, arrival: Arrival | None) -> None:
        deadline = accepted + self._timeouts.arrive
        while arrival is None and self._now() < deadline:
            async with asyncio.timeout(self._timeouts.command):
                arrival = await self._look(accepted, observed=True)
            if arrival is None:
                await asyncio.sleep(self._timeouts.poll)
        self._trip.arrival.set_result(arrival or Arrival(None, self._since(accepted)))

    async def _look(self, accepted: float, *, observed: bool) -> Arrival | None:
        for folder in (_INBOX, self._imap.junk_folder):
            if folder is None:
                continue
            await self._imap.select(folder)
            if uid := await self._imap.find(TEST_HEADER, self._trip.token):
                seconds = self._since(accepted)
                return Arrival(folder, seconds, await self._imap.remove(uid), observed)
        return None

    def _since(self, moment: float) -> float:
        return round(max(self._now() - moment, 0), 2)


class Pop3Watch:
    """Signs in again and again, as a POP3 session sees only what was there when it began."""

    def __init__(self, dialer: Dialer, username: str, password: str, trip: RoundTrip) -> None:
        self._dialer, self._username, self._password = dialer, username, password
        self._trip, self._timeouts = trip, dialer.vantage.timeouts
        self._known: MaildropSize | None = None

    async def run(self) -> None:
        """The arrival for the other side; a Fault when a sign-in is refused."""
        self._trip.watching.set()
        accepted = await self._trip.accepted
        if accepted is None:
            return
        now = asyncio.get_running_loop().time
        while now() < accepted + self._timeouts.arrive:
            removed = await self._look()
            seconds = round(max(now() - accepted, 0), 2)
            if removed is not None:
                self._trip.arrival.set_result(Arrival(_INBOX, seconds, removed))
                return
            await asyncio.sleep(self._timeouts.poll)
        self._trip.arrival.set_result(Arrival(None, round(now() - accepted, 2)))

    async def _look(self) -> bool | None:
        """Whether the message could be removed; None: not there, or the server is busy for now.

        Raises Fault when the sign-in is refused: nobody tries a refused password twice.
        """
        try:
            driver = await self._dialer.dial_tls(strict_context(self._dialer.vantage.ca_file))
            if not isinstance(driver, Pop3Driver):
                raise TypeError("only POP3 is looked at like this")
            async with asyncio.timeout(self._timeouts.greeting + self._timeouts.sign_in):
                found = await self._sign_in_and_take(driver)
            await self._dialer.hang_up(driver)
        except Fault as fault:
            if fault.code in (Code.AUTH_TEMP_FAILURE, Code.TOO_MANY_CONNECTIONS, Code.BYE_GREETING):
                return None
            raise
        except (Closed, Garbage, DataBeforeTls, OSError):
            return None
        return found

    async def _sign_in_and_take(self, driver: Pop3Driver) -> bool | None:
        if self._dialer.implicit:
            await driver.read_greeting()
        await driver.ask_capabilities()
        await driver.sign_in(self._username, self._password)
        size = await driver.stat()
        if size == self._known:
            # Nothing came since the last look; reading headers again would only use up the limit of bytes.
            return None
        self._known = size
        return await driver.take(size.messages, TEST_HEADER, self._trip.token)
