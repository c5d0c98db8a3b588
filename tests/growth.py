"""How much longer a longer text takes: a ratio, for no machine is as fast as another."""

import time
from collections.abc import Callable
from typing import Any


def growth(work: Callable[[str], Any], short: str, long: str) -> float:
    """How many times as long `work` takes with `long`; the best of five, in time of this thread alone."""

    def seconds(text: str) -> float:
        started = time.thread_time()
        work(text)
        return time.thread_time() - started

    work(short)  # whose rules are ready now
    return min(seconds(long) for _ in range(5)) / min(seconds(short) for _ in range(5))
