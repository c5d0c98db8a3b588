"""What the desk finds is the same on both databases, which are asked in different words."""

from tests.parts.crowd import Crowd
from tests.parts.postgres import Postgres

_SCRIPT = """
import json
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.db import connection
from accounts.access import DeskRights
from accounts.models import Customer, Membership, User
from mailsetup.hosting.models import Server
from mailsetup.support import results

server = Server.objects.create(name="mail1")
for number, name in enumerate(("Lindqvist Ateljé AB", "100 % Glas")):
    customer = Customer.objects.create(external_id=f"whmcs:{number}", name=name)
    for person in ("Anna Lindqvist", "Siv Åberg"):
        user, _ = User.objects.get_or_create(email=f"{number}{person[0]}@people.example", name=person)
        Membership.objects.create(user=user, customer=customer)
    domain = server.domains.create(name=f"shop{number}.example", customer=customer)
    domain.aliases.create(name=f"boutique-{number}.example")
User.objects.create(email="staff@hoster.example", name="Anna Aaberg")
seen = ("tests", "domains", "servers", "customers", "people")
rights = DeskRights(**{f"see_{each}": True for each in seen})
texts = ["shop1.exampel", "outique-0", "ATELJÉ", "0 % g", "qvist ann", "åberg", "whmcs:1", "1", "anna", "_"]
found = {}
for text in [*texts, "no such"]:
    groups = results.find(text, rights).groups
    found[text] = [[match.title, match.near] for group in groups for match in group.matches]
with connection.cursor() as cursor:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%' ORDER BY 1")
    else:
        cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE '%_sqlite' ORDER BY 1")
    indexes = [name for name, in cursor.fetchall()]
print(json.dumps([connection.vendor, indexes, found]))
"""


def test_what_is_near_or_a_piece_of_a_name_is_found_in_any_case(crowd: Crowd) -> None:
    vendor, indexes, found = crowd.run(_SCRIPT)
    assert found == {
        "shop1.exampel": [["shop1.example", True]],
        "outique-0": [["boutique-0.example", False]],
        "ATELJÉ": [["Lindqvist Ateljé AB", False]],
        "0 % g": [["100 % Glas", False]],
        "qvist ann": [["Anna Lindqvist", False]] * 2,
        "åberg": [["Siv Åberg", False]] * 2,
        "whmcs:1": [["100 % Glas", False]],
        "1": [["mail1", False], ["shop1.example", False], ["100 % Glas", False]],
        "anna": [["Anna Lindqvist", False]] * 2,
        "_": [],
        "no such": [],
    }
    tables = ("customer_external_id", "customer_name", "user_name")
    expected = [f"accounts_{each}_trgm" for each in tables]
    expected += ["hosting_domain_name_trgm", "hosting_domainalias_name_trgm"]
    on_sqlite = ["accounts_customer_name_sqlite", "accounts_user_name_sqlite"]
    assert indexes == (expected if vendor == "postgresql" else on_sqlite)


_WITHOUT_TRIGRAMS = """
import json
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0, app_label="accounts", migration_name="0008")
with connection.cursor() as cursor:
    # Somebody who does not own the database.
    cursor.execute("CREATE ROLE guest NOSUPERUSER; GRANT ALL ON SCHEMA public TO guest")
    for what in ("TABLES", "SEQUENCES"):
        cursor.execute(f"GRANT ALL ON ALL {what} IN SCHEMA public TO guest")
    cursor.execute("SET ROLE guest")
call_command("migrate", verbosity=0, app_label="accounts", migration_name="0009")
from accounts.models import Customer
from mailsetup.support.selectors import customers_with
Customer.objects.create(external_id="1", name="Lindqvist")
print(json.dumps([each.name for each in customers_with("qvist", 9)]))
"""


def test_without_the_right_to_make_the_indexes_the_desk_still_searches(postgres: Postgres) -> None:
    assert Crowd(postgres.create_database("without")).run(_WITHOUT_TRIGRAMS) == ["Lindqvist"]
