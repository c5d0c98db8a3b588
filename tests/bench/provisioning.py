"""Provisioning from a file: how long for so many domains, and how much memory."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.bench.report import Promise
from tests.bench.serving import ROOT

# What an MX record has to name to lead to the server of the file.
MX = "a.mx.hoster.example"


def provision(database: Path, size: int) -> list[Promise]:
    """Provisions so many domains, and the same file again, in processes of their own."""
    services = [
        {"type": kind, "hostname": "mail.%EMAILDOMAIN%", "port": port, "socket_type": "SSL"}
        for kind, port in (("imap", 993), ("pop3", 995), ("smtp", 465))
    ]
    server = {"name": "one", "services": services, "mx_patterns": [MX]}
    domains = [{"name": f"d{number}.example", "server": "one"} for number in range(size)]
    file = database.with_suffix(".json")
    file.write_text(json.dumps({"servers": [server], "domains": domains}))
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "DEBUG": "true"}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
    took, most = [], 0.0
    for _ in range(2):
        started = time.perf_counter()
        with subprocess.Popen(
            [*manage, "provision", str(file)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        ) as process:
            watched = psutil.Process(process.pid)
            while process.poll() is None:
                most = max(most, _memory(watched))
                time.sleep(0.1)
        took.append(time.perf_counter() - started)
    return [
        Promise(f"provisioning {size:,} domains", took[0], 60, "s"),
        Promise(f"provisioning {size:,} domains again", took[1], 20, "s"),
        Promise(f"provisioning {size:,} domains, memory", most, 300, "MiB"),
    ]


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 2**20
    except psutil.NoSuchProcess:
        return 0.0
