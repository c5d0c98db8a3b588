"""A report that support shows to somebody by a link, and the links that others have made to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.models import ConnectionTest, ReportLink
from mailsetup.connection_tests.shares import share_report
from tests.connection_tests.runs import findings, finished, queued, running
from tests.connection_tests.shown import Shown
from tests.html import Element, read
from tests.support.conftest import LINES, PERMISSIONS, WORKER_ADDRESS, StaffWith

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def card(answer: Any) -> Element | None:
    cards = read(answer).all("section", "card")
    return next((each for each in cards if each.one("h2").text == "Share this report"), None)


def shown_url(answer: Any) -> str:
    """The link that the card shows this once; "" if it shows none."""
    shared = card(answer)
    assert shared is not None
    return "".join(code.text for code in shared.all("code")).removeprefix("http://testserver")


def listed(answer: Any) -> list[str]:
    """Who made each link and when, and how it is with it."""
    shared = card(answer)
    assert shared is not None
    return [row.all("span")[0].text for row in shared.all("div", "section-head")]


def make(desk: Client, test: ConnectionTest) -> str:
    return shown_url(desk.post(f"/desk/tests/{test.reference}/share/", follow=True))


def test_support_makes_a_link_that_is_shown_once(desk: Client, refused: ConnectionTest) -> None:
    address = make(desk, refused)
    assert Client().get(address).status_code == 200
    again = desk.get(f"/desk/tests/{refused.reference}/")
    assert shown_url(again) == ""
    assert address.strip("/").removeprefix("report/") not in again.content.decode()
    (row,) = listed(again)
    assert row.startswith("Made by you, ")
    assert "First opened " in row


def test_one_that_was_made_for_another_test_stays_for_the_page_of_that(
    desk: Client, refused: ConnectionTest, owner: User
) -> None:
    other = finished(queued(owner, address="bert@example.com"), findings())
    desk.post(f"/desk/tests/{refused.reference}/share/")
    assert "/report/" not in desk.get(f"/desk/tests/{other.reference}/").content.decode()
    assert shown_url(desk.get(f"/desk/tests/{refused.reference}/"))


def test_whoever_has_it_reads_what_the_customer_reads_and_nothing_of_ours(
    desk: Client, refused: ConnectionTest, owner: User, signed_in: SignedIn
) -> None:
    answer = Client().get(make(desk, refused))
    shared, own = Shown(answer), Shown(signed_in(owner).get(f"/tests/{refused.reference}/"))
    assert (shared.headline, shared.lede, shared.reference) == (own.headline, own.lede, refused.reference)
    assert [problem.parts for problem in shared.problems] == [problem.parts for problem in own.problems]
    page = answer.content.decode()
    desk_page = read(desk.get(f"/desk/tests/{refused.reference}/")).text
    for ours in (
        *("auth_failed", "not_reached", "For us: where to look", "Customer can fix it", "a worker", "/desk/"),
        *(WORKER_ADDRESS, "198.51.100.8", LINES[1].text, "AUTHENTICATIONFAILED Authentication failed"),
    ):
        assert ours in desk_page or ours == "/desk/", "the search finds what is there"
        assert ours not in page
    assert not read(answer).one("main").all("form")


def test_the_links_of_the_customer_are_listed_with_their_names_and_end_here_too(
    desk: Client, refused: ConnectionTest, owner: User
) -> None:
    User.objects.filter(pk=owner.pk).update(name="Anna Lindqvist")
    address = f"/report/{share_report(refused, owner)}/"
    page = f"/desk/tests/{refused.reference}/"
    (row,) = listed(desk.get(page))
    assert row.startswith("Made by Anna Lindqvist, ")
    assert "Not opened yet. Ends " in row
    answer = desk.post(f"/desk/tests/links/{ReportLink.objects.get().pk}/revoke/", follow=True)
    assert "The link no longer opens anything." in read(answer).text
    assert listed(answer) == []
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("change", ["account off", "no staff any more", "without the right"])
def test_a_link_of_support_ends_with_what_its_maker_may_see(
    desk: Client, refused: ConnectionTest, change: str, owner: User, signed_in: SignedIn
) -> None:
    address, sam = make(desk, refused), User.objects.get(email="sam@hoster.example")
    assert Client().get(address).status_code == 200
    match change:
        case "account off":
            User.objects.filter(pk=sam.pk).update(is_active=False)
        case "no staff any more":
            User.objects.filter(pk=sam.pk).update(is_staff=False)
        case "without the right":
            sam.user_permissions.clear()
    assert Client().get(address).status_code == 404
    root = User.objects.create_superuser("root@hoster.example", "a long password of staff")
    assert listed(signed_in(root).get(f"/desk/tests/{refused.reference}/")) == [], (
        "what opens nothing is not open"
    )


def test_what_is_over_is_not_listed(desk: Client, refused: ConnectionTest, owner: User) -> None:
    share_report(refused, owner)
    ReportLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    left = User.objects.create_user("left@lindqvist.example")
    membership = Membership.objects.create(
        user=left, customer=Membership.objects.get(user=owner).customer, role=Membership.Role.OWNER
    )
    share_report(refused, left)
    page = f"/desk/tests/{refused.reference}/"
    assert len(listed(desk.get(page))) == 1
    membership.delete()
    assert listed(desk.get(page)) == []


def test_what_runs_is_not_shared(desk: Client, owner: User) -> None:
    test = running(queued(owner, protocol=Protocol.IMAP))
    assert card(desk.get(f"/desk/tests/{test.reference}/")) is None
    assert desk.post(f"/desk/tests/{test.reference}/share/").status_code == 404
    assert not ReportLink.objects.exists()


def test_each_right_shows_its_own_part(staff_with: StaffWith, refused: ConnectionTest, owner: User) -> None:
    share_report(refused, owner)
    page = f"/desk/tests/{refused.reference}/"

    def parts(*others: str) -> tuple[bool, int, int, bool]:
        answer = staff_with("view_connectiontest", *others).get(page)
        shared = card(answer)
        if shared is None:
            return False, 0, 0, "Share" in read(answer).links()
        actions = [form["action"] for form in shared.all("form")]
        makes = sum(action.endswith("/share/") for action in actions)
        return makes > 0, len(listed(answer)), len(actions) - makes, "Share" in read(answer).links()

    assert parts() == (False, 0, 0, False)
    assert parts("add_reportlink") == (True, 0, 0, True)
    assert parts("view_reportlink") == (False, 1, 0, True)
    assert parts("delete_reportlink") == (False, 0, 0, False)
    assert parts("view_reportlink", "delete_reportlink") == (False, 1, 1, True)
    assert parts(*(each for each in PERMISSIONS if each != "view_connectiontest")) == (True, 1, 1, True)
