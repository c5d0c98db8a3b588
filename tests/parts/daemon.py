"""Starting real servers for tests, and leaving nothing of them behind."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

READY_WITHIN_SECONDS = 30
STOPPED_WITHIN_SECONDS = 10


class ServerDidNotStart(AssertionError):
    """The program ended or does not listen; the message holds the end of its log."""


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all are held open together so that none comes twice."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [opened.getsockname()[1] for opened in sockets]


@contextlib.contextmanager
def short_folder(prefix: str) -> Iterator[Path]:
    """A folder for a server's files, readable for the server's own users.

    A unix socket's path has 107 bytes at most (unix(7)) and pytest's own folders are long, so this
    one lies directly below /tmp.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def accepts_connections(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _ending_with_us() -> list[str]:
    """A prefix that ends the server when pytest was killed and can't do it; only Linux has it.

    Postfix loses it again, because its master changes users (prctl(2), PR_SET_PDEATHSIG).
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


class Daemon:
    """One server process in a process group of its own, with everything it says in `log`.

    A daemon that inherits the standard streams keeps the pipe of whoever started pytest open, and
    that caller then waits for ever; so none is inherited.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.name = Path(command[0]).name
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*_ending_with_us(), *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
                cwd=folder,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_listening(self, *ports: int) -> None:
        """Return when every port takes connections; raises ServerDidNotStart."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not all(map(accepts_connections, ports)):
            self.assert_running()
            if time.monotonic() > deadline:
                raise ServerDidNotStart(f"{self.name} does not listen on {ports}:\n{self.log_tail()}")
            time.sleep(0.02)

    def wait_until_logged(self, text: str) -> None:
        """Return when the log holds `text`; raises ServerDidNotStart."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while text not in self.log.read_text(errors="replace"):
            self.assert_running()
            if time.monotonic() > deadline:
                raise ServerDidNotStart(f"{self.name} never said “{text}”:\n{self.log_tail()}")
            time.sleep(0.02)

    def assert_running(self) -> None:
        if self._process.poll() is not None:
            raise ServerDidNotStart(f"{self.name} ended with {self._process.returncode}:\n{self.log_tail()}")

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self, signal_number: int = signal.SIGTERM) -> None:
        """End the server politely, then whatever is left of its process group."""
        if self._process.poll() is None:
            self._process.send_signal(signal_number)
        try:
            self._process.wait(timeout=STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
