"""A provider with one mail server on this machine, and a clock that can be moved."""

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.contrib.auth.models import Permission
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from mailsetup.hosting.models import Domain
from tests.faults import Authority, ServerThread
from tests.probes.prober import QUICK
from tests.watch.lab import HOST, MailServer

Later = Callable[..., None]
Limits = Callable[..., None]


@pytest.fixture
def later(time_machine: TimeMachineFixture) -> Later:
    """Moves the clock on; it begins at the true time, by which OpenSSL judges certificates."""
    time_machine.move_to(datetime.now(UTC))

    def move(**duration: float) -> None:
        time_machine.move_to(datetime.now(UTC) + timedelta(**duration))

    return move


@pytest.fixture
def limits(settings: Settings) -> Limits:
    """Sets limits of this room as the environment would."""

    def change(**values: int) -> None:
        settings.WATCH = msgspec.structs.replace(settings.WATCH, **values)

    return change


@pytest.fixture
def bare_server(db: None, authority: Authority, servers: ServerThread, settings: Settings) -> MailServer:
    """A server without a domain, of which staff want to hear."""
    settings.PROBE_HOSTS = {HOST: ("127.0.0.1",)}
    settings.PROBE_ALLOWED_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"),)
    settings.PROBE_CA_FILE = authority.ca_file
    settings.PROBES = QUICK
    settings.WATCH_MAIL_TO = ("ops@hoster.example", "boss@hoster.example")
    return MailServer(authority, servers)


@pytest.fixture
def mail_server(bare_server: MailServer) -> MailServer:
    """The same with one domain."""
    bare_server.serves("example.com")
    return bare_server


@pytest.fixture
def server(provider: None, bare_server: MailServer, settings: Settings) -> MailServer:
    """The server of all customers, which hangs up on whoever comes."""
    Domain.objects.update(server=bare_server.row)
    bare_server.breaks()
    settings.CONNECTION_TESTS = msgspec.structs.replace(settings.CONNECTION_TESTS, server_refusals_limit=1000)
    return bare_server


@pytest.fixture
def operator(db: None) -> User:
    """Staff who may see the servers, and nothing else."""
    user = User.objects.create_user("operator@hoster.example", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_watchedserver"))
    return user
