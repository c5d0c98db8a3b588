"""The lists that support works with, in the database of a large provider."""

import statistics
import time
from pathlib import Path

from django.test import Client

from tests.bench.report import Promise

DOMAINS = 100_000
TESTS = 50_000
ROUNDS = 20
# With milliseconds. What is searched for stands in the middle of a name, so that no index helps.
LISTS = {
    "domains": ("/admin/hosting/domain/", 60),
    "domains, searched": ("/admin/hosting/domain/?q=er-4711.te", 150),
    "tests": ("/admin/connection_tests/connectiontest/", 60),
}


def measure(_folder: Path) -> list[Promise]:
    fill()
    browser = _support()
    return [
        Promise(f"admin's list of {name}, server time", _milliseconds(browser, path), limit, "ms")
        for name, (path, limit) in LISTS.items()
    ]


def fill() -> None:
    """What a provider with many customers has after some years."""
    from accounts.models import Customer  # noqa: PLC0415  # once Django is set up
    from mailsetup.connection_tests.models import ConnectionTest  # noqa: PLC0415
    from mailsetup.hosting.models import Domain, DomainAlias, Server  # noqa: PLC0415

    server = Server.objects.create(name="large")
    customers = Customer.objects.bulk_create(
        (Customer(external_id=f"l:{number}", name=f"Large {number}") for number in range(1000)), 500
    )
    domains = Domain.objects.bulk_create(
        (
            Domain(name=f"customer-{number}.test", server=server, customer=customers[number % 1000])
            for number in range(DOMAINS)
        ),
        500,
    )
    DomainAlias.objects.bulk_create(
        (DomainAlias(name=f"alias-{domain.name}", domain=domain) for domain in domains[::10]), 500
    )
    ConnectionTest.objects.bulk_create(
        (
            ConnectionTest(
                reference=f"L{number:08}",
                address=f"anna@{domains[number].name}",
                domain=domains[number],
                protocol="imap",
                state="done",
                verdict="failed",
                causes=["tcp_refused"],
            )
            for number in range(TESTS)
        ),
        500,
    )


def _support() -> Client:
    from allauth.mfa.models import Authenticator  # noqa: PLC0415  # once Django is set up

    from accounts.models import User  # noqa: PLC0415

    user = User.objects.create_superuser("support@large.test", "a long password of staff")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    browser = Client(headers={"host": "localhost"})
    browser.force_login(user)
    return browser


def _milliseconds(browser: Client, path: str) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        answer = browser.get(path)
        times.append(time.perf_counter() - started)
        assert answer.status_code == 200
    return statistics.median(times) * 1000
