"""The support desk's search with 100,000 domains and 50,000 tests, on SQLite and on PostgreSQL.

Each database is filled and asked in a process of its own, which prints what it measured.
"""

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.report import Promise
from tests.parts.postgres import running_postgres

ROOT = Path(__file__).parents[2]
DOMAINS, ALIASES, CUSTOMERS, TESTS = 100_000, 10_000, 50_000, 50_000
ROUNDS = 15
# What is typed, and what it finds.
SEARCHES = {
    "a reference": "{reference}",
    "a reference with a slip": "{slip}",
    "an address": "anna@shop50000.example",
    "a domain with a slip": "shop5000o.example",
    "a stranger's address": "somebody@stranger-of-ours.example",
    "a part of a name": "berg 49",
    "a part of thousands of names": "berg",
    "a person": "lindokberg anna",
    "a first name": "anna",
    "a sign-in address": "49@people.example",
    "a piece of a domain": "op4999",
    "a server's host name": "mail1.hoster.example",
    "a sentence with a reference": "the reference is {reference}",
    "nothing": "no such customer",
    "a telephone number": "+46 70 123 45 67",
}


def measure(folder: Path) -> list[Promise]:
    folder.mkdir(parents=True, exist_ok=True)
    promises = []
    with running_postgres() as postgres:
        databases = {
            "SQLite": f"sqlite:///{folder}/desk.sqlite3",
            "PostgreSQL": postgres.create_database("desk"),
        }
        for name, url in databases.items():
            found = _asked(url)
            slowest = max(found, key=lambda search: found[search]["ms"])
            most = max(each["queries"] for each in found.values())
            promises += [
                Promise(f"desk search, slowest median ({slowest}), {name}", found[slowest]["ms"], 40, "ms"),
                Promise(f"desk search, most queries of its own, {name}", most, 6, "queries"),
            ]
    return promises


def _asked(url: str) -> dict[str, dict[str, float]]:
    """Of each search its median in milliseconds and how many queries it took."""
    environment = {**os.environ, "DESK_BENCH_DATABASE": url}
    command = [sys.executable, "-m", "tests.bench.desk"]
    answer = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, dict[str, float]] = json.loads(answer.stdout)
    return found


def main() -> None:
    import tests.environment  # noqa: F401, PLC0415  # before Django reads its settings

    os.environ["DATABASE_URL"] = os.environ["DESK_BENCH_DATABASE"]
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    reference = _fill()
    print(json.dumps(_ask(reference)))


_FIRST = ("Anna", "Björn", "Chiara", "Dimitri", "Elif", "Farid", "Gudrun", "Hana", "Ivo", "Jonas", "Kofi")
_SYLLABLES = ("lind", "ok", "berg", "mar", "son", "tal", "fors", "quist", "vik", "ros", "hal", "dal")


def _last(number: int) -> str:
    """A family name that some thirty of the fifty thousand have."""
    places = (number % 12, number // 12 % 12, number // 144 % 12)
    return "".join(_SYLLABLES[place] for place in places).title()


def _fill() -> str:
    """The domains, customers and tests; returns the reference of one of them."""
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import Customer, Membership, User  # noqa: PLC0415
    from mailsetup.connection_tests.models import ConnectionTest  # noqa: PLC0415
    from mailsetup.connection_tests.services import new_reference  # noqa: PLC0415
    from mailsetup.hosting.models import Domain, DomainAlias, Server  # noqa: PLC0415

    server = Server.objects.create(name="mail1")
    server.services.create(position=0, type="imap", hostname="mail1.hoster.example", port=993)
    customers = Customer.objects.bulk_create(
        [
            Customer(external_id=f"whmcs:{n}", name=f"{_last(n)} & {_last(7 * n)} {n} AB")
            for n in range(CUSTOMERS)
        ]
    )
    people = User.objects.bulk_create(
        User(email=f"{n}@people.example", name=f"{_FIRST[n % len(_FIRST)]} {_last(n)}")
        for n in range(CUSTOMERS)
    )
    Membership.objects.bulk_create(
        Membership(user=user, customer=customer) for user, customer in zip(people, customers, strict=True)
    )
    domains = Domain.objects.bulk_create(
        Domain(name=f"shop{n}.example", server=server, customer=customers[n % CUSTOMERS])
        for n in range(DOMAINS)
    )
    DomainAlias.objects.bulk_create(
        DomainAlias(name=f"boutique{n}.example", domain=domains[n]) for n in range(ALIASES)
    )
    now = timezone.now()
    references = {new_reference() for _ in range(TESTS)}
    ConnectionTest.objects.bulk_create(
        ConnectionTest(
            reference=reference,
            address=f"user{n % 7}@shop{n}.example",
            domain=domains[n],
            protocol="imap",
            state="done",
            verdict="passed",
            created_at=now,
        )
        for n, reference in enumerate(references)
    )
    with connection.cursor() as cursor:
        # As the database does by itself in the background, once so much has come in.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return min(references)


def _ask(reference: str) -> dict[str, dict[str, float]]:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from accounts.access import DeskRights  # noqa: PLC0415
    from accounts.models import User  # noqa: PLC0415
    from mailsetup.support import results  # noqa: PLC0415

    browser = Client(headers={"host": "localhost"})
    staff = User.objects.create_superuser("support@hoster.example", "a long password of staff")
    browser.force_login(staff)
    from allauth.mfa.models import Authenticator  # noqa: PLC0415

    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    slip = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    seen = ("tests", "domains", "servers", "customers", "people")
    rights = DeskRights(**{f"see_{each}": True for each in seen})
    found = {}
    for text in SEARCHES.values():
        browser.get("/desk/", {"q": text})
    # As in a process that has run for a while: it has loaded everything, and no rows of _fill() lie about.
    gc.collect()
    typed_for = {name: text.format(reference=reference, slip=slip) for name, text in SEARCHES.items()}
    took: dict[str, list[float]] = {name: [] for name in SEARCHES}
    # All of them in each round, so that a moment in which the machine does something else hits none alone.
    for _ in range(ROUNDS):
        for name, typed in typed_for.items():
            started = time.perf_counter()
            browser.get("/desk/", {"q": typed})
            took[name].append(time.perf_counter() - started)
    for name, typed in typed_for.items():
        with CaptureQueriesContext(connection) as queries:
            results.find(typed, rights)
        with CaptureQueriesContext(connection) as all_queries:
            browser.get("/desk/", {"q": typed})
        found[name] = {
            "ms": statistics.median(took[name]) * 1000,
            "queries": len(queries),
            "all": len(all_queries),
        }
    return found


if __name__ == "__main__":
    main()
