"""What `check --deploy` says of an environment, and what the settings for HTTPS do under which name."""

import ipaddress
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error
from django.test import Client
from pytest_django.fixtures import Settings

from portal.checks import deployment
from tests.parts.postgres import Postgres
from tests.parts.redis_server import RedisServer

CHECKOUT = Path(__file__).parents[2]
REDIS = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}}
WELL: dict[str, Any] = {
    "CREDENTIALS_KEY": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "SECRET_KEY": "another one",
    "PROBE_HOSTS": {},
    "CACHES": REDIS,
    "DEBUG": False,
    "HTTPS_ONLY": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 3600,
    "TRUSTED_PROXY_COUNT": 1,
    "PORTAL_HOSTS": ["portal.hoster.example", "localhost"],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "portal@hoster.example",
    "PROBE_ALLOWED_NETWORKS": (ipaddress.ip_network("10.0.0.0/8"),),
}


def said(settings: Settings, **changed: Any) -> list[Error]:
    for name, value in {**WELL, **changed}.items():
        setattr(settings, name, value)
    return deployment()


def test_an_environment_that_is_well_has_nothing_said_of_it(settings: Settings) -> None:
    assert said(settings) == []


@pytest.mark.parametrize(
    ("changed", "number", "names"),
    [
        ({"PROBE_HOSTS": {"mail.example.test": ("127.0.0.1",)}}, 1, "PROBE_HOSTS"),
        ({"SECRET_KEY": WELL["CREDENTIALS_KEY"]}, 3, "CREDENTIALS_KEY"),
        (
            {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}},
            5,
            "CACHE_URL",
        ),
        ({"CACHES": {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}}, 5, "CACHE_URL"),
        ({"DEBUG": True}, 6, "DEBUG"),
        ({"HTTPS_ONLY": False}, 7, "HTTPS_ONLY"),
        ({"SECURE_SSL_REDIRECT": False}, 8, "HTTPS_REDIRECT"),
        ({"SECURE_HSTS_SECONDS": 0}, 9, "HSTS_SECONDS"),
        ({"TRUSTED_PROXY_COUNT": 0}, 10, "TRUSTED_PROXY_COUNT"),
        ({"PORTAL_HOSTS": ["localhost", "127.0.0.1", "[::1]"]}, 11, "PORTAL_HOSTS"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, 12, "EMAIL_URL"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, 12, "EMAIL_URL"),
        ({"DEFAULT_FROM_EMAIL": "noreply@localhost"}, 13, "DEFAULT_FROM_EMAIL"),
        ({"PROBE_ALLOWED_NETWORKS": (ipaddress.ip_network("0.0.0.0/0"),)}, 14, "PROBE_ALLOWED_NETWORKS"),
        ({"PROBE_ALLOWED_NETWORKS": (ipaddress.ip_network("::/0"),)}, 14, "PROBE_ALLOWED_NETWORKS"),
    ],
)
def test_a_mistake_is_named_with_its_setting_and_what_to_do(
    settings: Settings, changed: dict[str, Any], number: int, names: str
) -> None:
    [error] = said(settings, **changed)
    assert error.id == f"portal.E{number:03}"
    assert names in error.msg
    assert error.msg.endswith(".")
    assert names in error.hint or number in (3, 5, 14)


