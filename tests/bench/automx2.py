"""automx2 from PyPI in an environment of its own, with two gunicorn workers and its own seed file."""

import json
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.load import Server, ask
from tests.bench.serving import running
from tests.parts.daemon import free_ports

_PACKAGES = ("automx2==2026.2", "gunicorn==27.0.1")


@contextmanager
def automx2(folder: Path, size: int) -> Iterator[Server]:
    """It runs, with so many domains in it."""
    home = folder / "automx2"
    if not home.exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin/pip", "install", "--quiet", *_PACKAGES], check=True)
    database, config = folder / f"automx2-{size}.sqlite3", folder / "automx2.conf"
    config.write_text(f"[automx2]\ndb_uri = sqlite:///{database}\nloglevel = ERROR\n")
    (port,) = free_ports(1)
    command = [str(home / "bin/gunicorn"), "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    command += ["--log-level", "error", "automx2.server:app"]
    with running(command, port, {"AUTOMX2_CONF": str(config)}) as server:
        seed = {
            "version": 2,
            "provider": "Example Mail",
            "domains": [{"name": f"d{number}.example"} for number in range(size)],
            "servers": [
                {"name": "mail.hoster.example", "type": "imap"},
                {"name": "mail.hoster.example", "type": "pop"},
                {"name": "mail.hoster.example", "type": "smtp"},
            ],
        }
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request("POST", "/initdb/", json.dumps(seed), {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200
        connection.close()
        assert ask(port, "d0.example") == 200, "automx2 answers with a document"
        yield server
