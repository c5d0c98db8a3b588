"""Fixtures of every test."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.test import override_settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from accounts import tasks

# The mail laboratory, PostgreSQL and Redis, each of which starts when a test first asks for it; a provider's
# customers, servers and domains.
pytest_plugins = ("tests.parts.fixtures", "tests.provider")


INSTALLATIONS = ("embedded", "grown-up")
# The tests of the modules that pyproject.toml's coverage includes.
JUDGED = (
    *("tests/accounts/", "tests/clientconfig/", "tests/connection_tests/", "tests/discovery/"),
    *("tests/formats/", "tests/hosting/", "tests/probes/", "tests/setup_links/"),
    *("tests/support/", "tests/watch/"),
)


class ByServer(LoadScopeScheduling):
    """Two processes share the suite: tests that share a running server stay in one of them."""

    def _split_scope(self, nodeid: str) -> str:
        return _installation(nodeid) or nodeid.rpartition("/")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServer:
    return ByServer(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, so that no process waits for the other in the end.

    Coverage is counted in the tests of the rooms that it judges: it makes a page half as slow again.
    """
    items.sort(key=lambda item: _installation(item.nodeid) or "last")
    for item in items:
        if not item.nodeid.startswith(JUDGED):
            item.add_marker(pytest.mark.no_cover)


def _installation(nodeid: str) -> str:
    """Which of the portals that run in tests/e2e a test is for; "" for none."""
    file, _, case = nodeid.partition("[")
    return next((name for name in INSTALLATIONS if file.startswith("tests/e2e/") and name in case), "")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashing is slow on purpose; the suite signs in a thousand times and attacks nobody's hashes."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Pages link to hashed names, as in production; a name that isn't there fails the page."""
    call_command("collectstatic", interactive=False, verbosity=0)
    # Each browser of a test would list all these files at its first request, and asks for none.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def mail_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's part of a mail happens here: there is no worker, and no commit in most tests."""
    monkeypatch.setattr(tasks, "send_later", tasks.deliver)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Rate limits and answers of DNS are kept in caches, which the tests of one process share."""
    for cache in caches.all():
        cache.clear()
