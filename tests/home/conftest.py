"""What every test of this room starts with."""

import pytest


@pytest.fixture(autouse=True)
def without_a_broker(request: pytest.FixtureRequest) -> None:
    """Tasks are noted, not sent."""
    request.getfixturevalue("no_broker")
