"""A look at services without credentials: all steps up to the sign-in. The watch repeats it every hour."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from mailsetup.clientconfig import ServerSettings
from mailsetup.probes.ask import Ask, ignore
from mailsetup.probes.channel import open_channel
from mailsetup.probes.dialer import Dialer
from mailsetup.probes.findings import Code, ServiceReport
from mailsetup.probes.recorder import Recorder, StepFailed
from mailsetup.probes.vantage import Vantage


async def look(services: Sequence[ServerSettings], vantage: Vantage) -> list[ServiceReport]:
    """Reports of all services in their order, whatever the servers do.

    Takes at most `probe_overall_seconds`.
    """
    return await asyncio.gather(*(_look_at(service, vantage) for service in services))


async def _look_at(service: ServerSettings, vantage: Vantage) -> ServiceReport:
    ask = Ask(address="", incoming=service, outgoing=service, password=None, round_trip=False, token="")
    recorder = Recorder(0, service, ask, vantage.limits, ignore)
    recorder.skip_rest(Code.NO_PASSWORD)
    dialer = Dialer(service, vantage)
    try:
        with suppress(StepFailed, TimeoutError):
            async with asyncio.timeout(vantage.limits.probe_overall_seconds):
                await dialer.quit(await open_channel(dialer, recorder))
    finally:
        dialer.close()
    return recorder.finish()
