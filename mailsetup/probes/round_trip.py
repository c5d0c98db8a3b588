"""One message to oneself: when it was sent, and where it arrives."""

import asyncio
from dataclasses import dataclass

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.messages import TEST_HEADER
from mailsetup.probes.protocols.imap import ImapDriver
from mailsetup.probes.protocols.pop3 import MaildropSize, Pop3Driver
from mailsetup.probes.recorder import Recorder, StepInProgress
from mailsetup.probes.wire.stream import StreamError
from mailsetup.probes.wire.tls import strict_context

_INBOX = "INBOX"
# What POP3 says of the session before, which it may not have ended yet, or of a short rest for the server.
_BUSY = frozenset(
    {
        Code.AUTH_TEMP_FAILURE,
        Code.BYE_GREETING,
        Code.POP_IN_USE,
        Code.POP_LOGIN_DELAY,
        Code.TOO_MANY_CONNECTIONS,
    }
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """In which folder the message arrived (None: in none in time), how many seconds after it was accepted.

    `observed` is False when nobody looked for a while, so that the seconds say nothing about delay. `place`
    is the code of a folder that is not the inbox.
    """

    folder: str | None
    seconds: float
    removed: bool = False
    observed: bool = True
    place: Code = Code.OK


class RoundTrip:
    """What the tests of incoming and outgoing wait for from each other; `cancel_*` ends the waiting."""

    def __init__(self, token: str, *, asked: bool) -> None:
        loop = asyncio.get_running_loop()
        self.token, self.asked = token, asked
        # Set when an announcement of the message would not be missed.
        self.watching = asyncio.Event()
        # When the message was accepted, on the loop's clock; None: there is no message.
        self.accepted: asyncio.Future[float | None] = loop.create_future()
        # None: nothing looks for it.
        self.arrival: asyncio.Future[Arrival | None] = loop.create_future()
        # Nobody signs in to send before the incoming service took the password: servers count refused
        # attempts and then block the portal for everybody, so a test makes one of them at most.
        self.incoming_judged = asyncio.Event()
        self.obstacle_to_sending: Code | None = Code.RECEIVING_FIRST
        # Whether the mailbox has no room for the message, or hardly any.
        self.full = False

    def permit_sending(self) -> None:
        self.obstacle_to_sending = None
        self.incoming_judged.set()

    def cancel_watch(self) -> None:
        self.incoming_judged.set()
        self.watching.set()
        if not self.arrival.done():
            self.arrival.set_result(None)

    def cancel_send(self) -> None:
        if not self.accepted.done():
            self.accepted.set_result(None)


class ImapWatch:
    """Waits in IDLE for the message, and searches for it where IDLE announces nothing."""

    def __init__(self, imap: ImapDriver, trip: RoundTrip, limits: ProbeSettings) -> None:
        self._imap, self._trip, self._limits = imap, trip, limits
        self._now = asyncio.get_running_loop().time

    async def run(self, recorder: Recorder) -> None:
        """The step push; then sets the arrival."""
        if not self._trip.asked:
            seconds = self._limits.probe_command_seconds
            async with recorder.step(Step.PUSH, seconds, self._imap.stream) as finding:
                if await self._enter_idle(finding):
                    await self._imap.end_idle()
            return
        arrival: Arrival | None = None
        async with recorder.step(Step.PUSH) as finding:
            async with self._command_deadline():
                idles = await self._enter_idle(finding)
            self._trip.watching.set()
            accepted = await self._trip.accepted
            if accepted is None and idles:
                async with self._command_deadline():
                    await self._imap.end_idle()
            elif accepted is not None and idles:
                arrival = await self._wait_for_push(accepted, finding)
        if accepted is not None:
            await self._report_arrival(accepted, arrival)

    async def _enter_idle(self, finding: StepInProgress) -> bool:
        """Whether the server goes into IDLE; without it mail arrives too, only later."""
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
        while (left := accepted + self._limits.probe_push_seconds - self._now()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._imap.next_announcement()
            except TimeoutError:
                break
            seconds = self._since(accepted)
            async with self._command_deadline():
                await self._imap.end_idle()
                if uid := await self._imap.find(TEST_HEADER, self._trip.token):
                    finding.evidence |= {"announced": True, "seconds": seconds}
                    return Arrival(_INBOX, seconds, await self._imap.remove(uid))
                await self._imap.start_idle()
        async with self._command_deadline():
            await self._imap.end_idle()
            arrival = await self._search(accepted, observed=False)
        # IDLE can't announce a message that went to another folder or is not there yet.
        finding.evidence["announced"] = False
        if arrival is not None and arrival.folder == _INBOX:
            finding.warn(Code.IDLE_SILENT)
        return arrival

    async def _report_arrival(self, accepted: float, arrival: Arrival | None) -> None:
        deadline = accepted + self._limits.probe_arrive_seconds
        while arrival is None and self._now() < deadline:
            async with self._command_deadline():
                arrival = await self._search(accepted, observed=True)
            if arrival is None:
                await asyncio.sleep(self._limits.probe_arrival_poll_seconds)
        if arrival is None:
            arrival = await self._search_elsewhere(accepted)
        self._trip.arrival.set_result(arrival or Arrival(None, self._since(accepted)))

    async def _search(self, accepted: float, *, observed: bool) -> Arrival | None:
        for folder, place in ((_INBOX, Code.OK), (self._imap.junk_folder, Code.RT_IN_JUNK)):
            if folder is None:
                continue
            await self._imap.select(folder)
            if uid := await self._imap.find(TEST_HEADER, self._trip.token):
                seconds = self._since(accepted)
                return Arrival(folder, seconds, await self._imap.remove(uid), observed, place)
        return None

    async def _search_elsewhere(self, accepted: float) -> Arrival | None:
        """Where a rule may have put the message; looked at once, when the time is up."""
        for folder in self._imap.other_folders[: self._limits.probe_other_folders_limit]:
            try:
                async with self._command_deadline():
                    await self._imap.select(folder)
                    uid = await self._imap.find(TEST_HEADER, self._trip.token)
                    if uid:
                        return Arrival(
                            folder,
                            self._since(accepted),
                            await self._imap.remove(uid),
                            observed=False,
                            place=Code.RT_OTHER_FOLDER,
                        )
            except Fault:
                continue  # a folder of its own rights
        return None

    def _command_deadline(self) -> asyncio.Timeout:
        return asyncio.timeout(self._limits.probe_command_seconds)

    def _since(self, moment: float) -> float:
        return round(max(self._now() - moment, 0), 2)


class Pop3Watch:
    """Signs in again and again, as a POP3 session shows only what was there when it began."""

    def __init__(self, dialer: Dialer, username: str, password: str, trip: RoundTrip) -> None:
        self._dialer, self._username, self._password = dialer, username, password
        self._trip, self._limits = trip, dialer.limits
        self._known: MaildropSize | None = None

    async def run(self) -> None:
        """Sets the arrival; raises Fault when a sign-in is refused."""
        self._trip.watching.set()
        accepted = await self._trip.accepted
        if accepted is None:
            return
        now = asyncio.get_running_loop().time
        while now() < accepted + self._limits.probe_arrive_seconds:
            removed = await self._search()
            seconds = round(max(now() - accepted, 0), 2)
            if removed is not None:
                self._trip.arrival.set_result(Arrival(_INBOX, seconds, removed))
                return
            await asyncio.sleep(self._limits.probe_arrival_poll_seconds)
        self._trip.arrival.set_result(Arrival(None, round(now() - accepted, 2)))

    async def _search(self) -> bool | None:
        """Whether the message could be removed; None: not there, or the server is busy for now.

        Raises Fault when the sign-in is refused: a refused password is not tried twice.
        """
        limits = self._limits
        try:
            context = strict_context(self._dialer.vantage.ca_file, limits.probe_roots_seconds)
            driver = await self._dialer.dial_tls(context)
            if not isinstance(driver, Pop3Driver):
                raise TypeError("only POP3 needs a new session to see new messages")
            async with asyncio.timeout(limits.probe_greeting_seconds + limits.probe_sign_in_seconds):
                removed = await self._sign_in_and_remove(driver)
            # Without QUIT the server would keep the message (RFC 1939 section 6).
            await self._dialer.quit(driver)
        except Fault as fault:
            if fault.code in _BUSY:
                return None
            raise
        except (StreamError, OSError):
            return None
        return removed

    async def _sign_in_and_remove(self, driver: Pop3Driver) -> bool | None:
        if self._dialer.implicit:
            await driver.read_greeting()
        await driver.ask_capabilities()
        await driver.sign_in(self._username, self._password)
        size = await driver.stat()
        if size == self._known:
            # Nothing came since the last time; reading headers again would only use up the limit of bytes.
            return None
        self._known = size
        return await driver.find_and_remove(size.messages, TEST_HEADER, self._trip.token)
