"""Sixty-four tests at once against a server whose greeting takes two seconds, on one worker process."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import django
import psutil

from tests.bench.report import Promise
from tests.e2e.portal import REPOSITORY
from tests.faults.thread import ServerThread
from tests.parts.daemon import Daemon

CROWD = 64
HOST = "mail.crowd.test"
_WORKER = (
    *(
        "celery",
        "-A",
        "portal",
        "worker",
        "--pool=threads",
        f"--concurrency={CROWD}",
        "--queues=probes,default",
    ),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO"),
)


async def _greets_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(2)
    writer.write(b"* OK slow\r\n")
    await reader.read(1000)
    writer.close()


def measure(folder: Path) -> list[Promise]:
    folder.mkdir()
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
        "CELERY_BROKER_URL": f"filesystem://{folder}/broker",
        "PROBE_HOSTS": f"{HOST}=127.0.0.1",
        "PROBE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    django.setup()
    with ServerThread() as servers:
        seconds, megabytes = _run(folder, servers.listen(_greets_late))
    return [
        Promise(f"{CROWD} tests at once, greeting after 2 s", seconds, 3.5, "s"),
        Promise("memory of that worker", megabytes, 150, "MiB"),
    ]


def _run(folder: Path, port: int) -> tuple[float, float]:
    from django.core.management import call_command  # noqa: PLC0415  # once Django is set up
    from django.db import connection  # noqa: PLC0415

    from mailsetup.connection_tests import credentials  # noqa: PLC0415
    from mailsetup.connection_tests.models import ConnectionTest  # noqa: PLC0415
    from mailsetup.connection_tests.tasks import enqueue_connection_test  # noqa: PLC0415
    from mailsetup.hosting.provisioning import provision  # noqa: PLC0415
    from tests.queued import queued_test  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    # For the portals of the parts that come later.
    call_command("collectstatic", interactive=False, verbosity=0)
    provision(json.dumps(_provider_file(port)).encode())
    worker = Daemon(
        [sys.executable, "-m", *_WORKER],
        folder / "worker.log",
        environment=dict(os.environ),
        folder=REPOSITORY,
    )
    try:
        worker.wait_until_logged(" ready.")
        key = credentials.new_key()
        waiting = [queued_test(f"user{number}@crowd.test", "crowd", key) for number in range(CROWD)]
        started = time.perf_counter()
        for test in waiting:
            enqueue_connection_test(test, key)
        while ConnectionTest.objects.filter(state="done").count() < CROWD:
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        megabytes = psutil.Process(worker.pid).memory_info().rss / 2**20
    finally:
        worker.stop()
        connection.close()
    return seconds, megabytes


def _provider_file(port: int) -> dict[str, object]:
    services = [
        {"type": kind, "hostname": HOST, "port": port, "socket_type": "STARTTLS"} for kind in ("imap", "smtp")
    ]
    return {
        "servers": [{"name": "slow", "services": services}],
        "domains": [{"name": "crowd.test", "server": "slow"}],
    }
