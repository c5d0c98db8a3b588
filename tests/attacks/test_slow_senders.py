"""Sockets that send slowly keep no thread of the portal waiting."""

import http.client
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.daemon import Daemon, free_ports

ROOT = Path(__file__).parents[2]
SOCKETS = 24
TOO_SLOW = b"The request did not arrive within 3 seconds. Please try again."
GRANIAN = ("granian", "--interface", "asgi", "portal.asgi:application")
HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A portal with one thread for people."""
    (port,) = free_ports(1)
    web = Daemon(
        [sys.executable, "-m", *GRANIAN, "--port", str(port)],
        tmp_path_factory.mktemp("slow") / "web.log",
        environment={
            **os.environ,
            "PORTAL_HOSTS": "127.0.0.1",
            "PEOPLE_THREADS_COUNT": "1",
            "REQUEST_SECONDS": "3",
        },
        folder=ROOT,
    )
    try:
        web.wait_until_listening(port)
        yield port
    finally:
        web.stop()


def status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize(
    "begun", [HEAD, HEAD + b"login=", HEAD[:30]], ids=["no body", "half a body", "half a head"]
)
def test_pages_come_while_many_send_slowly(port: int, begun: bytes) -> None:
    assert status(port) == 200
    slow = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(SOCKETS)]
    try:
        for each in slow:
            each.sendall(begun)
        assert [status(port) for _ in range(5)] == [200] * 5
        # The page did not wait until these were given up.
        slow[0].settimeout(0)
        with pytest.raises(BlockingIOError):
            slow[0].recv(1)
    finally:
        for each in slow:
            each.close()


def test_whoever_sends_too_slowly_is_told_so_and_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(HEAD + b"login=")
        answer = b""
        while more := slow.recv(4096):
            answer += more
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answer.endswith(TOO_SLOW)
