"""A web process reads what probes may find without loading what opens sockets."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_findings_and_limits_load_nothing_that_opens_sockets() -> None:
    script = "import sys, mailsetup.probes.findings, mailsetup.probes.app_settings; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    )
    modules = done.stdout.split()
    ours = {name for name in modules if name.startswith("mailsetup.probes.")}
    assert {".".join(name.split(".")[:3]) for name in ours} == {
        "mailsetup.probes.app_settings",
        "mailsetup.probes.findings",
    }
    assert not {"dns", "cryptography", "asyncio"} & set(modules)
