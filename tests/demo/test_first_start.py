"""`make run` on a machine that has never run it."""

import shutil
import subprocess
from pathlib import Path

from tests.architecture.rooms import ROOT


def test_without_the_internet_it_says_that_it_is_needed_once(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements-demo.txt").touch()
    # An environment whose pip reaches nobody.
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 'Could not fetch anything' >&2\nexit 1\n")
    python.chmod(0o755)
    done = subprocess.run(["make", "run"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "The packages could not be fetched. The first start needs the internet once;" in done.stderr
    assert not (tmp_path / ".venv" / ".demo").exists(), "the next start tries again"
