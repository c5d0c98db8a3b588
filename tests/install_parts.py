"""Puts the real parts of the test suite on this machine: mail servers, PostgreSQL, Redis, a browser.

    python tests/install_parts.py

On Debian and Ubuntu root gets what is missing, and nothing that is installed is started: the tests run
servers of their own. Anybody else is told the first missing package and the command that installs it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
POLICY = Path("/usr/sbin/policy-rc.d")
# A package is there when one of its files is; a bare name is looked for in PATH. Asking for files is
# fifty times as quick as asking dpkg, and right for packages that came in another way.
PACKAGES = {
    "dovecot-imapd": ("/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap"),
    "dovecot-pop3d": ("/usr/lib/dovecot/pop3", "/usr/libexec/dovecot/pop3"),
    "dovecot-lmtpd": ("/usr/lib/dovecot/lmtp", "/usr/libexec/dovecot/lmtp"),
    "dovecot-sieve": ("sievec",),
    "postfix": ("postconf",),
    "postgresql": ("/usr/lib/postgresql/*/bin/initdb", "initdb"),
    "redis-server": ("redis-server",),
    "isync": ("mbsync",),
    "offlineimap3": ("offlineimap",),
    "getmail6": ("getmail",),
    "fetchmail": ("fetchmail",),
    "msmtp": ("msmtp",),
    "neomutt": ("neomutt",),
    "aerc": ("aerc",),
    "alpine": ("alpine",),
    "claws-mail": ("claws-mail",),
    "evolution": ("evolution",),
    "dbus-daemon": ("dbus-run-session",),
    "gnome-keyring": ("gnome-keyring-daemon",),
    "libsecret-tools": ("secret-tool",),
    "xdotool": ("xdotool",),
    "xvfb": ("Xvfb",),
    "curl": ("curl",),
    "thunderbird": ("thunderbird",),
    "chromium-headless-shell": ("chromium-headless-shell",),
    "fonts-dejavu-core": ("/usr/share/fonts/**/*.ttf", "/usr/share/fonts/**/*.otf"),
}


def is_there(files: tuple[str, ...]) -> bool:
    return any(
        any(Path("/").glob(name[1:])) if name[0] == "/" else shutil.which(name, path=PATH) for name in files
    )


def missing() -> list[str]:
    return [package for package, files in PACKAGES.items() if not is_there(files)]


def install(packages: list[str]) -> int:
    """apt-get's exit status; its output is shown only when it fails."""
    print(f"Installing what the tests need (once): {' '.join(packages)} …", flush=True)
    # Postfix asks its questions unless told not to; RUNLEVEL=1 and the policy keep services down.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    kept_down = not POLICY.exists()
    if kept_down:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        commands = (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages],
        )
        return next((status for command in commands if (status := quietly(command, environment))), 0)
    finally:
        if kept_down:
            POLICY.unlink()


def quietly(command: list[str], environment: Mapping[str, str]) -> int:
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        if done.returncode:
            said.seek(0)
            sys.stderr.write(said.read())
        return done.returncode


def main() -> int:
    packages = missing()
    if not packages:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return install(packages)
    command = f"sudo apt-get install --no-install-recommends {' '.join(packages)}"
    print(f"The package {packages[0]} is missing. Install it: {command}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
