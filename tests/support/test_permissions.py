"""Who finds what at the desk: three people against every page, and staff with each permission alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Customer, Invitation, SupportVisit, User
from mailsetup.connection_tests.models import ConnectionTest, ReportLink
from mailsetup.connection_tests.shares import share_report
from mailsetup.setup_links.models import SetupLink
from tests.html import read
from tests.provider import MakeLink, support_looking_as
from tests.support.conftest import PERMISSIONS, WORKER_ADDRESS, StaffWith

# The name of each page of the desk, its method, and what staff need to have of it.
NEEDED: dict[str, tuple[str, tuple[str, ...]]] = {
    "desk": ("get", ("view_connectiontest",)),
    "desk_test": ("get", ("view_connectiontest",)),
    "desk_share_test": ("post", ("view_connectiontest", "add_reportlink")),
    "desk_revoke_share": ("post", ("view_connectiontest", "view_reportlink", "delete_reportlink")),
    "desk_address": ("get", ("view_domain",)),
    "desk_domain": ("get", ("view_domain",)),
    "desk_document": ("get", ("view_domain",)),
    "desk_guide": ("get", ("view_domain",)),
    "desk_make_link": ("post", ("view_domain", "add_setuplink")),
    "desk_start_test": ("post", ("view_domain", "view_connectiontest", "add_connectiontest")),
    "desk_revoke_link": ("post", ("view_domain", "view_setuplink", "change_setuplink")),
    "desk_customer": ("get", ("view_customer",)),
    "desk_send_invitation": ("post", ("view_customer", "view_invitation", "add_invitation")),
    "desk_address_visit": ("post", ("view_domain", "view_user", "view_as_customer")),
    "desk_domain_visit": ("post", ("view_domain", "view_user", "view_as_customer")),
    "desk_customer_visit": ("post", ("view_customer", "view_user", "view_as_customer")),
}
FORMS: dict[str, dict[str, str]] = {
    "desk_make_link": {"hours": "4"},
    "desk_start_test": {"protocol": "imap"},
}
PAGES = sorted(NEEDED)


@pytest.fixture
def paths(refused: ConnectionTest, owner: User, setup_link: MakeLink) -> dict[str, str]:
    link, _token = setup_link()
    share_report(refused, owner)
    customer = Customer.objects.get(external_id="whmcs:1234")
    invitation = Invitation.objects.create(
        customer=customer,
        email="new@lindqvist.example",
        token_hash="x",
        expires_at=timezone.now() + timedelta(days=1),
    )
    return {
        "desk": "/desk/",
        "desk_test": f"/desk/tests/{refused.reference}/",
        "desk_share_test": f"/desk/tests/{refused.reference}/share/",
        "desk_revoke_share": f"/desk/tests/links/{ReportLink.objects.get().pk}/revoke/",
        "desk_address": "/desk/addresses/anna@example.com/",
        "desk_domain": "/desk/domains/example.com/",
        "desk_document": "/desk/addresses/anna@example.com/files/autoconfig/imap/",
        "desk_guide": "/desk/addresses/anna@example.com/guides/thunderbird/imap/",
        "desk_make_link": "/desk/addresses/anna@example.com/link/",
        "desk_start_test": "/desk/addresses/anna@example.com/test/",
        "desk_revoke_link": f"/desk/links/{link.pk}/revoke/",
        "desk_customer": f"/desk/customers/{customer.pk}/",
        "desk_send_invitation": f"/desk/invitations/{invitation.pk}/send/",
        "desk_address_visit": "/desk/addresses/anna@example.com/visit/",
        "desk_domain_visit": "/desk/domains/example.com/visit/",
        "desk_customer_visit": f"/desk/customers/{customer.pk}/visit/",
    }


def open_page(browser: Client, page: str, paths: dict[str, str]) -> int:
    method, form = NEEDED[page][0], FORMS.get(page)
    if page.endswith("_visit"):
        form = {"person": str(User.objects.get(email="owner@lindqvist.example").pk), "reason": "Ticket 4711"}
    return int(getattr(browser, method)(paths[page], form).status_code)


def everything() -> list[Any]:
    """What somebody without the right must leave as it is."""
    kinds = (SetupLink, Invitation, SupportVisit, ReportLink)
    rows = [list(kind.objects.order_by("pk").values()) for kind in kinds]
    return [*rows, ConnectionTest.objects.count(), len(mail.outbox)]


def test_every_page_of_the_desk_is_in_this_table() -> None:
    named = {
        pattern.name
        for resolver in get_resolver().url_patterns
        for pattern in getattr(resolver, "url_patterns", [])
        if str(getattr(pattern, "pattern", "")).startswith("desk")
    }
    assert named == set(NEEDED)


@pytest.mark.parametrize("page", PAGES)
def test_strangers_customers_and_visits_find_nothing(
    page: str, paths: dict[str, str], owner: User, stranger: User, signed_in: Callable[[User], Client]
) -> None:
    was_staff = User.objects.create_user("was-staff@hoster.example")
    was_staff.user_permissions.set(Permission.objects.all())
    browsers = [Client(), support_looking_as(owner), *map(signed_in, (owner, stranger, was_staff))]
    before = everything()
    assert [open_page(browser, page, paths) for browser in browsers] == [404] * 5
    other_method = "post" if NEEDED[page][0] == "get" else "get"
    assert [getattr(browser, other_method)(paths[page]).status_code for browser in browsers] == [404] * 5
    assert everything() == before


def test_who_is_signed_out_can_sign_in_from_a_bookmark_and_is_told_nothing_else(
    owner: User, signed_in: Callable[[User], Client]
) -> None:
    bookmarks = ("/desk/?q=anna", "/desk/tests/AAAA-AAAA/", "/nowhere/")
    answers = [Client().get(path) for path in bookmarks]
    assert [answer.status_code for answer in answers] == [404] * 3
    ways = [
        [url for url in read(answer).one("main").links().values() if "login" in url] for answer in answers
    ]
    assert ways == [
        ["/accounts/login/?next=/desk/%3Fq%3Danna"],
        ["/accounts/login/?next=/desk/tests/AAAA-AAAA/"],
        ["/accounts/login/?next=/nowhere/"],
    ]
    assert "Sign in" not in read(signed_in(owner).get("/desk/")).one("main").text


@pytest.mark.parametrize("page", PAGES)
def test_staff_need_what_the_page_is_about_and_nothing_else(
    page: str, paths: dict[str, str], staff_with: StaffWith
) -> None:
    needed = NEEDED[page][1]
    before = everything()
    for missing in needed:
        others = [each for each in PERMISSIONS if each != missing]
        if page != "desk":
            assert open_page(staff_with(*others), page, paths) == 404, missing
    assert open_page(staff_with(), page, paths) == 404
    assert everything() == before
    assert open_page(staff_with(*needed), page, paths) in (200, 302)


@pytest.mark.parametrize("permission", ["view_connectiontest", "view_domain", "view_customer"])
def test_the_desk_is_there_for_who_finds_something_at_it(permission: str, staff_with: StaffWith) -> None:
    assert staff_with(permission).get("/desk/").status_code == 200


@pytest.mark.parametrize(
    "permission", sorted(set(PERMISSIONS) - {"view_connectiontest", "view_domain", "view_customer"})
)
def test_with_any_other_permission_alone_there_is_no_desk(
    permission: str, staff_with: StaffWith, paths: dict[str, str]
) -> None:
    browser = staff_with(permission)
    assert {open_page(browser, page, paths) for page in PAGES} == {404}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_nothing_is_shown_that_leads_nowhere(
    permission: str, staff_with: StaffWith, paths: dict[str, str]
) -> None:
    """Of what staff with two permissions see, every link and every form works."""
    for other in ("view_connectiontest", "view_domain", "view_customer"):
        browser = staff_with(*{permission, other})
        for page in ("desk", "desk_test", "desk_address", "desk_domain", "desk_customer"):
            answer = browser.get(paths[page])
            if answer.status_code == 404:
                continue
            shown = read(answer)
            inside = {url for url in shown.links().values() if url.startswith("/desk/")}
            assert {url for url in inside if browser.get(url).status_code == 404} == set()
            forms = [form for form in shown.one("main").all("form") if form.attributes.get("action")]
            for form in forms:
                assert browser.post(form["action"], {"hours": 1, "protocol": "imap"}).status_code != 404


def test_people_links_tests_and_visits_are_for_who_may_see_them(
    staff_with: StaffWith, paths: dict[str, str], owner: User, refused: ConnectionTest
) -> None:
    page = read(staff_with("view_domain").get(paths["desk_address"])).text
    for private in (owner.email, refused.reference, "Open set-up links", "A link for the caller", "Who can"):
        assert private not in page
    page = read(staff_with("view_customer").get(paths["desk_customer"])).text
    for private in (owner.email, "example.com", "Invitations", "Visits by us"):
        assert private not in page


def test_what_went_over_the_wire_needs_a_permission_of_its_own(
    staff_with: StaffWith, paths: dict[str, str]
) -> None:
    without = staff_with(*(each for each in PERMISSIONS if each != "view_transcript"))
    page = without.get(paths["desk_test"]).content.decode()
    assert "AUTHENTICATE PLAIN" not in page
    assert "Every line" not in page
    assert WORKER_ADDRESS in page, "so that the server's log can be searched"
    assert (
        "AUTHENTICATE PLAIN [password]" in staff_with(*PERMISSIONS).get(paths["desk_test"]).content.decode()
    )


@pytest.mark.parametrize("page", PAGES)
def test_staff_need_their_second_step(
    page: str, paths: dict[str, str], staff_with: StaffWith, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    browser = staff_with(*PERMISSIONS)
    answer = getattr(browser, NEEDED[page][0])(paths[page], FORMS.get(page))
    assert answer.headers["location"] == "/accounts/2fa/"
    user = User.objects.get(email="sam@hoster.example")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert open_page(browser, page, paths) in (200, 302)


def test_the_admin_and_the_account_menu_lead_there_whoever_may_go(
    staff_with: StaffWith, owner: User, signed_in: Callable[[User], Client]
) -> None:
    desk = 'href="/desk/"'
    may, may_not = staff_with("view_domain"), staff_with("view_supportvisit", email="other@hoster.example")
    assert desk in may.get("/admin/").content.decode()
    assert desk not in may_not.get("/admin/").content.decode()
    assert desk in may.get("/accounts/2fa/").content.decode()
    assert desk not in may_not.get("/accounts/2fa/").content.decode()
    assert desk not in signed_in(owner).get("/").content.decode()


@pytest.mark.parametrize(
    ("permission", "path"),
    [("watch.view_watchedserver", "/servers/"), ("hosting.add_server", "/admin/hosting/server/add/")],
)
@pytest.mark.parametrize("desk_permission", ["view_connectiontest", "view_domain", "view_customer", ""])
def test_the_other_pages_of_staff_lead_to_the_desk_whoever_may_go(
    staff_with: StaffWith, owner: User, permission: str, path: str, desk_permission: str
) -> None:
    codenames = [permission.partition(".")[2], *filter(None, [desk_permission])]
    links = read(staff_with(*codenames).get(path)).one("header", "site-head").one("nav").links()
    assert ("Find" in links) == bool(desk_permission)
    assert links.get("Find", "/desk/") == "/desk/"


def test_what_staff_open_is_logged_without_whose_address(
    desk: Client, paths: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="mailsetup.support")
    for page in PAGES:
        open_page(desk, page, paths)
        desk.post("/accounts/view-as/end/")
    said = [record.getMessage() for record in caplog.records if record.name.startswith("mailsetup.support")]
    account = User.objects.get(email="sam@hoster.example").pk
    assert f"Account {account} at the desk: desk_address example.com" in said
    assert len(said) == len(PAGES)
    assert "anna" not in "".join(said)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_a_field_for_a_password(desk: Client, paths: dict[str, str], page: str) -> None:
    if NEEDED[page][0] == "get" and page not in ("desk_document", "desk_guide"):
        fields = read(desk.get(paths[page])).all("input")
        assert fields
        assert not [field for field in fields if field.attributes.get("type") == "password"]
