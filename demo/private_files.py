"""Files that only their owner may read, written so that a crash never leaves half of one."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Writes `content` to `path` with mode 0600, all or nothing."""
    # mkstemp makes the file with mode 0600, so there is no moment in which others could open it.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)


def made_once(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`; the first call writes there what `make` returns."""
    if not path.exists():
        write_private(path, make().encode())
    return path.read_text().strip()


def private_folder(path: Path) -> Path:
    """`path` as a folder with mode 0700, made with its parents when missing."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path
