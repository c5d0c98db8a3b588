"""Many who do the same at the same moment, in a process and on a database of their own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.architecture.rooms import ROOT


@dataclass(frozen=True)
class Crowd:
    """Runs scripts on an empty database, which they migrate themselves."""

    database_url: str

    def run(self, script: str, **environment: str) -> Any:
        """What `script`, which begins the threads, has printed as JSON at its end."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.database_url, **environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
