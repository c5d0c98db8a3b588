"""Golden files: the bytes of every format, kept under tests/golden. `GOLDEN=1` writes them anew."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.fixture
def matches_golden() -> Callable[[str, bytes], None]:
    """Compare bytes with the golden file of that name."""

    def compare(name: str, rendered: bytes) -> None:
        path = GOLDEN / name
        if os.environ.get("GOLDEN") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(rendered)
        assert path.exists(), f"There is no tests/golden/{name}: run `make golden` and look at it."
        assert rendered == path.read_bytes(), f"{name} differs: run `make golden` and look at the difference."

    return compare
