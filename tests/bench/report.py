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


@dataclass(frozen=True, slots=True)
class Part:
    """Promises that were measured one after the other, and how long the same loop took around them, in ms."""

    promises: list[Promise]
    loop_ms: float


def measured(*measure: Callable[[], list[Promise]]) -> list[Part]:
    """Each part in its turn."""
    parts = []
    for each in measure:
        before = _loop_ms()
        promises = each()
        parts.append(Part(promises, statistics.mean((before, _loop_ms()))))
    return parts


def _loop_ms() -> float:
    """How fast this machine is now: a core that somebody else's work shares is half as fast for minutes."""
    took = []
    for _ in range(9):
        started = time.perf_counter()
        sum(number & 3 for number in range(100_000))
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000


def print_promises(parts: list[Part]) -> None:
    """A line for each; the last column is the machine's speed around it, beside its best in this run."""
    width = max(len(promise.name) for part in parts for promise in part.promises)
    best = min(part.loop_ms for part in parts)
    for part in parts:
        for promise in part.promises:
            mark = "kept" if promise.kept else "OVER"
            ratio = promise.measured / promise.limit
            print(
                f"{promise.name:{width}}  {promise.measured:8.2f} of {promise.limit:g} {promise.unit:6}"
                f"  ({ratio:4.0%})  {mark}  speed {best / part.loop_ms:4.2f}"
            )
