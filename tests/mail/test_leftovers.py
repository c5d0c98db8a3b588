"""A test that is killed between delivery and deletion, at Dovecot and Postfix; the next one clears up."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from mailsetup.clientconfig import ServiceType, SocketType
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.messages import TEST_HEADER
from tests.mail.lab import MailLab
from tests.mail.oracles import Mail, imap, submission
from tests.mail.test_real_servers import IMPATIENT, found, run

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "7K4Q-29XM"
# It is killed at the moment at which it would delete what it has found.
_KILLED = """
import os, signal
from pathlib import Path
from mailsetup.clientconfig import ServiceType
from mailsetup.probes.protocols.imap import ImapDriver
from mailsetup.probes.protocols.pop3 import Pop3Driver
from tests.mail.lab import MailLab
from tests.mail.test_real_servers import IMPATIENT, run

ImapDriver.remove = Pop3Driver.remove = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
lab = MailLab(Path({folder!r}), {ports!r})
run(lab, {user!r}, incoming=ServiceType({incoming!r}), limits=IMPATIENT, token={token!r})
"""


def messages(lab: MailLab, user: str, folder: str) -> list[bytes]:
    """The Message-IDs in a folder."""
    with imap(lab, "imaps", user) as client:
        client.select(folder, readonly=True)
        numbers = client.search(None, "ALL")[1][0].split()
        return [client.fetch(n.decode(), "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1][0][1] for n in numbers]


@pytest.mark.parametrize(
    ("user", "folder", "killed", "next_one"),
    [
        ("bert", "INBOX", ServiceType.IMAP, ServiceType.IMAP),
        ("junk", "Junk", ServiceType.IMAP, ServiceType.IMAP),
        ("bert", "INBOX", ServiceType.POP3, ServiceType.POP3),
        ("bert", "INBOX", ServiceType.IMAP, ServiceType.POP3),
    ],
    ids=str,
)
def test_the_next_test_of_the_mailbox_deletes_it_and_nothing_else(
    mail_lab: MailLab, user: str, folder: str, killed: ServiceType, next_one: ServiceType
) -> None:
    theirs = Mail(user)
    # What is no message of ours, though somebody gave it our header.
    theirs.content[TEST_HEADER] = TOKEN
    with submission(mail_lab, "submission", user) as client:
        client.send_message(theirs.content)
    assert theirs.arrives_in(mail_lab, folder)
    before = messages(mail_lab, user, folder)

    script = _KILLED.format(
        folder=str(mail_lab.folder), ports=dict(mail_lab.ports), user=user, incoming=killed.value, token=TOKEN
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    left = messages(mail_lab, user, folder)
    assert left[:-1] == before
    assert b"7k4q-29xm.connection-test@lab.test" in left[-1]

    # It could be one of a test that still runs.
    run(mail_lab, user, incoming=next_one, round_trip=False)
    assert messages(mail_lab, user, folder) == left
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        run(mail_lab, user, incoming=next_one, round_trip=False)
    assert messages(mail_lab, user, folder) == before


@pytest.mark.parametrize("incoming", [ServiceType.IMAP, ServiceType.POP3])
def test_a_message_tells_the_servers_that_it_came_by(mail_lab: MailLab, incoming: ServiceType) -> None:
    _, outgoing = run(mail_lab, "bert", incoming=incoming, receives=SocketType.SSL, limits=IMPATIENT)
    arrived = found(outgoing, Step.ARRIVE)
    assert arrived.code is Code.OK
    hops = arrived.evidence["hops"]
    # Who isn't root has no Postfix, and Dovecot alone writes a line, under the name of this machine.
    assert len(hops) == (2 if os.geteuid() == 0 else 1)
    assert hops[0]["by"] == ("mail.lab.test" if os.geteuid() == 0 else socket.gethostname().lower())
    assert hops[0]["seconds"] is None
    assert all(hop["seconds"] in range(5) for hop in hops[1:])
