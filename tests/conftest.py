"""Fixtures of every test."""

import pytest
from django.core.management import call_command


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Pages link to hashed names, as in production; a name that isn't there fails the page."""
    call_command("collectstatic", interactive=False, verbosity=0)
