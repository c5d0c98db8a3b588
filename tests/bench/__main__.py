"""Prints each promise and what was measured. Machines are noisy: ratios count more than milliseconds."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import tests.environment  # noqa: F401  # before Django reads its settings
from tests.bench import admin_lists, attack, crowd, desk, discovery, engine, guide_page, press, rush, signing
from tests.bench.report import Promise, print_promises


def main() -> None:
    promises: list[Promise] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mwb")))
        promises += crowd.measure(folder / "crowd")
        promises += engine.measure(folder / "engine")
        promises += press.measure(folder / "press")
        promises += rush.measure(folder / "rush")
        promises += guide_page.measure(folder / "guide")
        promises += desk.measure(folder / "desk")
        promises += attack.measure(folder / "attack")
        promises += discovery.measure(folder / "discovery")
        promises += signing.measure()
        # The last: it leaves a large database behind.
        promises += admin_lists.measure(folder / "lists")
    print_promises(promises)


if __name__ == "__main__":
    main()
