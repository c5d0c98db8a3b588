"""The broker that comes with the portal: each message is a file in one folder.

kombu's own file-system transport shows a message under its final name before it is written, so a worker
reads half of it and ends (docs/upstream/kombu-filesystem-transport.md). Here a file gets its name when it is
whole, is read, wiped and removed under one lock, and what can't be read is set aside.
"""

import fcntl
import logging
import os
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any, BinaryIO

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads
from kombu.utils.objects import cached_property

logger = logging.getLogger(__name__)

# No queue's messages end like these two.
_UNFINISHED = ".writing"
_UNREADABLE = ".unreadable"


class Channel(filesystem.Channel):
    """What a channel of kombu's does with files, done so that another process can look at any moment."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._seen: dict[str, deque[Path]] = {}
        _erase_unfinished(self._messages)

    @cached_property
    def _messages(self) -> Path:
        return Path(self.data_folder_in)

    def _put(  # type: ignore[override]  # the stubs disagree with each other about the name of `payload`
        self, queue: str, payload: Any, **_options: Any
    ) -> None:
        # The time of day goes on where it was after a start of the machine, monotonic() begins anew. Its 19
        # digits are 19 until the year 2286, so the names sort as the messages came.
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        try:
            _write_whole(self._messages / name, dumps(payload).encode())
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to the queue: {error.strerror}") from error

    def _get(self, queue: str, *_timeout: Any) -> Any:
        """The oldest message that nobody else has; raises queue.Empty at once when there is none."""
        seen = self._seen.setdefault(queue, deque())
        if not seen:
            seen.extend(self._waiting(queue))
        while seen:
            file = seen.popleft()
            with _held(file) as opened:
                if opened is None:
                    continue
                content = opened.read()
                try:
                    payload = loads(content.decode())
                except ValueError as error:
                    # Its words stay out of the log: a message may carry a key.
                    logger.error(
                        "A message of %d bytes can't be read (%s) and is set aside: %s%s",
                        *(len(content), type(error).__name__, file.name, _UNREADABLE),
                    )
                    file.rename(file.with_name(file.name + _UNREADABLE))
                    continue
                _erase(file, opened)
                return payload
        raise Empty

    def _purge(self, queue: str) -> int:
        count = 0
        for file in self._waiting(queue):
            with _held(file) as opened:
                if opened is not None:
                    _erase(file, opened)
                    count += 1
        return count

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _waiting(self, queue: str) -> list[Path]:
        return sorted(
            file for file in self._messages.iterdir() if file.name.partition(".")[2] == f"{queue}.msg"
        )

    def _table_file(self, exchange: str) -> Path:
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]  # the stubs are behind
        return file

    def get_table(self, exchange: str) -> list[Any]:
        """The queues that are bound to `exchange`, the last one first."""
        file = self._table_file(exchange)
        try:
            return [filesystem.exchange_queue_t(*row) for row in loads(file.read_text())]
        except FileNotFoundError:
            return []
        except ValueError:
            # kombu's own transport left it half-written; every worker binds its queues again.
            logger.error("The table of the exchange “%s” can't be read and is made anew.", exchange)
            return []

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None
    ) -> None:
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._changing_tables():
            table = self.get_table(exchange)
            if row not in table:
                _write_whole(self._table_file(exchange), dumps([row, *table]).encode())

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *_arguments: Any, **_options: Any
    ) -> None:
        self._purge(queue)
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._changing_tables():
            table = self.get_table(exchange)
            if row in table:
                table.remove(row)
                _write_whole(self._table_file(exchange), dumps(table).encode())

    @contextmanager
    def _changing_tables(self) -> Iterator[None]:
        try:
            self.control_folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(self.control_folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ChannelError(f"Cannot change {self.control_folder}: {error.strerror}") from error
        with os.fdopen(descriptor, "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """kombu's file-system transport with the channel above."""

    Channel = Channel


def _write_whole(file: Path, content: bytes) -> None:
    """Nobody sees `file` before all of `content` is in it, and nobody but this account can read it."""
    unfinished = file.with_name(f"{file.name}.{uuid.uuid4()}{_UNFINISHED}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as opened:
        # While it is locked, or empty, it is somebody's work and no leftover.
        fcntl.flock(opened, fcntl.LOCK_EX)
        try:
            left = memoryview(content)
            while left:
                left = left[opened.write(left) :]
            unfinished.rename(file)
        except BaseException:
            _erase(unfinished, opened)
            raise


@contextmanager
def _held(file: Path) -> Iterator[BinaryIO | None]:
    """`file`, open and ours alone for as long as this lasts; None if somebody has it, or had it."""
    try:
        opened = file.open("r+b", buffering=0)
    except FileNotFoundError:
        yield None
        return
    with opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        # Whoever held it before may have taken it, or have given it its final name.
        yield opened if file.exists() else None


def _erase(file: Path, opened: Any) -> None:
    """Overwrites before it removes: bytes of a removed file stay on the disk, and a message carries a key."""
    size = os.fstat(opened.fileno()).st_size
    with suppress(OSError):  # A full disk must not keep the file.
        os.pwrite(opened.fileno(), bytes(size), 0)
        os.fdatasync(opened.fileno())
    file.unlink()


def _erase_unfinished(folder: Path) -> None:
    """What a process left that was killed while it wrote; an empty file may be somebody's who begins now."""
    for file in folder.glob(f"*{_UNFINISHED}"):
        with _held(file) as opened:
            if opened is not None and os.fstat(opened.fileno()).st_size:
                _erase(file, opened)
