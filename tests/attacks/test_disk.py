"""Nobody else on the machine reads what the portal keeps."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """The folder of an installation whose administrator has an open umask."""
    folder = tmp_path / "var"
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/data/mailway.sqlite3",
        "CELERY_BROKER_URL": f"filesystem://{folder}/broker",
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, umask=0o022)
    return folder


def open_to_others(folder: Path) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in [folder, *folder.rglob("*")]
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


def test_database_and_queue_are_private(var: Path) -> None:
    assert (var / "data" / "mailway.sqlite3").stat().st_size > 0
    assert (var / "broker" / "messages").is_dir()
    assert open_to_others(var) == []


def test_a_database_that_was_open_to_others_is_closed(var: Path) -> None:
    database = var / "data" / "mailway.sqlite3"
    database.chmod(0o644)
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}"}
    subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, check=True)
    assert open_to_others(var) == []
