"""Postfix with a queue and ports of its own; only root can start it."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from string import Template

from tests.mail.dovecot import HERE, program
from tests.mail.mailboxes import DOMAIN, HOST, MAILBOXES
from tests.parts.daemon import Daemon

_QUEUE_FOLDERS = (
    *("incoming", "active", "deferred", "hold", "corrupt", "saved"),
    *("bounce", "defer", "trace", "flush", "private", "public"),
)


def start_postfix(folder: Path, ports: Mapping[str, int], certificate: Path, key: Path) -> Daemon:
    """Submission on `ports` (submission, submissions); Dovecot in `folder` signs in and delivers."""
    configuration = folder / "postfix"
    for part in (configuration, folder / "data"):
        part.mkdir()
    _make_queue(folder / "queue")
    shutil.chown(folder / "data", "postfix")
    values = {
        "folder": folder,
        "host": HOST,
        "domain": DOMAIN,
        "certificate": certificate,
        "key": key,
        "lmtp_socket": folder / "run" / "lab-lmtp",
        "auth_socket": folder / "run" / "lab-auth",
        **ports,
    }
    for name in ("main.cf", "master.cf"):
        template = Template((HERE / f"postfix-{name}").read_text())
        (configuration / name).write_text(template.substitute(values))
    # One table for both questions: which mailboxes there are, and who may send as them.
    owners = "".join(f"{box.address} {box.address}\n" for box in MAILBOXES.values())
    (configuration / "mailboxes").write_text(owners)
    question = [program("postconf"), "-c", configuration, "-h", "daemon_directory"]
    answer = subprocess.run(question, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return Daemon([Path(answer.stdout.strip()) / "master", "-c", configuration, "-d"], folder / "postfix.out")


def _make_queue(queue: Path) -> None:
    """What "postfix start" would make, which waits for seconds and leaves our process group."""
    queue.mkdir()
    (queue / "pid").mkdir()
    for name in _QUEUE_FOLDERS:
        part = queue / name
        part.mkdir(mode=0o700)
        shutil.chown(part, "postfix")
