"""Ports that refuse, and ports that swallow."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

# Linux queues one connection more than asked for; a few spare ones make sure.
_FILLERS = 4


def closed_port() -> int:
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port: int = opened.getsockname()[1]
    return port


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port whose queue is full: the kernel drops every further SYN, as a firewall does."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        fillers = [socket.socket() for _ in range(_FILLERS)]
        try:
            for filler in fillers:
                filler.settimeout(0)
                filler.connect_ex(listener.getsockname())
            yield listener.getsockname()[1]
        finally:
            for filler in fillers:
                filler.close()
