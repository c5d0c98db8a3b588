"""A home in which a program of the terminal runs with a file of ours: a keyboard, and `pass`."""

import os
import pty
import pwd
import select
import shutil
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.parts.daemon import Daemon

PATIENCE_SECONDS = 60
# Passed on to every program: nothing of whoever runs the tests is read.
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
SYSTEM_ROOTS = "/etc/ssl/certs/ca-certificates.crt"


# getmail does not work for root, and nobody reads mail as root.
_NOBODY = pwd.getpwnam("nobody") if os.geteuid() == 0 else None


@dataclass(frozen=True)
class Home:
    """A folder that is HOME, where `pass show mail/ADDRESS` prints the password of that address."""

    folder: Path
    screen: str = ""

    @classmethod
    def furnished(cls, folder: Path, roots: str, passwords: Mapping[str, str]) -> "Home":
        home = cls(folder)
        home.own(folder)
        home.write("roots.pem", roots)
        store = home.write("passwords", "".join(f"mail/{name}\n{word}\n" for name, word in passwords.items()))
        script = f'#!/bin/sh\ngrep -F -x -A1 -- "$2" {store} | tail -n1\n'
        home.write("bin/pass", script).chmod(0o700)
        return home

    def write(self, name: str, content: str) -> Path:
        """A file that only its owner reads, as these programs want it."""
        return self.write_bytes(name, content.encode())

    def write_bytes(self, name: str, content: bytes) -> Path:
        path = self.make_folder(str(Path(name).parent)) / Path(name).name
        path.write_bytes(content)
        path.chmod(0o600)
        self.own(path)
        return path

    def make_folder(self, name: str) -> Path:
        path = self.folder
        for part in Path(name).parts:
            path = path / part
            path.mkdir(exist_ok=True)
            self.own(path)
        return path

    def own(self, path: Path) -> None:
        if _NOBODY:
            os.chown(path, _NOBODY.pw_uid, _NOBODY.pw_gid)

    @property
    def ca_file(self) -> Path:
        return self.folder / "roots.pem"

    def write_rendered(self, name: str, rendered: bytes) -> Path:
        """A file as it was rendered. One that names the system's roots gets the lab's in their place."""
        return self.write(name, rendered.decode().replace(SYSTEM_ROOTS, str(self.ca_file)))

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder),
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{PATH}",
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            # OpenSSL and Go take their roots from here.
            "SSL_CERT_FILE": str(self.ca_file),
            # No program that has windows finds those of whoever runs the tests.
            "DISPLAY": self.screen,
            "XDG_RUNTIME_DIR": str(self.folder),
        }

    @contextmanager
    def with_a_screen(self) -> Iterator["Home"]:
        """The same home, whose programs show their windows where nobody looks."""
        server = Daemon(["Xvfb", "-displayfd", "1", "-ac", "-nolisten", "tcp"], self.folder / "screen.log")
        try:
            server.wait_until_logged("\n")
            yield replace(self, screen=f":{server.log.read_text().strip()}")
        finally:
            server.stop()

    @contextmanager
    def running(self, program: str, *arguments: str) -> Iterator[None]:
        """A program that runs on; what it says is in a file of its name."""
        started = Daemon(
            [program, *arguments],
            self.folder / f"{program}.log",
            user=_NOBODY.pw_name if _NOBODY else None,
            environment=self.environment,
            folder=self.folder,
        )
        try:
            yield
        finally:
            started.stop()

    def run(self, *command: str | Path, typed: str = "", seconds: float = PATIENCE_SECONDS) -> str:
        """What the program says; it has to end well."""
        done = subprocess.run(
            [shutil.which(str(command[0]), path=PATH) or command[0], *map(str, command[1:])],
            input=typed,
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            user=_NOBODY.pw_uid if _NOBODY else None,
            group=_NOBODY.pw_gid if _NOBODY else None,
            extra_groups=[] if _NOBODY else None,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    @contextmanager
    def at_a_terminal(self, *command: str | Path) -> Iterator["Terminal"]:
        """The program while it runs at a terminal of its own."""
        child, terminal = pty.fork()
        if child == 0:
            if _NOBODY:
                os.setgroups([])
                os.setgid(_NOBODY.pw_gid)
                os.setuid(_NOBODY.pw_uid)
            os.chdir(self.folder)
            os.execvpe(str(command[0]), list(map(str, command)), self.environment)
        # Columns enough that no program shortens what we look for.
        termios.tcsetwinsize(terminal, (40, 200))
        try:
            yield Terminal(terminal)
        finally:
            os.close(terminal)
            os.kill(child, 9)
            os.waitpid(child, 0)

    def run_at_a_terminal(
        self, *command: str | Path, shows: str, typed: Mapping[str, str] | None = None
    ) -> str:
        """What the program has shown when `shows` came; `typed` says after which words what is typed."""
        with self.at_a_terminal(*command) as terminal:
            return terminal.until(shows, typed)


@dataclass
class Terminal:
    """The screen and the keyboard of one program."""

    descriptor: int
    unread: str = ""

    def until(self, shows: str, typed: Mapping[str, str] | None = None) -> str:
        """What was shown up to `shows`, since it was last asked; `typed` as above."""
        waiting = dict(typed or {})
        deadline = time.monotonic() + PATIENCE_SECONDS
        while shows not in self.unread:
            readable, _, _ = select.select([self.descriptor], [], [], max(deadline - time.monotonic(), 0))
            if not readable:
                raise TimeoutError(f"{shows!r} never came: {self.unread}")
            try:
                self.unread += os.read(self.descriptor, 65536).decode("utf-8", "replace")
            except OSError as ended:
                raise AssertionError(f"It ended before {shows!r}: {self.unread}") from ended
            for words in [words for words in waiting if words in self.unread]:
                self.type(waiting.pop(words))
        before, shown, self.unread = self.unread.partition(shows)
        return before + shown

    def settles(self) -> None:
        """Returns when nothing was drawn for a second; what is typed while a list still fills may be lost."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and select.select([self.descriptor], [], [], 1)[0]:
            self.unread += os.read(self.descriptor, 65536).decode("utf-8", "replace")

    def type(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())
