"""A real demo mail server on free ports, for all tests of this folder."""

import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.demo.servers import MailServer, accepts_connections, free_ports

READY_WITHIN_SECONDS = 20


@pytest.fixture(scope="session")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    server = MailServer(tmp_path_factory.mktemp("demo-mail"), *free_ports(3))
    process = subprocess.Popen(server.command())
    try:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not all(map(accepts_connections, (server.imap_port, server.pop3_port, server.smtp_port))):
            assert process.poll() is None, "the demo mail server ended at once"
            assert time.monotonic() < deadline, "the demo mail server does not listen"
            time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=10)
