"""One message to oneself: when it was sent, and where it arrives."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.hops import Hop, hops_of
from mailsetup.probes.messages import TEST_HEADER, TOLD_BY, names_test
from mailsetup.probes.protocols.imap import INBOX, ImapDriver, readable
from mailsetup.probes.protocols.pop3 import MaildropSize, Pop3Driver, newest
from mailsetup.probes.recorder import Recorder, StepInProgress
from mailsetup.probes.wire.stream import StreamError
from mailsetup.probes.wire.tls import strict_context

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
    is the code of a folder that is not the inbox, `hops` are the servers that it came by.
    """

    folder: str | None
    seconds: float
    removed: bool = False
    observed: bool = True
    place: Code = Code.OK
    hops: tuple[Hop, ...] = ()


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
                uid = await self._find(new=True)
            arrival = await self._take(INBOX, uid, seconds)
            if arrival is not None:
                finding.evidence |= {"announced": True, "seconds": seconds}
                return arrival
            async with self._command_deadline():
                await self._imap.start_idle()
        async with self._command_deadline():
            await self._imap.end_idle()
        arrival = await self._search(accepted, observed=False)
        # IDLE can't announce a message that went to another folder or is not there yet.
        finding.evidence["announced"] = False
        if arrival is not None and arrival.folder == INBOX:
            finding.warn(Code.IDLE_SILENT)
        return arrival

    async def _report_arrival(self, accepted: float, arrival: Arrival | None) -> None:
        deadline = accepted + self._limits.probe_arrive_seconds
        while arrival is None and self._now() < deadline:
            arrival = await self._search(accepted, observed=True)
            if arrival is None:
                await asyncio.sleep(self._limits.probe_arrival_poll_seconds)
        if arrival is None:
            arrival = await self._search_elsewhere(accepted)
        self._trip.arrival.set_result(arrival or Arrival(None, self._since(accepted)))

    async def _search(self, accepted: float, *, observed: bool) -> Arrival | None:
        for folder, place in ((INBOX, Code.OK), (self._imap.junk_folder, Code.RT_IN_JUNK)):
            if folder is None:
                continue
            async with self._command_deadline():
                await self._imap.select(folder)
                uid = await self._find(new=folder == INBOX)
            arrival = await self._take(folder, uid, self._since(accepted), observed=observed, place=place)
            if arrival is not None:
                return arrival
        return None

    async def _search_elsewhere(self, accepted: float) -> Arrival | None:
        """Where a rule may have put the message; looked at once, when the time is up."""
        for folder in self._imap.other_folders[: self._limits.probe_other_folders_limit]:
            try:
                async with self._command_deadline():
                    await self._imap.select(folder)
                    uid = await self._find()
            except Fault:
                continue  # a folder of its own rights
            seconds, place = self._since(accepted), Code.RT_OTHER_FOLDER
            arrival = await self._take(folder, uid, seconds, observed=False, place=place)
            if arrival is not None:
                return arrival
        return None

    async def _find(self, *, new: bool = False) -> str | None:
        return await self._imap.find(TEST_HEADER, self._trip.token, new=new)

    async def _take(
        self, folder: str, uid: str | None, seconds: float, *, observed: bool = True, place: Code = Code.OK
    ) -> Arrival | None:
        """The arrival of what was found, which stands whatever happens while it is read and deleted.

        None: nothing was found, or the message is another one. A server that searches wrongly may name
        anybody's, so only what names this test in its own header is deleted.
        """
        if uid is None:
            return None
        hops: list[Hop] = []
        removed = False
        with suppress(Fault, StreamError, OSError):
            async with self._command_deadline():
                header = await self._imap.fetch_header(uid, TOLD_BY)
                is_ours = names_test(header, self._trip.token)
                if header and not is_ours:
                    return None
                hops = hops_of(header, self._limits.probe_hops_limit)
                removed = is_ours and await self._imap.remove(uid)
        return Arrival(readable(folder), seconds, removed, observed, place, tuple(hops))

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
        # What is none of ours: by UIDL, as the numbers change from session to session.
        self._others: set[str] = set()
        self._looked = False

    async def remember(self, driver: Pop3Driver, messages: int) -> None:
        """Notes what is there before the message is sent: nobody needs to read the headers of that."""
        async with asyncio.timeout(self._limits.probe_command_seconds):
            for number in newest(messages, self._limits.probe_newest_messages_limit):
                self._note(await driver.unique_id(number))

    def _note(self, unique_id: str | None) -> None:
        if unique_id is not None:
            self._others.add(unique_id)

    async def run(self) -> None:
        """Sets the arrival, unless nobody could look; raises Fault when a sign-in is refused."""
        self._trip.watching.set()
        accepted = await self._trip.accepted
        if accepted is None:
            return
        now = asyncio.get_running_loop().time
        while now() < accepted + self._limits.probe_arrive_seconds:
            found = await self._search()
            seconds = round(max(now() - accepted, 0), 2)
            if found is not None:
                hops, removed = found
                self._trip.arrival.set_result(Arrival(INBOX, seconds, removed, hops=tuple(hops)))
                return
            await asyncio.sleep(self._limits.probe_arrival_poll_seconds)
        if self._looked:
            self._trip.arrival.set_result(Arrival(None, round(now() - accepted, 2)))

    async def _search(self) -> tuple[list[Hop], bool] | None:
        """The way of the message, and whether it is deleted; None: not there, or the server is busy for now.

        Raises Fault when the sign-in is refused: a refused password is not tried twice.
        """
        limits = self._limits
        try:
            context = strict_context(self._dialer.vantage.ca_file, limits.probe_roots_seconds)
            driver = await self._dialer.dial_tls(context)
            if not isinstance(driver, Pop3Driver):
                raise TypeError("only POP3 needs a new session to see new messages")
            async with asyncio.timeout(limits.probe_greeting_seconds + limits.probe_sign_in_seconds):
                found = await self._sign_in_and_take(driver)
            # Without QUIT the server would keep the message (RFC 1939 section 6).
            await self._dialer.quit(driver)
        except Fault as fault:
            if fault.code in _BUSY:
                return None
            raise
        except (StreamError, OSError):
            return None
        self._looked = True
        return found

    async def _sign_in_and_take(self, driver: Pop3Driver) -> tuple[list[Hop], bool] | None:
        if self._dialer.implicit:
            await driver.read_greeting()
        await driver.ask_capabilities()
        await driver.sign_in(self._username, self._password)
        size = await driver.stat()
        if size == self._known:
            return None
        for number in newest(size.messages, self._limits.probe_newest_messages_limit):
            unique_id = await driver.unique_id(number)
            if unique_id in self._others:
                continue
            header = await driver.read_header(number)
            if header is not None and names_test(header, self._trip.token):
                return hops_of(header, self._limits.probe_hops_limit), await driver.remove(number)
            self._note(unique_id)
        self._known = size
        return None
