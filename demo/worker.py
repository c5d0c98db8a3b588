"""The Celery worker of the demo; it leaves a file when it takes work.

python -m demo.worker var/worker-is-ready
"""

import sys
from pathlib import Path

from celery.signals import worker_ready

from portal.celery import app

OPTIONS = (
    "--pool=threads",
    "--concurrency=32",
    "--queues=probes,default",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
    "--loglevel=WARNING",
)


def main(sign: Path) -> None:
    def leave_sign(**_kwargs: object) -> None:
        sign.touch()

    # Celery keeps weak references to receivers; `leave_sign` lives as long as this function runs.
    worker_ready.connect(leave_sign)
    app.worker_main(["worker", *OPTIONS])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
