"""Dovecot with folders, ports and users of its own."""

import base64
import grp
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from string import Template

from tests.mail.mailboxes import MAILBOXES
from tests.parts.daemon import Daemon

HERE = Path(__file__).parent
SYSTEM_PROGRAMS = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def program(name: str) -> str:
    """A mail server's program: /usr/sbin is not in everybody's PATH."""
    found = shutil.which(name, path=SYSTEM_PROGRAMS)
    assert found, f"{name} is not installed: run make test"
    return found


def start_dovecot(
    folder: Path, ports: Mapping[str, int], certificate: Path, key: Path, max_connections: int
) -> Daemon:
    """Dovecot on `ports` (imap, imaps, pop3, pop3s), its sockets and logs below `folder`.

    Root gives it Dovecot's own users and keeps mail as nobody; anybody else is all of them.
    """
    root = os.geteuid() == 0
    me = pwd.getpwuid(os.geteuid())
    owner = pwd.getpwnam("nobody") if root else me
    internal = pwd.getpwnam("dovecot") if root else me
    mail = folder / "mail"
    mail.mkdir()
    os.chown(mail, owner.pw_uid, owner.pw_gid)
    _write_users(folder / "users", mail, owner)
    shutil.copy(HERE / "junk.sieve", folder)
    template = Template((HERE / f"dovecot-{_series()}.conf").read_text())
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        template.substitute(
            ports,
            folder=folder,
            certificate=certificate,
            key=key,
            internal_user=internal.pw_name,
            internal_group=grp.getgrgid(internal.pw_gid).gr_name,
            login_user="dovenull" if root else me.pw_name,
            max_connections=max_connections,
        )
    )
    return Daemon([program("dovecot"), "-F", "-c", configuration], folder / "dovecot.out")


def _write_users(path: Path, mail: Path, owner: pwd.struct_passwd) -> None:
    lines = []
    for box in MAILBOXES.values():
        # A colon ends a field, also within a password, so passwords go in as base64.
        identity = f"{box.address}:{_encoded(box.password)}:{owner.pw_uid}:{owner.pw_gid}"
        lines.append(f"{identity}::{mail}/{box.name}::{box.fields}\n")
    path.write_text("".join(lines))


def _encoded(password: str) -> str:
    return "{PLAIN.b64}" + base64.b64encode(password.encode()).decode()


def _series() -> str:
    version = subprocess.run(
        [program("dovecot"), "--version"], check=True, capture_output=True, text=True
    ).stdout
    found = re.match(r"(\d+)\.(\d+)", version)
    assert found, f"This is no version of Dovecot: {version}"
    return "2.3" if (int(found[1]), int(found[2])) < (2, 4) else "2.4"
