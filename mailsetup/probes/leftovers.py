"""What a test left in the mailbox that was killed before it could delete its message."""

import asyncio
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.messages import TEST_HEADER, TOLD_BY, was_left_behind
from mailsetup.probes.protocols.imap import INBOX, ImapDriver
from mailsetup.probes.protocols.pop3 import Pop3Driver, newest
from mailsetup.probes.wire.stream import StreamError

_log = logging.getLogger(__name__)


@contextmanager
def beside_the_test() -> Iterator[None]:
    """Lets nothing out but a cancellation: what anybody has sent to the mailbox must not end its tests."""
    try:
        yield
    except (Fault, StreamError, OSError):
        pass
    except Exception as error:  # noqa: BLE001 whatever it is, the test goes on
        # A bug of ours. Its text is not logged: it may quote a message.
        trace = "".join(traceback.format_tb(error.__traceback__))
        _log.error("looking for leftovers broke with %s\n%s", type(error).__name__, trace)


def _made_before(limits: ProbeSettings) -> datetime:
    """A message that is younger may be one of a test that still runs."""
    return datetime.now(UTC) - timedelta(minutes=limits.probe_leftover_minutes)


async def clear_imap(imap: ImapDriver, address: str, limits: ProbeSettings) -> None:
    """Deletes what earlier tests of `address` left in the inbox and in junk; another folder may be open then.

    Raises Fault, and what the stream raises.
    """
    if not limits.probe_leftover_messages_limit:
        return
    since = datetime.now(UTC) - timedelta(days=limits.probe_leftover_days)
    async with asyncio.timeout(limits.probe_command_seconds):
        for folder in filter(None, (INBOX, imap.junk_folder)):
            await imap.select(folder)
            found = await imap.find_all(TEST_HEADER, since)
            for uid in found[-limits.probe_leftover_messages_limit :]:
                header = await imap.fetch_header(uid, TOLD_BY)
                if was_left_behind(header, address, _made_before(limits)):
                    await imap.remove(uid)


async def clear_pop3(pop3: Pop3Driver, messages: int, address: str, limits: ProbeSettings) -> None:
    """Marks what earlier tests of `address` left among the newest of so many messages; QUIT deletes it.

    Raises what the stream raises.
    """
    # POP3 can't search. Most of what the service may send is for the test itself.
    enough = pop3.stream.received + limits.probe_service_max_bytes // 4
    async with asyncio.timeout(limits.probe_command_seconds):
        for number in newest(messages, limits.probe_leftover_messages_limit):
            header = await pop3.read_header(number)
            if header and was_left_behind(header, address, _made_before(limits)):
                await pop3.remove(number)
            if pop3.stream.received > enough:
                return
