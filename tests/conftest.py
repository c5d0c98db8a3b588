"""Fixtures of every test."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command

# The mail laboratory, PostgreSQL and Redis, each of which starts when a test first asks for it; a provider's
# customers, servers and domains.
pytest_plugins = ("tests.parts.fixtures", "tests.provider")


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Pages link to hashed names, as in production; a name that isn't there fails the page."""
    call_command("collectstatic", interactive=False, verbosity=0)
    # Each browser of a test would list all these files at its first request, and asks for none.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Rate limits and answers of DNS are kept in the cache, which the tests of one process share."""
    cache.clear()
