"""What every test of this room starts with."""

import pytest


@pytest.fixture(autouse=True)
def without_a_broker(no_broker: dict[int, str]) -> None:
    """Tasks are noted, not sent."""
