"""An owner removes somebody: asked before, at once, and undone for half an hour."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from time_machine import TimeMachineFixture

from accounts import services
from accounts.models import Customer, Membership, Removal, User
from tests.accounts.conftest import PASSWORD, person, signed_in
from tests.html import read
from tests.provider import support_looking_as

NOW = datetime(2026, 11, 26, 12, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)


def later(time_machine: TimeMachineFixture, passed: timedelta, browser: Client) -> None:
    """So much later, with the password typed anew."""
    time_machine.move_to(NOW + passed, tick=False)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})


def remove(browser: Client, user: User) -> str:
    path = f"/accounts/people/memberships/{Membership.objects.get(user=user).pk}/remove/"
    return read(browser.post(path, follow=True)).text


def undo(browser: Client) -> str:
    path = f"/accounts/people/removals/{Removal.objects.get().pk}/undo/"
    return read(browser.post(path, follow=True)).text


def test_it_is_asked_before_and_nothing_has_happened_yet(owner: User, colleague: User) -> None:
    browser = signed_in(owner)
    link = read(browser.get("/accounts/people/")).links()["Remove"]

    page = read(browser.get(link))

    assert page.one("h1").text == "Remove colleague@lindqvist.example from Lindqvist AB?"
    assert "they no longer see or test your mail here" in page.text
    assert "You can undo it for 30 minutes." in page.text
    assert Membership.objects.filter(user=colleague).exists()


def test_it_is_over_at_once_and_can_be_undone_as_long_as_the_page_says(
    owner: User, colleague: User, time_machine: TimeMachineFixture
) -> None:
    browser, theirs = signed_in(owner), signed_in(colleague)
    page = remove(browser, colleague)

    assert "colleague@lindqvist.example no longer has access." in page
    assert "colleague@lindqvist.example Removed Undo Until 12:35" in page
    assert owner.email not in theirs.get("/accounts/people/").content.decode()

    later(time_machine, timedelta(minutes=30, seconds=-1), browser)
    assert "colleague@lindqvist.example belongs here again." in undo(browser)
    assert Membership.objects.get(user=colleague).role == Membership.Role.MEMBER
    assert owner.email in theirs.get("/accounts/people/").content.decode()
    assert not Removal.objects.undoable().exists()


def test_after_that_it_is_final(owner: User, colleague: User, time_machine: TimeMachineFixture) -> None:
    browser = signed_in(owner)
    remove(browser, colleague)
    later(time_machine, timedelta(minutes=30), browser)

    assert colleague.email not in read(browser.get("/accounts/people/")).text
    assert "It’s too late to undo that. Invite colleague@lindqvist.example." in undo(browser)
    assert not Membership.objects.filter(user=colleague).exists()


def test_an_owner_comes_back_as_one(owner: User, colleague: User) -> None:
    services.change_role(Membership.objects.get(user=colleague), Membership.Role.OWNER)
    browser = signed_in(owner)
    remove(browser, colleague)
    undo(browser)

    assert Membership.objects.get(user=colleague).role == Membership.Role.OWNER


def test_somebody_who_is_back_already_stays_what_they_are(
    owner: User, colleague: User, customer: Customer
) -> None:
    browser = signed_in(owner)
    remove(browser, colleague)
    Membership.objects.create(user=colleague, customer=customer, role=Membership.Role.OWNER)
    undo(browser)

    assert Membership.objects.get(user=colleague).role == Membership.Role.OWNER


def test_a_second_press_says_that_they_are_back(owner: User, colleague: User) -> None:
    browser, other = signed_in(owner), signed_in(owner)
    remove(browser, colleague)
    undo(browser)

    assert "colleague@lindqvist.example is back already." in undo(other)


def test_a_press_on_a_page_from_before_says_that_nothing_is_left(owner: User, colleague: User) -> None:
    browser = signed_in(owner)
    remove(browser, colleague)
    path = f"/accounts/people/removals/{Removal.objects.get().pk}/undo/"
    undo(browser)
    remove(browser, colleague)

    page = read(browser.post(path, follow=True))

    assert "There’s nothing left to undo. Here is who belongs here now." in page.text
    assert not Membership.objects.filter(user=colleague).exists()


@pytest.mark.parametrize("way", ["an invitation", "the provider's file"])
def test_a_removal_from_before_they_came_back_is_undone_no_more(
    owner: User, colleague: User, customer: Customer, way: str
) -> None:
    services.change_role(Membership.objects.get(user=colleague), Membership.Role.OWNER)
    browser = signed_in(owner)
    remove(browser, colleague)
    if way == "an invitation":
        invitation = customer.invitations.create(
            email=colleague.email, token_hash="0" * 64, expires_at=NOW + timedelta(days=1)
        )
        services.accept_invitation(invitation, colleague)
    else:
        assert services.ensure_owner(colleague.email, customer)
    Membership.objects.get(user=colleague).delete()

    assert "It’s too late to undo that." in undo(browser)
    assert "Undo" not in read(browser.get("/accounts/people/")).text


def test_who_is_removed_again_comes_back_as_what_they_were_then(owner: User, colleague: User) -> None:
    services.change_role(Membership.objects.get(user=colleague), Membership.Role.OWNER)
    browser = signed_in(owner)
    remove(browser, colleague)
    undo(browser)
    services.change_role(Membership.objects.get(user=colleague), Membership.Role.MEMBER)
    remove(browser, colleague)
    undo(browser)

    assert Membership.objects.get(user=colleague).role == Membership.Role.MEMBER


def test_what_another_owner_did_meanwhile_counts(owner: User, colleague: User, customer: Customer) -> None:
    read_before = Membership.objects.get(user=colleague)
    services.change_role(Membership.objects.get(user=colleague), Membership.Role.OWNER)
    assert services.remove_member(read_before).role == Membership.Role.OWNER
    for act in (services.remove_member, lambda gone: services.change_role(gone, Membership.Role.OWNER)):
        with pytest.raises(Membership.DoesNotExist):
            act(read_before)
    assert customer.removals.count() == 1

    read_before = Membership.objects.get(user=owner)
    read_before.role = Membership.Role.MEMBER
    with pytest.raises(services.LastOwner):
        services.remove_member(read_before)


def test_whoever_leaves_is_told_who_can_undo_it(owner: User, colleague: User) -> None:
    services.change_role(Membership.objects.get(user=colleague), Membership.Role.OWNER)
    browser = signed_in(owner)

    path = f"/accounts/people/memberships/{Membership.objects.get(user=owner).pk}/remove/"
    page = read(browser.get(path))
    assert page.one("h1").text == "Leave Lindqvist AB?"
    assert "Only another owner can undo it, for 30 minutes." in page.text

    remove(browser, owner)
    assert browser.post(f"/accounts/people/removals/{Removal.objects.get().pk}/undo/").status_code == 404
    undo(signed_in(colleague))
    assert Membership.objects.filter(user=owner).exists()


def test_the_only_owner_has_no_button_to_leave_by(owner: User, colleague: User) -> None:
    page = read(signed_in(owner).get("/accounts/people/"))

    assert "The only owner. Make another person one first" in page.text
    assert [link for text, link in page.links().items() if text == "Remove"] == [
        f"/accounts/people/memberships/{Membership.objects.get(user=colleague).pk}/remove/"
    ]


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_nobody_else_reads_the_question_nor_undoes(
    who: str, owner: User, colleague: User, stranger: User, customer: Customer
) -> None:
    gone = person("gone@lindqvist.example")
    removal = Removal.objects.create(user=gone, customer=customer, role=Membership.Role.MEMBER)
    browser = signed_in({"colleague": colleague, "stranger": stranger}[who])
    pk = Membership.objects.get(user=owner).pk

    assert browser.get(f"/accounts/people/memberships/{pk}/remove/").status_code == 404
    assert browser.post(f"/accounts/people/removals/{removal.pk}/undo/").status_code == 404
    assert gone.email not in read(browser.get("/accounts/people/")).text


def test_what_nobody_can_undo_is_forgotten(
    owner: User, colleague: User, time_machine: TimeMachineFixture
) -> None:
    remove(signed_in(owner), colleague)
    time_machine.move_to(NOW + timedelta(minutes=30, seconds=-1), tick=False)
    assert services.forget_removals() == 0
    time_machine.move_to(NOW + timedelta(minutes=30), tick=False)
    assert services.forget_removals() == 1


def test_support_sees_the_people_and_no_button_that_would_be_refused(
    owner: User, colleague: User, customer: Customer
) -> None:
    gone = person("gone@lindqvist.example")
    Removal.objects.create(user=gone, customer=customer, role=Membership.Role.MEMBER)
    customer.invitations.create(
        email="new@lindqvist.example", token_hash="0" * 64, expires_at=NOW + timedelta(days=1)
    )

    page = read(support_looking_as(owner).get("/accounts/people/"))

    main = page.one("main")
    for email in (owner.email, colleague.email, gone.email, "new@lindqvist.example"):
        assert email in main.text
    assert not main.all("form")
    assert not main.all("a")
    assert not main.all("button")
    menu = set(read(support_looking_as(owner).get("/accounts/people/")).links().values())
    assert not menu & {"/accounts/name/", "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/"}
    mine = read(signed_in(owner).get("/accounts/people/")).one("main")
    assert {button.text for button in mine.all("button")} == {
        *("Make an owner", "Undo", "Send again", "Cancel the invitation", "Send the invitation"),
    }


def test_who_was_removed_last_stands_first(
    owner: User, customer: Customer, time_machine: TimeMachineFixture
) -> None:
    for minutes, email in (
        (1, "second@lindqvist.example"),
        (2, "last@lindqvist.example"),
        (0, "first@x.example"),
    ):
        removed_at = NOW + timedelta(minutes=minutes)
        Removal.objects.create(
            user=person(email), customer=customer, role=Membership.Role.MEMBER, removed_at=removed_at
        )
    time_machine.move_to(NOW + timedelta(minutes=3), tick=False)
    rows = [row.text for row in read(signed_in(owner).get("/accounts/people/")).one("tbody").all("tr")]

    assert [row.split()[0] for row in rows if "Removed" in row] == [
        "last@lindqvist.example",
        "second@lindqvist.example",
        "first@x.example",
    ]


def test_a_removal_that_was_undone_is_none(owner: User, colleague: User) -> None:
    """Whoever is taken off the list by the provider afterwards is not told that an owner did it."""
    browser = signed_in(owner)
    remove(browser, colleague)
    undo(browser)
    Membership.objects.get(user=colleague).delete()

    assert "You no longer belong" not in read(signed_in(colleague).get("/")).text


def test_who_thinks_better_of_it_is_back_at_the_people(owner: User, colleague: User) -> None:
    path = f"/accounts/people/memberships/{Membership.objects.get(user=colleague).pk}/remove/"

    assert read(signed_in(owner).get(path)).one("main").links()["Back"] == "/accounts/people/"
