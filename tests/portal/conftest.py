from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

PLAIN_STORAGE = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def _files_without_a_manifest() -> Iterator[None]:
    """A page can be looked at before `collectstatic` has run."""
    with override_settings(STORAGES={"staticfiles": PLAIN_STORAGE}, WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture
def visitor() -> Client:
    """A browser that gets the error page instead of the test getting the exception."""
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def without_a_broker(no_broker: dict[int, str]) -> None:
    """Tasks are noted, not sent."""
