"""Real parts for the whole suite. Each starts when the first test asks for it, once."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.faults import Authority, ServerThread
from tests.mail.lab import MailLab, running_mail_lab
from tests.parts.crowd import Crowd
from tests.parts.postgres import Postgres, running_postgres
from tests.parts.redis_server import RedisServer, running_redis


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> Crowd:
    """On either kind of database: their locks differ."""
    if request.param == "sqlite":
        return Crowd(f"sqlite:///{tmp_path}/crowd.sqlite3")
    postgres: Postgres = request.getfixturevalue("postgres")
    return Crowd(postgres.create_database(f"crowd_{uuid4().hex}"))


@pytest.fixture(scope="session")
def mail_lab() -> Iterator[MailLab]:
    with running_mail_lab() as lab:
        yield lab


@pytest.fixture(scope="session")
def crowded_mail_lab() -> Iterator[MailLab]:
    """A second lab, in which a mailbox may hold one connection only."""
    with running_mail_lab(max_connections=1) as lab:
        yield lab


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def servers() -> Iterator[ServerThread]:
    """Small servers that end with the test."""
    with ServerThread() as thread:
        yield thread
