"""Servers in processes of their own, for as long as something is measured."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.bench.load import Server
from tests.parts.daemon import free_ports

ROOT = Path(__file__).parents[2]


@contextmanager
def granian(application: str, interface: str, environment: dict[str, str]) -> Iterator[Server]:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--no-ws", application]
    with running(command, port, environment) as server:
        yield server


@contextmanager
def running(command: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[list[psutil.Process]]:
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for_socket(port)
            watched = psutil.Process(process.pid)
            yield Server(port, (watched, *watched.children(recursive=True)))
        finally:
            process.terminate()


def _wait_for_socket(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("The server did not start.")
