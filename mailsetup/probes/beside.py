"""What a test looks at beside its own connection: over one more to the server, never with credentials.

What is not over when the test needs it is not told, so that nothing here holds a test up.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar

from mailsetup.probes.diagnosis import verified_handshake
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.wire.network import IPAddress
from mailsetup.probes.wire.stream import LineStream, StreamError
from mailsetup.probes.wire.tls import lenient_context, old_context

T = TypeVar("T")


class Beside(Generic[T]):
    """A look that runs already; `close` ends it."""

    def __init__(
        self, looking: Coroutine[Any, Any, T], patience_seconds: float, on_close: Callable[[], None]
    ) -> None:
        self._task = asyncio.create_task(looking)
        self._patience_seconds, self._on_close = patience_seconds, on_close

    async def result(self) -> T | None:
        """What was found; None: it is not over in time."""
        await asyncio.wait([self._task], timeout=self._patience_seconds)
        return self._task.result() if self._task.done() else None

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._on_close()


# --- The other family of addresses --------------------------------------------------------------------


def look_at_other_family(dialer: Dialer, stream: LineStream, address: IPAddress) -> Beside[Code]:
    """What comes of encryption there, over a connection that is open.

    Which family an app gets is decided by who answers first (RFC 8305), and behind each may be another
    machine.
    """
    own = Dialer(dialer.settings, dialer.vantage)
    driver = own.start_session(stream, address)
    return Beside(_encrypt(own, driver), dialer.limits.probe_connect_grace_seconds, own.close)


async def _encrypt(dialer: Dialer, driver: Driver) -> Code:
    try:
        if not dialer.implicit:
            async with asyncio.timeout(dialer.limits.probe_greeting_seconds):
                await driver.read_greeting()
                await dialer.negotiate_starttls(driver)
        await verified_handshake(dialer, driver)
    except Fault as fault:
        return fault.code
    except TimeoutError:
        return Code.SILENT
    except (StreamError, OSError):
        return Code.CLOSED_AT_ONCE
    await dialer.quit(driver)
    return Code.OK


# --- What is asked once a day --------------------------------------------------------------------------


class _Remembered:
    """What each address and port was like, and when it was asked, by time.monotonic().

    `lasting` are the answers that are kept: what is wrong is asked again, and so is what nobody could tell.
    """

    def __init__(self, lasting: tuple[bool, ...]) -> None:
        self._lasting = lasting
        self._answers: dict[tuple[IPAddress, int], tuple[float, bool]] = {}
        self._asking: set[tuple[IPAddress, int]] = set()

    def get(self, dialer: Dialer, address: IPAddress) -> bool | None:
        """None: it was never asked, or too long ago."""
        seconds = dialer.limits.probe_server_traits_hours * 60 * 60
        for server, (since, _answer) in list(self._answers.items()):
            if time.monotonic() - since >= seconds:
                self._answers.pop(server, None)
        since_and_answer = self._answers.get((address, dialer.settings.port))
        return since_and_answer[1] if since_and_answer else None

    def claim(self, dialer: Dialer, address: IPAddress) -> bool:
        """Whether to ask: nobody else does at this moment. Many tests may begin at once."""
        server = address, dialer.settings.port
        if server in self._asking:
            return False
        self._asking.add(server)
        return True

    def release(self, dialer: Dialer, address: IPAddress) -> None:
        self._asking.discard((address, dialer.settings.port))

    def put(self, dialer: Dialer, address: IPAddress, *, answer: bool | None) -> None:
        if answer is not None and answer in self._lasting:
            self._answers[address, dialer.settings.port] = time.monotonic(), answer

    def clear(self) -> None:
        self._answers.clear()


FORGETS_EARLY_COMMANDS = _Remembered(lasting=(True,))
TAKES_OLD_TLS = _Remembered(lasting=(True, False))


def look_for_early_commands(dialer: Dialer, address: IPAddress) -> Beside[bool | None]:
    """Whether the server forgets at STARTTLS what was sent before it; False: CVE-2011-0411 and its like.

    It is not asked each time, because the question looks like an attack: Postfix logs "improper command
    pipelining", and whoever reads logs for fail2ban may shut us out.
    """
    return _look_once(FORGETS_EARLY_COMMANDS, _forgets, dialer, address)


def look_for_old_tls(dialer: Dialer, address: IPAddress) -> Beside[bool | None]:
    """Whether the server takes TLS 1.1 or older, which is all that some old systems know."""
    return _look_once(TAKES_OLD_TLS, _takes_old, dialer, address)


def _look_once(
    remembered: _Remembered,
    look: Callable[[Dialer], Coroutine[Any, Any, bool | None]],
    dialer: Dialer,
    address: IPAddress,
) -> Beside[bool | None]:
    """What `look` says, or said a while ago; None: it could not say, or another test is asking."""
    own = Dialer(dialer.settings, dialer.vantage, address)

    async def ask() -> bool | None:
        known = remembered.get(own, address)
        if known is not None or not remembered.claim(own, address):
            return known
        try:
            answer = await look(own)
            remembered.put(own, address, answer=answer)
        finally:
            remembered.release(own, address)
        return answer

    return Beside(ask(), dialer.limits.probe_connect_grace_seconds, own.close)


async def _forgets(dialer: Dialer) -> bool | None:
    try:
        driver = await dialer.dial_to_handshake(with_early_command=True)
    except Fault as fault:
        # What is refused is not obeyed.
        return True if fault.code is Code.STARTTLS_REFUSED else None
    except (StreamError, OSError):
        return None
    with suppress(Fault, StreamError, OSError):
        await dialer.start_tls(driver, lenient_context())
        async with asyncio.timeout(dialer.limits.probe_command_seconds):
            return not await driver.quit_after_early_command()
    # Some close the connection.
    return True


async def _takes_old(dialer: Dialer) -> bool | None:
    try:
        driver = await dialer.dial_to_handshake()
    except (Fault, StreamError, OSError):
        return None
    try:
        await dialer.start_tls(driver, old_context())
    except (StreamError, OSError):
        return False
    await dialer.quit(driver)
    return True
