"""Prints each promise and what was measured. Machines are noisy: ratios count more than milliseconds."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import tests.environment  # noqa: F401  # before Django reads its settings
from tests.bench import admin_lists, attack, crowd, desk, discovery, engine, guide_page, press, rush, signing
from tests.bench.report import measured, print_promises


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mwb")))
        parts = measured(
            lambda: crowd.measure(folder / "crowd"),
            lambda: engine.measure(folder / "engine"),
            lambda: press.measure(folder / "press"),
            lambda: rush.measure(folder / "rush"),
            lambda: guide_page.measure(folder / "guide"),
            lambda: desk.measure(folder / "desk"),
            lambda: attack.measure(folder / "attack"),
            lambda: discovery.measure(folder / "discovery"),
            signing.measure,
            # The last: it leaves a large database behind.
            lambda: admin_lists.measure(folder / "lists"),
        )
    print_promises(parts)


if __name__ == "__main__":
    main()
