"""Staff at the desk, and a finished test of a customer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import services
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, ServiceReport, Side, Status, Step, TranscriptLine
from tests.connection_tests.runs import findings, finished, queued

# Every permission that the desk knows.
PERMISSIONS = (
    *("view_connectiontest", "add_connectiontest", "view_transcript"),
    *("view_reportlink", "add_reportlink", "delete_reportlink"),
    *("view_domain", "view_server", "view_setuplink", "add_setuplink", "change_setuplink"),
    *("view_customer", "view_user", "view_invitation", "add_invitation", "view_supportvisit"),
    "view_as_customer",
)
WORKER_ADDRESS = "198.51.100.7"
LINES = (
    TranscriptLine(2, Side.EVENT, "connected from 198.51.100.7 to 203.0.113.24, port 993"),
    TranscriptLine(31, Side.CLIENT, "m2 AUTHENTICATE PLAIN [password]"),
    TranscriptLine(1250, Side.SERVER, "m2 NO AUTHENTICATIONFAILED"),
)
REFUSED = Finding(
    Step.SIGN_IN,
    Status.FAILED,
    Code.AUTH_FAILED,
    1219,
    {"username": "anna@example.com", "server": "AUTHENTICATIONFAILED Authentication failed"},
)
StaffWith = Callable[..., Client]


@pytest.fixture(autouse=True)
def one_factor(settings: Settings, request: pytest.FixtureRequest) -> None:
    """A test of who gets in asks for the second factor itself. Tasks are noted, not sent."""
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    request.getfixturevalue("no_broker")


@pytest.fixture
def staff_with(db: None, signed_in: Any) -> StaffWith:
    """A browser of staff who have these permissions and no others."""

    def browser(*permissions: str, email: str = "sam@hoster.example") -> Client:
        user, _created = User.objects.get_or_create(email=email, defaults={"is_staff": True, "name": "Sam"})
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        assert user.user_permissions.count() == len(permissions)
        return signed_in(user)

    return browser


@pytest.fixture
def desk(staff_with: StaffWith) -> Client:
    """Staff who may do all that the desk offers."""
    return staff_with(*PERMISSIONS)


@pytest.fixture
def refused(owner: User) -> ConnectionTest:
    """A test whose password was refused, with what went over the wire."""
    return with_lines(finished(queued(owner), findings(Protocol.IMAP, (0, REFUSED))))


def with_lines(test: ConnectionTest) -> ConnectionTest:
    receiving, sending = test.planned()
    services.keep_transcripts(
        test,
        [ServiceReport(receiving, (), LINES, WORKER_ADDRESS), ServiceReport(sending, (), (), "198.51.100.8")],
    )
    return test
