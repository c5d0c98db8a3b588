"""What the demo keeps, and the settings it hands to its parts."""

import os
import re
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo import ports
from demo.authenticator import code
from demo.children import Child
from demo.fingerprint import CHECKOUT
from demo.mailboxes import ADDRESSES, Mailboxes, generated_password
from demo.state import CUSTOMER_EMAIL, STAFF_EMAIL, DemoState
from mailsetup.home.management.commands import load_demo


def test_second_start_has_the_same_secrets(tmp_path: Path) -> None:
    first = DemoState.in_folder(tmp_path)
    second = DemoState.in_folder(tmp_path)
    assert second.settings("127.0.0.1", {}) == first.settings("127.0.0.1", {})
    assert (second.customer_password, second.staff_password) == (
        first.customer_password,
        first.staff_password,
    )
    assert second.authenticator_key == first.authenticator_key
    assert second.mailboxes.passwords == first.mailboxes.passwords


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    first, second = (DemoState.in_folder(tmp_path / name) for name in ("one", "two"))
    for name in ("SECRET_KEY", "CREDENTIALS_KEY"):
        assert first.settings("127.0.0.1", {})[name] != second.settings("127.0.0.1", {})[name]
    assert first.customer_password != second.customer_password
    assert first.authenticator_key != second.authenticator_key
    assert not set(first.mailboxes.passwords.values()) & set(second.mailboxes.passwords.values())


@pytest.mark.parametrize("given", ["SECRET_KEY", "SECRET_KEY_FILE"])
def test_what_the_person_set_stays(tmp_path: Path, given: str) -> None:
    settings = DemoState.in_folder(tmp_path).settings("127.0.0.1", {given: "mine"})
    assert "SECRET_KEY" not in settings
    assert "CREDENTIALS_KEY" in settings


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", "localhost,127.0.0.1"),
        ("192.0.2.7", "localhost,127.0.0.1,192.0.2.7"),
        ("::1", "localhost,127.0.0.1,[::1]"),
    ],
)
def test_portal_answers_under_the_names_it_is_reached_by(tmp_path: Path, host: str, names: str) -> None:
    assert DemoState.in_folder(tmp_path).settings(host, {})["PORTAL_HOSTS"] == names


def test_portal_answers_to_the_network_under_names_and_not_under_any(tmp_path: Path) -> None:
    names = DemoState.in_folder(tmp_path).settings("0.0.0.0", {})["PORTAL_HOSTS"].split(",")
    assert names[:3] == ["localhost", "127.0.0.1", socket.gethostname()]
    assert "*" not in names


def test_shell_file_is_private_and_gives_a_shell_the_settings(tmp_path: Path) -> None:
    state = DemoState.in_folder(tmp_path / "it's a folder")
    settings = state.settings("127.0.0.1", {})
    path = state.write_shell_file(settings)
    read = subprocess.run(
        ["sh", "-c", '. "$0" && printenv DATABASE_URL CELERY_BROKER_URL', str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout.splitlines() == [settings["DATABASE_URL"], settings["CELERY_BROKER_URL"]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_sign_ins_that_are_printed_are_those_that_are_loaded() -> None:
    assert (CUSTOMER_EMAIL, STAFF_EMAIL) == (load_demo.CUSTOMER_EMAIL, load_demo.STAFF_EMAIL)


def test_a_mailbox_that_came_with_an_update_gets_a_password_and_the_others_keep_theirs(
    tmp_path: Path,
) -> None:
    (tmp_path / "passwords.json").write_text('{"anna@lindqvist.example": "kept"}')
    passwords = Mailboxes(tmp_path).passwords
    assert set(passwords) == set(ADDRESSES)
    assert passwords["anna@lindqvist.example"] == "kept"
    assert Mailboxes(tmp_path).passwords == passwords


def test_an_app_shows_the_code_of_the_standard(tmp_path: Path) -> None:
    """RFC 6238 appendix B, its last six digits; the key is the ASCII digits 1 to 0, twice."""
    assert code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1_111_111_109) == "081804"


def test_ports_are_those_that_programs_know_or_their_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_administrator(_host: str, port: int) -> bool:
        if port < 1024:
            raise PermissionError(13, "Permission denied")
        return port != 10995

    monkeypatch.setattr(ports, "is_free", lambda _host, _port: True)
    assert ports.free_mail_ports() == ports.MailPorts(993, 995, 465)
    monkeypatch.setattr(ports, "is_free", no_administrator)
    found = ports.free_mail_ports()
    assert (found.imap, found.smtp) == (10993, 10465)
    assert found.pop3 not in (995, 10995)


def test_a_password_is_long_and_has_no_two_characters_that_look_alike() -> None:
    for _each in range(200):
        assert re.fullmatch("[a-kmnp-z2-9]{4}(-[a-kmnp-z2-9]{4}){3}", generated_password())


def test_the_second_step_is_printed_with_how_long_it_is_good(tmp_path: Path) -> None:
    state = DemoState.in_folder(tmp_path)
    before = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "demo.authenticator"],
        env={**os.environ, "MAILWAY_STATE": str(tmp_path)},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.fullmatch(r"(\d{6})  \(for (\d+) seconds\)\n", done.stdout)
    assert found
    ends = [moment + int(found[2]) for moment in (before, time.time())]
    assert any(moment % 30 == 0 for moment in range(int(ends[0]), int(ends[1]) + 1))
    assert found[1] in [code(state.authenticator_key, moment) for moment in (before, time.time())]


def test_of_a_program_that_ended_the_end_of_its_log_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    shown = Child("The worker", ["true"], log, is_ready=lambda: True).last_words().splitlines()
    assert shown == [f"line {number}" for number in range(80, 100)]
