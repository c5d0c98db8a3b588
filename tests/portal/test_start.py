"""Settings that are wrong stop the start with the name of the setting."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.parts.postgres import Postgres
from tests.portal.installation import settings_of

ROOT = Path(__file__).resolve().parents[2]
NO_CERTIFICATE = str(ROOT / "LICENSE")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "only-for-development"),
        ("CREDENTIALS_KEY", "too short"),
        ("CREDENTIALS_KEY", "a2V5LW9mLWRldmVsb3BtZW50LW9ubHktMzItYnl0ZXM="),
        ("PORTAL_HOSTS", "*"),
        ("PORTAL_HOSTS", "portal.example .portal.example"),
        ("DEBUG", "perhaps"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("PROBE_ALLOWED_NETWORKS", "10.0.0.0/99"),
        ("PROBE_RESOLVER", "dns.example:53"),
        ("PROBE_HOSTS", "mail.example.com"),
        ("WATCH_MAIL_TO", "ops@hoster.example, nobody"),
        ("PROBE_CA_FILE", "/nowhere/ca.pem"),
        ("BRAND_COLOUR", "teal"),
        ("BRAND_COLOUR", "#12345"),
        ("BRAND_COLOUR", "#1b6a8f}body{display:none"),
        ("BRAND_LOGO", "/nowhere/logo.svg"),
        ("BRAND_LOGO", NO_CERTIFICATE),
        ("OIDC_PROVIDERS", "{"),
        ("INVITATION_DAYS", "a week"),
        ("INVITATION_DAYS", "-1"),
        ("INVITATION_DAYS", "0"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{name}"):
        settings_of({name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", "nonsense"), ("PROFILE_SIGNING_CERT", NO_CERTIFICATE)]
)
def test_a_wrong_setting_that_an_app_reads_stops_the_start_with_its_name(name: str, value: str) -> None:
    done = started({"PROFILE_SIGNING_KEY": NO_CERTIFICATE, name: value})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("django.core.exceptions.ImproperlyConfigured: " + name)


NOBODY_LISTENS = "127.0.0.1:1"
PROGRAMS = {
    "command": ["manage.py", "setup_link", "anna@example.com"],
    "migrate": ["manage.py", "migrate"],
    "web": ["-c", "import portal.asgi"],
    "worker": ["-m", "celery", "--app=portal", "worker", "--pool=solo"],
}


def run(program: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *PROGRAMS[program]],
        env={**os.environ, "DATABASE_POOL_WAIT_SECONDS": "1", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set: give it a long random text that nobody else knows."),
        ({"DATABASE_URL": "nonsense"}, "it should begin with sqlite:/// or postgres://."),
        ({"DATABASE_URL": "mysql://a@b/c"}, "it should begin with sqlite:/// or postgres://."),
        ({"DATABASE_URL": "postgres://mailway@127.0.0.1"}, "it should end with the name of the database"),
        (
            {"DATABASE_URL": f"postgres://mailway:hush@{NOBODY_LISTENS}/mailway"},
            "DATABASE_URL names a database that can't be used: connection failed: connection to server at "
            '"127.0.0.1", port 1 failed: Connection refused.',
        ),
        (
            {"DATABASE_URL": f"postgres://mailway:hush@{NOBODY_LISTENS}/mailway?connect_timeout=3"},
            "DATABASE_URL names a database that can't be used: connection failed",
        ),
    ],
)
@pytest.mark.parametrize("program", ["command", "web"])
def test_a_start_that_can_not_be_says_why_in_one_sentence(
    program: str, environment: dict[str, str], sentence: str
) -> None:
    done = run(program, environment)
    assert done.returncode == 1
    assert done.stderr.count(sentence) == 1
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr
    assert "hush" not in done.stderr


def test_what_is_no_database_is_said_and_stays_as_it_is(tmp_path: Path) -> None:
    folder, file, below = tmp_path / "folder", tmp_path / "file", tmp_path / "file" / "mailway.sqlite3"
    folder.mkdir()
    file.write_text("This is no database.")
    for path in (folder, file):
        path.chmod(0o755)
    for path, why in (
        (folder, "can't be opened (Is a directory)"),
        (file, "is no SQLite database"),
        (below, "can't be opened (Not a directory)"),
    ):
        done = run("command", {"DATABASE_URL": f"sqlite:///{path}"})
        assert done.stderr.splitlines() == [f"DATABASE_URL can't be used: {path} {why}."]
    assert [path.stat().st_mode & 0o777 for path in (folder, file)] == [0o755, 0o755]


def test_a_worker_with_a_wrong_setting_ends_with_a_sentence() -> None:
    done = run("worker", {"SECRET_KEY": ""})
    assert done.returncode == 1
    assert done.stderr == "SECRET_KEY is not set: give it a long random text that nobody else knows.\n"


def test_a_worker_without_its_database_ends_with_a_sentence() -> None:
    done = run("worker", {"DATABASE_URL": f"postgres://mailway:hush@{NOBODY_LISTENS}/mailway"})
    assert done.returncode != 0
    assert "DATABASE_URL names a database that can't be used: connection failed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_password_of_the_database_is_said_without_it(postgres: Postgres) -> None:
    url = urlsplit(postgres.create_database("sentences"))
    wrong = url._replace(path="/nowhere").geturl()
    done = run("web", {"DATABASE_URL": wrong})
    assert done.stderr.splitlines()[-1].endswith('database "nowhere" does not exist.')
    assert "Traceback" not in done.stderr


def test_without_its_cache_the_portal_starts_and_says_so() -> None:
    """Mail programs are answered all the same."""
    done = run("web", {"CACHE_URL": f"redis://{NOBODY_LISTENS}/1"})
    assert done.returncode == 0
    [line] = [line for line in done.stderr.splitlines() if "CACHE_URL" in line]
    assert "CACHE_URL names a cache that can't be used: Error 111" in line
    assert line.endswith("Nobody can sign in until it can.")
    assert "Traceback" not in done.stderr


def test_a_traceback_is_there_for_who_asks_for_it() -> None:
    PROGRAMS["traceback"] = ["manage.py", "check", "--traceback"]
    assert "Traceback" in run("traceback", {"SECRET_KEY": ""}).stderr


def test_django_and_its_packages_get_the_limits() -> None:
    """They read names of their own, so what is set has to arrive there."""
    shown = settings_of(
        {
            "INVITATIONS_PER_HOUR_LIMIT": "3",
            "SESSION_DAYS": "1",
            "SIGN_IN_MINUTES": "5",
            "SIGN_IN_CODE_MINUTES": "4",
            "SIGN_IN_TRIES_LIMIT": "8",
            "SIGN_IN_PAUSE_MINUTES": "9",
            "CODE_TRIES_LIMIT": "2",
            "REAUTHENTICATION_SECONDS": "20",
            "PASSWORD_MIN_CHARACTERS": "12",
            "PASSWORD_RESET_DAYS": "2",
            "ADDRESS_CHANGES_PER_HOUR_LIMIT": "6",
            "TOTP_TOLERANCE_SECONDS": "60",
            "REQUEST_BODY_MAX_BYTES": "20000",
            "DATABASE_LOCK_SECONDS": "7",
            "BROKER_POLLING_SECONDS": "0.5",
        }
    )
    limits = shown["ACCOUNT_RATE_LIMITS"]
    assert (limits["invite"], limits["change_address"]) == ("3/h/user", "6/h/user")
    assert limits["login_failed"] == "10/m/ip,8/9m/key"
    assert shown["ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS"] == 2
    assert shown["ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS"] == 2
    assert shown["SESSION_COOKIE_AGE"] == 24 * 60 * 60
    assert shown["ACCOUNT_LOGIN_TIMEOUT"] == 300
    assert shown["ACCOUNT_LOGIN_BY_CODE_TIMEOUT"] == 240
    assert shown["ACCOUNT_REAUTHENTICATION_TIMEOUT"] == 20
    assert {"min_length": 12} in [validator.get("OPTIONS") for validator in shown["AUTH_PASSWORD_VALIDATORS"]]
    assert shown["PASSWORD_RESET_TIMEOUT"] == 2 * 24 * 60 * 60
    assert shown["ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT"] == 240
    assert shown["MFA_TOTP_TOLERANCE"] == 2
    assert shown["DATA_UPLOAD_MAX_MEMORY_SIZE"] == 20_000
    assert shown["DATABASES"]["default"]["OPTIONS"]["timeout"] == 7
    assert shown["CELERY_BROKER_TRANSPORT_OPTIONS"]["polling_interval"] == 0.5


def test_cookies_and_links_are_for_https_only() -> None:
    shown = settings_of({"HTTPS_ONLY": "true"})
    assert shown["SESSION_COOKIE_SECURE"] is True
    assert shown["CSRF_COOKIE_SECURE"] is True
    assert shown["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert shown["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert shown["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == "https"


def test_postgresql_and_redis_get_their_limits() -> None:
    shown = settings_of(
        {
            "DATABASE_URL": "postgres://mailway@127.0.0.1/mailway",
            "CELERY_BROKER_URL": "redis://127.0.0.1",
            "DATABASE_POOL_MIN_COUNT": "2",
            "DATABASE_POOL_MAX_COUNT": "9",
            "DATABASE_POOL_WAIT_SECONDS": "3",
            "BROKER_CONNECT_SECONDS": "4",
            "BROKER_ANSWER_SECONDS": "5",
        }
    )
    assert shown["DATABASES"]["default"]["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 9, "timeout": 3}
    options = shown["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert (options["socket_connect_timeout"], options["socket_timeout"]) == (4, 5)


def started(environment: dict[str, str], then: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {then}"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
