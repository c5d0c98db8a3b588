"""Prints each promise and what was measured. Machines are noisy: ratios count more than milliseconds.

python -m tests.bench [PART ...]
"""

import sys
import tempfile
from pathlib import Path

import tests.environment  # noqa: F401  # before Django reads its settings
from tests.bench import admin_lists, attack, crowd, desk, discovery, engine, guide_page, press, rush, signing
from tests.bench.report import say


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="mwb") as name:
        folder = Path(name)
        parts = {
            "crowd": lambda: crowd.measure(folder / "crowd"),
            "engine": lambda: engine.measure(folder / "engine"),
            "press": lambda: press.measure(folder / "press"),
            "rush": lambda: rush.measure(folder / "rush"),
            "guide": lambda: guide_page.measure(folder / "guide"),
            "desk": lambda: desk.measure(folder / "desk"),
            "attack": lambda: attack.measure(folder / "attack"),
            "discovery": lambda: discovery.measure(folder / "discovery"),
            "signing": signing.measure,
            # The last: it leaves a large database behind.
            "lists": lambda: admin_lists.measure(folder / "lists"),
        }
        wanted = set(sys.argv[1:]) or set(parts)
        if wanted - set(parts):
            raise SystemExit(f"The parts are: {', '.join(parts)}.")
        for part, measure in parts.items():
            # The first sets Django up for the others.
            if part in wanted | {"crowd"}:
                say(measure)


if __name__ == "__main__":
    main()
