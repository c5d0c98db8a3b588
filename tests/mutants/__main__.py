"""`make mutants`; the package's docstring says what it is for."""

import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutants.forks import TestsFail, tried, warm_up
from tests.mutants.mutations import Mutant, mutants_of

HERE = Path(__file__).parent
# Of a hundred mistakes that count, at least so many are noticed.
GOAL = 90


@dataclass(slots=True)
class Figures:
    killed: int = 0
    survived: int = 0
    equivalent: int = 0

    def add(self, other: "Figures") -> None:
        self.killed += other.killed
        self.survived += other.survived
        self.equivalent += other.equivalent

    @property
    def percent(self) -> float:
        """Rounded down: 89.99 is not 90."""
        counted = self.killed + self.survived
        return self.killed * 1000 // counted / 10 if counted else 100.0

    def __str__(self) -> str:
        return f"{self.killed:7} {self.survived:9} {self.equivalent:11} {self.percent:7.1f}%"


class Equivalents:
    """The mistakes that change nothing anybody could see, and which of them are still made."""

    def __init__(self, entries: list[dict[str, str]]) -> None:
        self._unseen = {
            (entry["path"], entry["was"], entry["becomes"]) for entry in entries if entry["reason"]
        }
        self._known = frozenset(self._unseen)

    def __contains__(self, mutant: Mutant) -> bool:
        key = (str(mutant.path), mutant.was, mutant.becomes)
        self._unseen.discard(key)
        return key in self._known

    def outdated(self, paths: list[Path]) -> list[tuple[str, str, str]]:
        return sorted(key for key in self._unseen if Path(key[0]) in paths or not Path(key[0]).exists())


def main(wanted: list[str]) -> int:
    equivalents = Equivalents(_read("equivalent.toml").get("equivalent", []))
    table: dict[Path, Figures] = {}
    for target in _read("targets.toml")["target"]:
        paths = list(_paths(target["modules"], wanted))
        if not paths:
            continue
        try:
            seconds = warm_up(target["tests"])
        except TestsFail as failure:
            print(failure, file=sys.stderr)
            return 1
        # A mistake may make a loop endless; a busy machine may be slow.
        limit = 10 + round(10 * seconds)
        for path in paths:
            table[path] = _examine(path, equivalents, target["tests"], limit)
    return _judge(table, equivalents.outdated(list(table)))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _paths(modules: list[str], wanted: list[str]) -> Iterator[Path]:
    for module in map(Path, modules):
        # The front of a package only names what is in it; a wrong name there stops every import.
        inside = sorted(set(module.rglob("*.py")) - set(module.rglob("__init__.py")))
        for path in inside if module.is_dir() else [module]:
            if not wanted or any(path.is_relative_to(name) for name in wanted):
                yield path


def _examine(path: Path, equivalents: Equivalents, tests: list[str], limit: int) -> Figures:
    figures = Figures()
    counted = []
    for mutant in mutants_of(path):
        if mutant in equivalents:
            figures.equivalent += 1
        else:
            counted.append(mutant)
    survivors = []
    for mutant, survived in tried(counted, tests, seconds=limit, at_once=os.cpu_count() or 1):
        if survived:
            survivors.append(mutant)
    figures.survived = len(survivors)
    figures.killed = len(counted) - figures.survived
    for mutant in sorted(survivors, key=lambda mutant: mutant.line):
        print(f"\n{path}:{mutant.line}\n  - {mutant.was}\n  + {mutant.becomes}", flush=True)
    return figures


def _judge(table: dict[Path, Figures], outdated: list[tuple[str, str, str]]) -> int:
    total = Figures()
    print(f"\n{'':48} {'killed':>7} {'survived':>9} {'equivalent':>11}")
    for path, figures in table.items():
        print(f"{path!s:48} {figures}")
        total.add(figures)
    print(f"{'in all':48} {total}")
    for key in outdated:
        print(f"equivalent.toml: nobody makes this mistake any more: {key}", file=sys.stderr)
    if total.percent < GOAL:
        print(f"Fewer than {GOAL} % of the mistakes were noticed.", file=sys.stderr)
    return int(bool(outdated) or total.percent < GOAL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
