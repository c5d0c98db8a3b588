"""Whose test is whose: on its page, in its polls, in lists."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Customer, Membership, User
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.provisioning import provision
from tests.connection_tests.conftest import Later
from tests.connection_tests.runs import PASSWORD, queued
from tests.connection_tests.shown import Shown
from tests.html import read
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def browsers(
    owner: User, colleague: User, stranger: User, signed_in: Callable[[User], Client]
) -> dict[str, Client]:
    staff = User.objects.create_superuser("support@hoster.example", "a long password of staff")
    people = {"owner": owner, "colleague": colleague, "stranger": stranger, "staff": staff}
    return {**{name: signed_in(user) for name, user in people.items()}, "nobody": Client()}


@pytest.fixture
def of_owner(owner: User) -> ConnectionTest:
    return queued(owner)


@pytest.fixture
def of_colleague(colleague: User) -> ConnectionTest:
    return queued(colleague)


@pytest.fixture
def of_a_link(setup_link: MakeLink) -> tuple[ConnectionTest, str]:
    """A test that the holder of a link has started, and the link's token."""
    link, token = setup_link()
    Client().post(f"/s/{token}/test/", {"protocol": "imap", "password": PASSWORD})
    return ConnectionTest.objects.get(setup_link=link), token


def answers(browsers: dict[str, Client], address: str) -> dict[str, int]:
    return {name: browser.get(address).status_code for name, browser in browsers.items()}


EVERYBODY_ELSE = {"stranger": 404, "staff": 404, "nobody": 404}


@pytest.mark.parametrize(
    ("query", "there"), [("", 200), ("?seen=queued-0-{before}-60", 204), ("?seen=", 200)]
)
def test_an_owner_sees_all_of_the_customer_and_a_colleague_their_own(
    later: Later,
    browsers: dict[str, Client],
    of_owner: ConnectionTest,
    of_colleague: ConnectionTest,
    of_a_link: tuple[ConnectionTest, str],
    query: str,
    there: int,
) -> None:
    by_link, _token = of_a_link
    tests = (of_owner, 404), (of_colleague, there), (by_link, 404)
    for before, (test, of_the_colleague) in enumerate(tests):
        found = answers(browsers, f"/tests/{test.reference}/{query.format(before=before)}")
        assert found == {"owner": there, "colleague": of_the_colleague, **EVERYBODY_ELSE}


@pytest.mark.parametrize(
    ("query", "there"), [("", 200), ("?seen=queued-0-{before}-60", 204), ("?seen=", 200)]
)
def test_behind_a_link_there_are_its_own_tests_whoever_holds_it(
    later: Later,
    browsers: dict[str, Client],
    of_owner: ConnectionTest,
    of_a_link: tuple[ConnectionTest, str],
    setup_link: MakeLink,
    query: str,
    there: int,
) -> None:
    test, token = of_a_link
    query = query.format(before=1)
    _link, same_address = setup_link()
    _link, other_address = setup_link("bert@example.com")
    assert set(answers(browsers, f"/s/{token}/tests/{test.reference}/{query}").values()) == {there}
    for elsewhere in (
        f"/s/{same_address}/tests/{test.reference}/",
        f"/s/{other_address}/tests/{test.reference}/",
        f"/s/forged/tests/{test.reference}/",
        f"/s/{token}/tests/{of_owner.reference}/",
    ):
        assert set(answers(browsers, elsewhere + query).values()) == {404}, elsewhere


def test_a_page_behind_a_link_leads_nowhere_else(
    of_a_link: tuple[ConnectionTest, str], client: Client
) -> None:
    test, token = of_a_link
    ConnectionTest.objects.update(state="done")
    page = client.get(f"/s/{token}/tests/{test.reference}/")
    assert {link.split("?")[0] for link in read(page).one("main").links().values()} == {
        f"/s/{token}/",
        f"/s/{token}/test/",
        f"/s/{token}/compare/",
        f"/s/{token}/tests/{test.reference}/report.txt",
        f"/s/{token}/tests/{test.reference}/report.json",
    }


def test_a_running_test_behind_a_link_asks_behind_the_link(
    of_a_link: tuple[ConnectionTest, str], client: Client
) -> None:
    test, token = of_a_link
    page = Shown(client.get(f"/s/{token}/tests/{test.reference}/"))
    assert page.poll_url == f"/s/{token}/tests/{test.reference}/?seen=queued-0-0-60"


def test_a_reference_may_be_typed_in_small_letters(
    browsers: dict[str, Client], of_owner: ConnectionTest
) -> None:
    assert browsers["owner"].get(f"/tests/{of_owner.reference.lower()}/").status_code == 200


def test_lists_hold_what_one_may_open_and_each_once(
    browsers: dict[str, Client],
    owner: User,
    of_owner: ConnectionTest,
    of_colleague: ConnectionTest,
    of_a_link: tuple[ConnectionTest, str],
) -> None:
    """Also for somebody who looks after several customers."""
    for number in range(3):
        other = Customer.objects.create(external_id=f"other:{number}", name="Other")
        Membership.objects.create(user=owner, customer=other, role=Membership.Role.OWNER)
    all_of_them = sorted(test.reference for test in (of_owner, of_colleague, of_a_link[0]))
    listed = {}
    for name in ("owner", "colleague", "stranger"):
        rows = read(browsers[name].get("/tests/")).all("code")
        listed[name] = sorted(row.text for row in rows)
    assert listed == {"owner": all_of_them, "colleague": [of_colleague.reference], "stranger": []}


def test_what_was_tested_is_nothing_for_the_next_customer_of_the_domain(
    browsers: dict[str, Client], of_colleague: ConnectionTest, provider_file: dict[str, Any]
) -> None:
    """Those it belonged to keep it; the people of the new customer never see it."""
    provider_file["domains"][0]["customer"] = "whmcs:9"
    provision(json.dumps(provider_file).encode())
    found = answers(browsers, f"/tests/{of_colleague.reference}/")
    assert found == {"owner": 200, "colleague": 200, **EVERYBODY_ELSE}
