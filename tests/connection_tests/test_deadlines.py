"""A test counts as lost only when it can't be running any more."""

from contextlib import nullcontext

import pytest
from django.core.exceptions import ImproperlyConfigured

from mailsetup.connection_tests.app_settings import ConnectionTestSettings
from mailsetup.probes.app_settings import ProbeSettings
from portal.app_settings import PortalSettings
from tests.portal.installation import settings_of

# What the last step may wait for until another writer lets go of the database.
DATABASE_SECONDS = PortalSettings().database_lock_seconds


def test_a_test_of_the_usual_length_is_not_lost() -> None:
    longest = ProbeSettings().longest_test_seconds
    assert longest == 60 + 60
    assert longest + DATABASE_SECONDS < ConnectionTestSettings().test_lost_seconds


def test_a_killed_worker_is_told_within_twenty_seconds() -> None:
    """It counts as dead when it has been silent for so long, and whoever looks next closes its tests."""
    limits = ConnectionTestSettings()
    assert limits.worker_silence_seconds + limits.worker_heartbeat_seconds <= 20


@pytest.mark.parametrize(
    ("environment", "starts"),
    [
        ({"TEST_LOST_SECONDS": "140"}, False),
        ({"TEST_LOST_SECONDS": "141"}, True),
        ({"PROBE_OVERALL_SECONDS": "70"}, False),
        ({"PROBE_ARRIVE_SECONDS": "69.5"}, True),
        ({"PROBE_ARRIVE_SECONDS": "70"}, False),
        ({"DATABASE_LOCK_SECONDS": "30"}, False),
        ({"PROBE_ARRIVE_SECONDS": "120", "TEST_LOST_SECONDS": "201"}, True),
    ],
    ids=str,
)
def test_deadlines_that_make_a_running_test_lost_stop_the_start(
    environment: dict[str, str], *, starts: bool
) -> None:
    with (
        nullcontext()
        if starts
        else pytest.raises(ImproperlyConfigured, match=r"^TEST_LOST_SECONDS can't be used: it is ")
    ):
        settings_of(environment)
