"""The list of all planted faults, to which each file here adds its own."""

from collections.abc import Callable
from dataclasses import dataclass

from mailsetup.probes.findings import Code
from tests.probes.stage import Shown, Stage

Plant = Callable[[Stage], Shown]


@dataclass(frozen=True)
class Planted:
    """`how` completes the sentence "The suite provokes it by …"."""

    code: Code
    how: str
    plant: Plant


PLANTED: list[Planted] = []
# Those that no mail server makes: what else does, and the test that sees it.
ELSEWHERE: dict[Code, tuple[str, str]] = {
    Code.CANCELLED: ("stopping the test on its page", "tests/connection_tests/test_cancel.py"),
    Code.LOST_RUN: ("killing the worker", "tests/e2e/test_lost_run.py"),
    Code.UNKNOWN: ("a row with a code that is gone", "tests/connection_tests/test_old_rows.py"),
}


def planted(code: Code, how: str) -> Callable[[Plant], Plant]:
    def add(plant: Plant) -> Plant:
        PLANTED.append(Planted(code, how, plant))
        return plant

    return add
