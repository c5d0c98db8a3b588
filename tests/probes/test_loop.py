"""Many coroutines at once in one thread, each with an end of its own."""

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from mailsetup.probes.loop import InLoop

PATIENCE_SECONDS = 20


def test_what_waits_lets_others_by_in_one_thread() -> None:
    met = asyncio.Event()

    async def wait() -> str:
        await met.wait()
        return threading.current_thread().name

    async def go_on() -> str:
        met.set()
        return threading.current_thread().name

    first, second = InLoop(wait()), InLoop(go_on())
    names = {one.over.result(PATIENCE_SECONDS) for one in (first, second)}
    assert len(names) == 1
    assert names != {threading.current_thread().name}


def test_what_breaks_breaks_for_whoever_waits_for_it_and_for_nobody_else() -> None:
    async def broken() -> None:
        raise LookupError("broken")

    async def whole() -> int:
        return 1

    with pytest.raises(LookupError, match="broken"):
        InLoop(broken()).over.result(PATIENCE_SECONDS)
    assert InLoop(whole()).over.result(PATIENCE_SECONDS) == 1


def test_what_is_stopped_is_over_when_it_has_cleared_up() -> None:
    begun, cleared = threading.Event(), threading.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            cleared.set()

    waiting = InLoop(wait())
    assert begun.wait(PATIENCE_SECONDS)
    waiting.stop()
    with pytest.raises(CancelledError):
        waiting.over.result(PATIENCE_SECONDS)
    assert cleared.is_set()


def test_what_is_stopped_at_once_or_too_late_is_over_all_the_same() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    async def end() -> int:
        return 1

    early, late = InLoop(wait()), InLoop(end())
    early.stop()
    assert late.over.result(PATIENCE_SECONDS) == 1
    late.stop()
    with pytest.raises(CancelledError):
        early.over.result(PATIENCE_SECONDS)
