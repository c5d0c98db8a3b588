"""A database of an earlier development version is refused before anything is written to it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.architecture.rooms import ROOT

SENTENCE = "DATABASE_URL names a database of an earlier development version"


@pytest.fixture
def database_of_before(tmp_path: Path) -> Path:
    file = tmp_path / "mailway.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE mailsetup_server (id integer PRIMARY KEY)")
    return file


def run(database: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "arguments",
    [
        ["-c", "import portal.wsgi"],
        ["-m", "celery", "--app=portal", "worker", "--pool=solo"],
        ["manage.py", "migrate"],
    ],
    ids=["web", "worker", "migrate"],
)
def test_it_stops_the_start_with_what_to_do(database_of_before: Path, arguments: list[str]) -> None:
    done = run(database_of_before, *arguments)
    assert done.returncode != 0
    assert SENTENCE in done.stderr
    assert "manage.py migrate" in done.stderr
    with closing(sqlite3.connect(database_of_before)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("mailsetup_server",)]


def test_a_new_one_is_taken(tmp_path: Path) -> None:
    done = run(tmp_path / "new.sqlite3", "-c", "import portal.wsgi")
    assert done.returncode == 0, done.stderr
