"""The broker of files while many write and read it, while somebody writes, and after somebody was killed."""

import fcntl
import json
import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES, filesystem

from portal import broker

WRITERS, READERS, MESSAGES = 8, 2, 10_000
KEY = "key-of-one-test-Zx81"


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    folder = tmp_path / "messages"
    folder.mkdir()
    return folder


@pytest.fixture
def channel(messages: Path) -> Callable[..., Any]:
    """Opens another channel to the one broker, as another process would."""
    options = {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(messages.parent / "control"),
    }

    def opened(transport: Any = broker.Transport) -> Any:
        return Connection(transport=transport, transport_options=options).channel()

    return opened


def take_all(channel: Any, queue: str = "probes") -> list[Any]:
    taken = []
    while True:
        try:
            taken.append(channel._get(queue))
        except Empty:
            return taken


def test_the_scheme_leads_to_this_transport() -> None:
    assert Connection("filesystem:///anywhere").get_transport_cls() is broker.Transport
    assert TRANSPORT_ALIASES["filesystem"] == "portal.broker:Transport"


def write(channel: Any, values: range) -> None:
    for value in values:
        channel._put("probes", {"body": value})


def read(channel: Any, written: threading.Event) -> list[int]:
    """What it took until nothing came any more."""
    taken: list[int] = []
    finished = False
    while not finished:
        finished = written.is_set()
        taken += [payload["body"] for payload in take_all(channel)]
    return taken


def test_ten_thousand_messages_are_each_taken_once(channel: Callable[..., Any], messages: Path) -> None:
    written = threading.Event()
    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        reading = [pool.submit(read, channel(), written) for _ in range(READERS)]
        writing = [pool.submit(write, channel(), range(n, MESSAGES, WRITERS)) for n in range(WRITERS)]
        wait(writing)
        written.set()
    assert [work.exception() for work in (*writing, *reading)] == [None] * (WRITERS + READERS)
    assert Counter(value for work in reading for value in work.result()) == Counter(range(MESSAGES))
    assert list(messages.iterdir()) == []


def read_while_writing(reader: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Arranges that `reader` looks between the opening of a new message and its writing; what it finds."""
    found: list[Any] = []
    flock = fcntl.flock

    def look_first(file: Any, flags: int) -> None:
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(fcntl, "flock", flock)
            found.append(take_all(reader))
        flock(file, flags)

    monkeypatch.setattr(fcntl, "flock", look_first)
    return found


def test_a_message_is_not_read_before_it_is_whole(
    channel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = channel(), channel()
    with monkeypatch.context() as while_it_writes:
        found = read_while_writing(reader, while_it_writes)
        writer._put("probes", {"body": 1})
    assert found == [[]]
    assert take_all(reader) == [{"body": 1}]


def test_the_transport_of_kombu_still_needs_ours(
    channel: Callable[..., Any], messages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When this fails, kombu has taken over docs/upstream/kombu-filesystem-transport.md."""
    writer, reader = channel(filesystem.Transport), channel(filesystem.Transport)
    read_while_writing(reader, monkeypatch)
    with pytest.raises(json.JSONDecodeError):
        writer._put("probes", {"body": 1})


@pytest.mark.parametrize("content", [b"", b'{"body": "', bytes(40), b"\xff\xfe"])
def test_what_can_not_be_read_is_set_aside_and_the_next_is_taken(
    content: bytes, channel: Callable[..., Any], messages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = channel()
    (messages / "1_broken.probes.msg").write_bytes(content)
    own._put("probes", {"body": 1})
    with caplog.at_level(logging.ERROR):
        assert take_all(own) == [{"body": 1}]
    assert "set aside: 1_broken.probes.msg.unreadable" in caplog.text
    assert (messages / "1_broken.probes.msg.unreadable").read_bytes() == content
    assert take_all(channel()) == []


def test_the_log_has_no_word_of_a_message_that_can_not_be_read(
    channel: Callable[..., Any], messages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (messages / "1_broken.probes.msg").write_text(f'{{"body": "{KEY}')
    take_all(channel())
    assert "can't be read" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize("how", ["taken", "purged"])
def test_nothing_of_a_message_stays_in_its_bytes(
    how: str, channel: Callable[..., Any], messages: Path
) -> None:
    own = channel()
    own._put("probes", {"body": KEY})
    (file,) = messages.iterdir()
    with file.open("rb") as bytes_on_disk:
        assert KEY in bytes_on_disk.read().decode()
        if how == "taken":
            own._get("probes")
        else:
            assert own._purge("probes") == 1
        bytes_on_disk.seek(0)
        assert set(bytes_on_disk.read()) == {0}
    assert list(messages.iterdir()) == []


def test_only_this_account_can_read_messages_and_tables(channel: Callable[..., Any], tmp_path: Path) -> None:
    own = channel()
    own._put("probes", {"body": 1})
    own._queue_bind("probes", "probes", "", "probes")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


def test_a_writer_that_was_killed_leaves_no_key(channel: Callable[..., Any], messages: Path) -> None:
    (messages / "1_a.probes.msg.1.writing").write_text(KEY)
    with (messages / "1_b.probes.msg.1.writing").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        busy.write(KEY)
        busy.flush()
        assert take_all(channel()) == []
        assert [path.name for path in messages.iterdir()] == ["1_b.probes.msg.1.writing"]


def test_a_full_disk_is_said_and_leaves_nothing(
    channel: Callable[..., Any], messages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    own = channel()
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(broker.ChannelError, match="No space left"):
        own._put("probes", {"body": KEY})
    assert list(messages.iterdir()) == []


def test_the_oldest_is_taken_first_also_after_a_start_of_the_machine(
    channel: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = channel()
    for uptime, body in [(999_999.0, 1), (5.0, 2), (10.0, 3)]:
        monkeypatch.setattr(filesystem, "monotonic", lambda uptime=uptime: uptime)
        own._put("probes", {"body": body})
    assert [payload["body"] for payload in take_all(channel())] == [1, 2, 3]


def test_each_queue_has_its_own(channel: Callable[..., Any]) -> None:
    own = channel()
    own._put("probes", {"body": 1})
    own._put("default", {"body": 2})
    assert (own._size("probes"), own._size("default")) == (1, 1)
    assert take_all(own, "default") == [{"body": 2}]
    assert take_all(own, "probes") == [{"body": 1}]


def look(channel: Any, finished: threading.Event) -> None:
    while not finished.is_set():
        channel.get_table("probes")


def bind(channel: Any, number: int) -> None:
    """Binds twenty queues and takes every second one away again."""
    for turn in range(20):
        channel._queue_bind("probes", "key", "", f"queue-{number}-{turn}")
        if turn % 2:
            channel._delete(f"queue-{number}-{turn}", "probes", "key", "")


def test_a_table_is_whole_while_many_bind_and_unbind(
    channel: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    finished = threading.Event()
    with ThreadPoolExecutor(5) as pool:
        looking = pool.submit(look, channel(), finished)
        binding = [pool.submit(bind, channel(), number) for number in range(4)]
        wait(binding)
        finished.set()
    assert [work.exception() for work in (looking, *binding)] == [None] * 5
    assert caplog.text == ""
    queues = {row.queue for row in channel().get_table("probes")}
    assert queues == {f"queue-{number}-{turn}" for number in range(4) for turn in range(0, 20, 2)}


def test_a_broken_table_of_before_is_made_anew(channel: Callable[..., Any], tmp_path: Path) -> None:
    own = channel()
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "probes.exchange").write_text("")
    own._queue_bind("probes", "key", "", "probes")
    assert [row.queue for row in channel().get_table("probes")] == ["probes"]
