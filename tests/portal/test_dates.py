"""A date is written one way on pages, on paper, in mails and in the admin."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils.formats import date_format
from pytest_django.fixtures import Settings

from accounts.models import Customer, SupportVisit, User
from tests.accounts.conftest import support  # noqa: F401  # a fixture
from tests.architecture.rooms import ROOT

NOON = datetime(2026, 11, 26, 13, 5, tzinfo=UTC)
# The machine's own, in an attribute that nobody reads (RFC 3339).
FOR_MACHINES = {"c"}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("DATE_FORMAT", "26 November 2026"),
        ("DATETIME_FORMAT", "26 November 2026, 13:05"),
        ("TIME_FORMAT", "13:05"),
        ("MONTH_DAY_FORMAT", "26 November"),
        ("SHORT_DATE_FORMAT", "26 Nov 2026"),
        ("SHORT_DATETIME_FORMAT", "26 Nov 2026, 13:05"),
    ],
)
def test_the_day_stands_before_the_month(name: str, written: str) -> None:
    assert date_format(NOON, name) == written


def test_the_admin_writes_dates_as_pages_do(client: Client, support: User, settings: Settings) -> None:  # noqa: F811
    customer = User.objects.create_user("anna@lindqvist.example")
    Customer.objects.create(external_id="whmcs:1", name="Lindqvist AB", created_at=NOON)
    SupportVisit.objects.create(staff=support, user=customer, reason="Ticket 1", started_at=NOON)
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    client.force_login(support)

    for page in ("customer", "supportvisit"):
        assert "26 November 2026, 13:05" in client.get(f"/admin/accounts/{page}/").content.decode()


def test_no_template_has_a_format_of_its_own() -> None:
    own = [
        f"{path.relative_to(ROOT)}: {written}"
        for path in (ROOT / "templates").rglob("*.*")
        for written in re.findall(r'\|(?:date|time):"([^"]*)"', path.read_text(encoding="utf-8"))
        if not written.endswith("_FORMAT") and written not in FOR_MACHINES
    ]
    assert own == []


def test_no_module_has_a_format_of_its_own() -> None:
    """A letter or two in a call of date_format() is Django's own language for dates."""
    own = [
        f"{path.relative_to(ROOT)}: {call}"
        for room in ("accounts", "mailsetup", "portal")
        for path in (ROOT / room).rglob("*.py")
        for call in re.findall(r"date_format\([^\n]*", path.read_text(encoding="utf-8"))
        if re.search(r'"[A-Za-z](?:[ ,:][^"]*)?"', call)
    ]
    assert own == []
