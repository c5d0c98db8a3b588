"""The same server over the other family of addresses: as far as encryption, never with credentials.

Which family an app gets is decided by who answers first (RFC 8305), and behind each may be another machine.
"""

import asyncio
from typing import Any

from mailsetup.probes.diagnosis import verified_handshake
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.wire.network import IPAddress
from mailsetup.probes.wire.stream import LineStream, StreamError


class OtherFamily:
    """Looks beside the test, over a connection that is open already."""

    def __init__(self, dialer: Dialer, stream: LineStream, address: IPAddress) -> None:
        self._address, self._limits = address, dialer.limits
        self._dialer = Dialer(dialer.settings, dialer.vantage)
        driver = self._dialer.start_session(stream, address)
        loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[Code] = loop.create_future()
        self._task = loop.create_task(self._look(driver))

    @property
    def broken(self) -> Code:
        """The name for encryption that fails over this family alone."""
        return Code.V6_BROKEN_V4_OK if self._address.version == 6 else Code.V4_BROKEN_V6_OK

    async def outcome(self) -> Code | None:
        """What came of encryption there; None: it was not over in time."""
        await asyncio.wait([self._outcome], timeout=self._limits.probe_connect_grace_seconds)
        return self._outcome.result() if self._outcome.done() else None

    def describe(self, outcome: Code) -> dict[str, Any]:
        return {"other_family": {"address": str(self._address), "code": outcome.value}}

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._dialer.close()

    async def _look(self, driver: Driver) -> None:
        dialer = self._dialer
        try:
            if not dialer.implicit:
                async with asyncio.timeout(self._limits.probe_greeting_seconds):
                    await driver.read_greeting()
                    await dialer.negotiate_starttls(driver)
            await verified_handshake(dialer, driver)
        except Fault as fault:
            self._outcome.set_result(fault.code)
        except TimeoutError:
            self._outcome.set_result(Code.SILENT)
        except (StreamError, OSError):
            self._outcome.set_result(Code.CLOSED_AT_ONCE)
        else:
            self._outcome.set_result(Code.OK)
            await dialer.quit(driver)
