"""How a measurement is said."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """`measured` and `limit` in `unit`; a promise is kept when it is not over its limit."""

    name: str
    measured: float
    limit: float
    unit: str

    @property
    def kept(self) -> bool:
        return self.measured <= self.limit


def say(measure: Callable[[], list[Promise]]) -> None:
    """Measure, and print a line for each promise; then how long the same loop took before and after."""
    before = _loop_ms()
    promises = measure()
    width = max(len(promise.name) for promise in promises)
    for promise in promises:
        mark = "kept" if promise.kept else "OVER"
        ratio = promise.measured / promise.limit
        print(
            f"{promise.name:{width}}  {promise.measured:8.2f} of {promise.limit:g} {promise.unit:6}"
            f"  ({ratio:4.0%})  {mark}"
        )
    print(f"  (a loop took {before:.1f} ms before and {_loop_ms():.1f} ms after)", flush=True)


def _loop_ms() -> float:
    """How fast this machine is now: a core that somebody else's work shares is half as fast for minutes."""
    took = []
    for _ in range(9):
        started = time.perf_counter()
        sum(number & 3 for number in range(100_000))
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000
