"""What the settings of an installation come to."""

import runpy
from pathlib import Path
from typing import Any

import pytest

SETTINGS = Path(__file__).resolve().parents[2] / "portal" / "settings.py"


def settings_of(environment: dict[str, str]) -> dict[str, Any]:
    """Every setting that an installation with this environment has; raises what stops its start.

    The file is run anew, as each start does. A process of its own takes a second, which is for the tests of
    what becomes of a start that is stopped (test_start.py).
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))
