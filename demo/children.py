"""Child processes that end together with this one, whatever ends it."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_WITHIN_SECONDS = 5.0
POLL_SECONDS = 0.05
LOG_LINES_SHOWN = 20
PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec a child may hardly do more than a system call.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Child:
    """One program: `name` is what people call it, `is_ready` says whether it does its work yet."""

    name: str
    command: Sequence[str]
    log: Path
    is_ready: Callable[[], bool]
    process: "subprocess.Popen[bytes] | None" = None
    starts: list[float] = field(default_factory=list)

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        supervisor = os.getpid()
        # After a start again the log still says why the one before ended.
        with self.log.open("ab" if self.starts else "wb") as log:
            self.starts.append(time.monotonic())
            self.process = subprocess.Popen(
                self.command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C reaches the supervisor alone, and what the child starts can be
                # stopped together with it.
                process_group=0,
                preexec_fn=lambda: _end_with(supervisor),
            )

    @property
    def has_ended(self) -> bool:
        return self.exit_status is not None

    @property
    def exit_status(self) -> int | None:
        """None while it runs and before it is started."""
        return None if self.process is None else self.process.poll()

    def how_it_ended(self) -> str:
        """What to say behind "it ended": a signal leaves no word in the log."""
        status = self.exit_status or 0
        return f" by {signal.Signals(-status).name}" if status < 0 else f" (why is in {self.log})"

    def starts_within(self, seconds: float) -> int:
        """How often it was started in the last `seconds`."""
        return sum(time.monotonic() - started < seconds for started in self.starts)

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])

    def signal_group(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            # The group is empty. (macOS says so with a permission error.)
            return


def first_ended(children: Sequence[Child]) -> Child | None:
    return next((child for child in children if child.has_ended), None)


def wait_until_ready(children: Sequence[Child], seconds: float) -> Child | None:
    """Returns the child that ended, or is not ready after `seconds`; None when all of them are ready."""
    deadline = time.monotonic() + seconds
    for child in children:
        while not child.is_ready():
            ended = first_ended(children)
            if ended is not None:
                return ended
            if time.monotonic() > deadline:
                return child
            time.sleep(POLL_SECONDS)
    return None


def stop(children: Sequence[Child]) -> None:
    """Asks every child to end, and ends after five seconds whatever is left in its group."""
    for child in children:
        child.signal_group(signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_SECONDS
    while time.monotonic() < deadline and not all(child.has_ended for child in children if child.process):
        time.sleep(POLL_SECONDS)
    for child in children:
        child.signal_group(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def _end_with(supervisor: int) -> None:
    """Runs in the child before its program: a supervisor that is killed can't stop anybody any more."""
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:
        os._exit(1)
