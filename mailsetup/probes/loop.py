"""The event loop in which all tests of a worker run at once, in a thread of its own.

Probes wait most of their time, and a loop and a thread for each test cost the processor more than what they
say to the servers. So nothing in a probe may block the thread, nor take it long, whatever a server sends.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_starting = threading.Lock()
_started: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    with _starting:
        if not _started:
            _started.append(asyncio.new_event_loop())
            threading.Thread(target=_started[0].run_forever, name="probes", daemon=True).start()
        return _started[0]


class InLoop(Generic[T]):
    """A coroutine that runs there; `over` is settled once it has really ended, and not when it is told to.

    `over` has what the coroutine returns or raises; it is cancelled where the coroutine was stopped.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self.over: Future[T] = Future()
        self._loop = _loop()
        self._loop.call_soon_threadsafe(self._begin, coroutine)

    def _begin(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._task = self._loop.create_task(coroutine)
        self._task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            self.over.cancel()
            self.over.set_running_or_notify_cancel()
        elif (error := task.exception()) is not None:
            self.over.set_exception(error)
        else:
            self.over.set_result(task.result())

    def stop(self) -> None:
        """Have the coroutine end where it waits; nothing happens to one that is over."""
        # The loop comes by here after _begin: it takes its calls in their order.
        self._loop.call_soon_threadsafe(lambda: self._task.cancel())