def checked(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        command, cwd=CHECKOUT, env={"PATH": "/usr/bin", **environment}, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def running(postgres: Postgres, redis_server: RedisServer) -> dict[str, str]:
    """A database, a broker and a cache in place of the documented ones."""
    return {
        "DATABASE_URL": postgres.create_database("deployment"),
        "CELERY_BROKER_URL": redis_server.url(0),
        "CACHE_URL": redis_server.url(1),
    }


def example(tmp_path: Path) -> dict[str, str]:
    """The environment in docs/operations.md, with the files that it names."""
    text = (CHECKOUT / "docs" / "operations.md").read_text()
    [block] = re.findall(r"```ini\n(.*?)```", text, re.DOTALL)
    settings = dict(line.split("=", 1) for line in block.splitlines())
    keys = {"SECRET_KEY": "0123456789" * 6, "CREDENTIALS_KEY": WELL["CREDENTIALS_KEY"]}
    for name, key in keys.items():
        (tmp_path / name).write_text(key)
        settings[f"{name}_FILE"] = str(tmp_path / name)
    settings["STATIC_ROOT"] = str(tmp_path)
    return settings


def test_the_documented_environment_is_well(tmp_path: Path, running: dict[str, str]) -> None:
    done = checked({**example(tmp_path), **running})
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


def test_what_does_not_answer_fails_the_check_with_a_sentence_each(tmp_path: Path) -> None:
    nobody = {
        "DATABASE_URL": "postgres://mailway:hush@127.0.0.1:1/mailway",
        "CELERY_BROKER_URL": "redis://:hush@127.0.0.1:1/0",
        "CACHE_URL": "redis://:hush@127.0.0.1:1/1",
    }
    done = checked({**example(tmp_path), **nobody})
    assert done.returncode == 1
    found = re.findall(r"\(portal\.(E\d+)\) (\w+) names a \w+ that can't be used: (.*)", done.stderr)
    assert [(number, name) for number, name, _reason in found] == [
        ("E015", "DATABASE_URL"),
        ("E016", "CACHE_URL"),
        ("E017", "CELERY_BROKER_URL"),
    ]
    assert all("refused" in reason for _number, _name, reason in found)
    assert "hush" not in done.stderr
    assert "Traceback" not in done.stderr


def test_mistakes_fail_the_check_with_a_sentence_each(tmp_path: Path, running: dict[str, str]) -> None:
    mistakes = {"HTTPS_REDIRECT": "false", "HSTS_SECONDS": "0", "EMAIL_URL": "consolemail://"}
    done = checked({**example(tmp_path), **running, **mistakes})
    assert done.returncode == 1
    assert re.findall(r"\(portal\.(E\d+)\) (\w+)", done.stderr) == [
        ("E008", "HTTPS_REDIRECT"),
        ("E009", "HSTS_SECONDS"),
        ("E012", "EMAIL_URL"),
    ]


@pytest.fixture
def on_https(settings: Settings) -> Client:
    settings.PORTAL_HOSTS = ["portal.hoster.example"]
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 3600
    return Client()


@pytest.mark.django_db
def test_own_names_go_to_https(on_https: Client) -> None:
    answer = on_https.get("/accounts/login/?next=/tests/", headers={"host": "portal.hoster.example"})
    assert answer.status_code == 301
    assert answer["Location"] == "https://portal.hoster.example/accounts/login/?next=/tests/"


@pytest.mark.django_db
def test_own_names_are_remembered_as_https_and_no_other_host_with_them(on_https: Client) -> None:
    answer = on_https.get("/accounts/login/", headers={"host": "portal.hoster.example"}, secure=True)
    assert answer.status_code == 200
    assert answer["Strict-Transport-Security"] == "max-age=3600"


@pytest.mark.django_db
@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("path", ["/mail/config-v1.1.xml?emailaddress=anna@example.com", "/accounts/login/"])
def test_customers_names_stay_as_they_are(on_https: Client, path: str, secure: bool) -> None:
    answer = on_https.get(path, headers={"host": "autoconfig.example.com"}, secure=secure)
    assert answer.status_code == 404
    assert "Strict-Transport-Security" not in answer


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml"]
)
def test_programs_are_answered_by_http_under_the_own_name_too(on_https: Client, path: str) -> None:
    answer = on_https.get(path, headers={"host": "portal.hoster.example"})
    assert answer.status_code in (200, 404, 503)


@pytest.mark.django_db
def test_without_the_settings_nobody_is_sent_anywhere(client: Client) -> None:
    assert client.get("/accounts/login/").status_code == 200
    assert "Strict-Transport-Security" not in client.get("/accounts/login/", secure=True)
