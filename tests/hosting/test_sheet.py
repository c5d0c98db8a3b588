"""Domains come and go as a table."""

import hashlib
import html
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from mailsetup.hosting.admin import IMPORT_RIGHTS
from mailsetup.hosting.models import Domain, Server
from mailsetup.hosting.provisioning import provision_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]
HEAD = "domain,server,customer,aliases,mailboxes,enabled\n"
IMPORT, EXPORT = "/admin/hosting/domain/import/", "/admin/hosting/domain/export/"


def staff(*rights: str) -> Client:
    user, _created = User.objects.get_or_create(email="clerk@hoster.example", defaults={"is_staff": True})
    user.user_permissions.set(
        Permission.objects.filter(codename__in=[one.partition(".")[2] for one in rights])
    )
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def support() -> Client:
    return staff(*IMPORT_RIGHTS, "hosting.view_domain", "accounts.view_customer")


def exported(client: Client, **query: str) -> str:
    answer = client.get(EXPORT, query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return b"".join(answer.streaming_content).decode()


def test_what_was_exported_changes_nothing_when_it_comes_back(support: Client) -> None:
    table = exported(support)
    assert table.startswith("\ufeffdomain,server,customer,aliases,mailboxes,enabled\r\n")
    assert "example.com,smarter1,whmcs:1234,example.net," in table
    changes = provision_sheet(table)
    assert (changes.added, changes.changed) == ([], [])
    assert len(changes.unchanged) == Domain.objects.count()


def test_the_export_is_what_the_list_shows(support: Client) -> None:
    table = exported(support, q="mple.net")
    assert [line.partition(",")[0] for line in table.splitlines()[1:]] == ["example.com"]


def test_an_export_of_a_list_that_is_none_leads_back_to_all(support: Client) -> None:
    assert support.get(EXPORT, {"nonsense": "1"}).headers["location"] == "/admin/hosting/domain/"


def test_no_cell_is_a_formula(support: Client) -> None:
    Server.objects.update(name="=HYPERLINK(1)")
    table = exported(support)
    assert ",=HYPERLINK" not in table
    assert ", =HYPERLINK(1)," in table
    assert provision_sheet(table).changed == []


def test_an_import_is_shown_before_it_is_stored(support: Client) -> None:
    table = HEAD + (
        "Bücher.example,smarter1,whmcs:1234,büro.example books.example,anna@bücher.example,\n"
        "example.com,smarter1,whmcs:1234,,anna@example.com,no\n"
    )
    page = support.post(IMPORT, {"sheet": table}).content.decode()
    assert "1 domain added" in page
    assert "1 domain changed" in page
    assert "example.net" in page, "the alias that would go"
    assert Domain.objects.filter(name="xn--bcher-kva.example").count() == 0
    assert Domain.objects.get(name="example.com").enabled

    [shown] = re.findall('name="shown" value="([0-9a-f]+)"', page)
    unseen = support.post(
        IMPORT, {"sheet": table + "new.example,smarter1,,,,\n", "store": "1", "shown": shown}
    )
    assert "2 domains added" in unseen.content.decode()
    assert not Domain.objects.filter(name="new.example").exists()

    done = support.post(IMPORT, {"sheet": table, "store": "1", "shown": shown}, follow=True)
    assert "The table is stored: 1 added, 1 changed, 0 as they were." in done.content.decode()
    domain = Domain.objects.get(name="xn--bcher-kva.example")
    assert {alias.name for alias in domain.aliases.all()} == {"xn--bro-hoa.example", "books.example"}
    assert not Domain.objects.get(name="example.com").enabled
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {"bücher.example", "example.com"}


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_tables_of_every_spreadsheet_are_read(delimiter: str) -> None:
    table = "\ufeff" + (HEAD + "new.example,smarter1,,,,yes\n,,,,,\n").replace(",", delimiter)
    assert provision_sheet(table.replace("\n", "\r\n")).added == ["domain new.example"]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "The first line names the columns"),
        ("domain,server\nnew.example,smarter1\n", "these are needed: domain, server, customer, aliases"),
        (HEAD, "There is no domain in it."),
        (
            HEAD + "\nno name,smarter1,,,,\n",
            "Line 3, domain: “no name” is not a domain name such as example.com.",
        ),
        (HEAD + "new.example,elsewhere,,,,\n", "Line 2, server: There is no server called elsewhere."),
        (
            HEAD + "new.example,smarter1,nobody,,,\n",
            "Line 2, customer: There is no customer with the id nobody.",
        ),
        (HEAD + "new.example,smarter1,,example.net,,\n", "Line 2, aliases: example.net is already an alias"),
        (
            HEAD + "new.example,smarter1,,,anna@example.com,\n",
            "Line 2, mailboxes: This mailbox is not in new.example.",
        ),
        (HEAD + "new.example,smarter1,,,,perhaps\n", "Line 2, enabled: “perhaps” should be yes or no."),
        (HEAD + "new.example,smarter1,,,,\n" * 2, "Line 3, domain: The domain new.example is there twice."),
        (HEAD + 'new.example,smarter1,,"' + "x" * 140_000 + '",,\n', "field larger than field limit"),
        ('"' + HEAD + "new.example,smarter1,,,,\n" * 6000, "field larger than field limit"),
    ],
)
@pytest.mark.parametrize("button", ["show", "store"])
def test_a_wrong_table_is_refused_with_line_and_column(
    support: Client, table: str, sentence: str, button: str
) -> None:
    before = Domain.objects.count()
    shown = hashlib.sha256(table.encode()).hexdigest()
    answer = support.post(IMPORT, {"sheet": table, button: "1", "shown": shown})
    assert answer.status_code == 200
    assert sentence in html.unescape(answer.content.decode())
    assert "Nothing was stored." in answer.content.decode()
    assert Domain.objects.count() == before


@pytest.mark.parametrize("missing", IMPORT_RIGHTS)
def test_who_lacks_one_right_imports_nothing(missing: str) -> None:
    browser = staff(*(right for right in IMPORT_RIGHTS if right != missing), "hosting.view_domain")
    assert browser.get(IMPORT).status_code == 403
    table = HEAD + "new.example,smarter1,,,,\n"
    shown = hashlib.sha256(table.encode()).hexdigest()
    answer = browser.post(IMPORT, {"sheet": table, "store": "1", "shown": shown})
    assert answer.status_code == 403
    assert not Domain.objects.filter(name="new.example").exists()
    assert IMPORT not in browser.get("/admin/hosting/domain/").content.decode()


def test_who_may_not_see_domains_exports_none() -> None:
    assert staff("hosting.view_server").get(EXPORT).status_code == 403


@pytest.mark.parametrize(
    ("right", "column"),
    [
        ("hosting.view_domainalias", "aliases"),
        ("hosting.view_mailbox", "mailboxes"),
        ("accounts.view_customer", "customer"),
    ],
)
def test_an_export_has_what_one_may_see(right: str, column: str) -> None:
    alone = exported(staff("hosting.view_domain"))
    assert alone.splitlines()[0] == "\ufeffdomain,server,enabled"
    assert not [secret for secret in ("anna@", "example.net", "whmcs:1234") if secret in alone]
    heads = exported(staff("hosting.view_domain", right)).splitlines()[0].removeprefix("\ufeff").split(",")
    assert sorted(heads) == sorted(["domain", "server", "enabled", column])
