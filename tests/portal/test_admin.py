"""Support staff find an address, a domain or a reference, and change no record of what happened."""

import html
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Customer, User
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Domain, Server
from mailsetup.hosting.selectors import revision
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.setup_links.models import SetupLink
from tests.connection_tests.runs import finished, queued
from tests.html import Element, read
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(provider: None) -> Client:
    """Staff with a second factor, signed in."""
    user = User.objects.create_superuser("support@hoster.example", "a long password of staff")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    client.force_login(user)
    return client


def staff_with(*rights: str) -> Client:
    """Staff with these permissions and no others, signed in."""
    user = User.objects.create_user("clerk@hoster.example" if rights else "new@hoster.example", is_staff=True)
    for right in rights:
        app, codename = right.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("page", "term", "found"),
    [
        ("hosting/domain", "anna@example.com", "example.com"),
        ("hosting/domain", "example.net", "example.com"),
        ("hosting/domain", "whmcs:1234", "example.com"),
        ("hosting/domain", "mple.co", "example.com"),
        ("hosting/domain", "Mple.N", "example.com"),
        ("hosting/domain", "ndqvis", "example.com"),
        ("hosting/mailbox", "Anna+shop@Example.com", "anna@example.com"),
        ("hosting/server", "smarter", "smarter1"),
        ("accounts/customer", "Lindqvist", "Lindqvist AB"),
    ],
)
def test_search_finds_what_customers_say(support: Client, page: str, term: str, found: str) -> None:
    answer = support.get(f"/admin/{page}/", {"q": term})
    assert answer.status_code == 200
    assert [str(row) for row in answer.context["cl"].result_list] == [found]


@pytest.mark.parametrize("term", ["anna@", ".", "@", "..", "anna@."])
def test_what_is_no_part_of_a_name_does_not_find_every_domain(support: Client, term: str) -> None:
    assert not support.get("/admin/hosting/domain/", {"q": term}).context["cl"].result_list
    Customer.objects.filter(external_id="whmcs:9").update(name=f"Co{term} Ltd")
    found = support.get("/admin/hosting/domain/", {"q": term}).context["cl"].result_list
    assert {domain.customer.external_id for domain in found} == {"whmcs:9"}


@pytest.mark.parametrize("term", ["büch", "BÜCHER.ex", "ücher.example", "Größ", "anna@bücher.example"])
def test_a_part_of_a_name_is_found_in_its_own_script(support: Client, term: str) -> None:
    support.post("/admin/hosting/domain/add/", domain_form("bücher.example", "größe.example"))
    found = support.get("/admin/hosting/domain/", {"q": term}).context["cl"].result_list
    assert [str(row) for row in found] == ["bücher.example"]


def test_the_front_page_has_tasks_first_and_what_is_technical_last(support: Client) -> None:
    page = read(support.get("/admin/")).text
    headings = ["Customers", "Domains and servers", "Links, tests and visits", "Technical"]
    places = [page.index(heading, page.index("What would you like to do?")) for heading in headings]
    assert places == sorted(places)
    assert page.index("Groups") > places[-1]
    assert "Northwind Hosting admin" in page
    assert "Django" not in page


def test_the_front_page_asks_who_is_calling(support: Client) -> None:
    form = read(support.get("/admin/")).one("form", "caller")
    assert (form["action"], form.all("input")[0]["name"]) == ("/desk/", "q")
    assert not read(staff_with("hosting.view_server").get("/admin/")).all("form", "caller")


@pytest.mark.parametrize(
    ("page", "ours"),
    [("password_change", "/accounts/password/change/"), ("logout", "/accounts/logout/")],
)
def test_what_the_account_pages_do_the_admin_leaves_to_them(support: Client, page: str, ours: str) -> None:
    for answer in (support.get(f"/admin/{page}/"), support.post(f"/admin/{page}/")):
        assert (answer.status_code, answer["Location"]) == (302, ours)
    assert ours in support.get("/admin/").content.decode()
    assert "_auth_user_id" in support.session


def test_everybody_sees_only_the_tasks_that_they_may_do(provider: None) -> None:
    page = read(staff_with("hosting.view_domain").get("/admin/")).text
    assert "Domains and servers" in page
    assert "Customers" not in page
    assert "Technical" not in page
    assert "You have no right to see or change anything here." in read(staff_with().get("/admin/")).text


def test_a_test_is_found_by_reference_and_says_what_the_customer_reads(support: Client, owner: User) -> None:
    refused = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 9)
    test = finished(queued(owner), [(0, refused)])
    found = (
        support.get("/admin/connection_tests/connectiontest/", {"q": test.reference})
        .context["cl"]
        .result_list
    )
    assert list(found) == [test]
    answer = support.get(f"/admin/connection_tests/connectiontest/{test.pk}/change/", follow=True)
    assert "refused the user name anna@example.com" in answer.content.decode()


def test_the_way_of_a_message_is_a_list(support: Client, owner: User) -> None:
    hops = [
        {"by": "a.test", "seconds": None},
        {"by": "b.test", "seconds": 14},
        {"by": "c.test", "seconds": -3},
        {"left_out": ["by"], "seconds": 0},
        {"by": "<script>", "seconds": None},
    ]
    arrived = Finding(
        Step.ARRIVE, Status.PASSED, Code.OK, 9, {"folder": "INBOX", "seconds": 15, "hops": hops}
    )
    with_message, without = finished(queued(owner), [(1, arrived)]), finished(queued(owner), [])
    (shown,) = _ways(support, with_message)
    assert [line.text for line in shown.all("li")] == [
        "a.test took it",
        "b.test, 14 s later",
        "c.test, 3 s earlier by its clock: the clocks of the two differ",
        "a server without a name, 0 s later",
        "<script>, and one of the two clocks isn’t told",
    ]
    assert _ways(support, without) == []


def _ways(support: Client, test: ConnectionTest) -> list[Element]:
    cards = read(support.get(f"/desk/tests/{test.reference}/")).all("section", "card")
    return [card for card in cards if card.one("h2").text == "The way of the test message"]


def test_a_link_is_revoked_at_once(support: Client, setup_link: MakeLink) -> None:
    link, token = setup_link()
    support.post(
        "/admin/setup_links/setuplink/", {"action": "revoke", "_selected_action": [link.pk]}, follow=True
    )
    assert SetupLink.objects.get().revoked_at is not None
    assert Client().get(f"/s/{token}/").status_code == 410


@pytest.mark.parametrize(
    "page",
    [
        "hosting/server",
        "hosting/domain",
        "hosting/mailbox",
        "connection_tests/connectiontest",
        "setup_links/setuplink",
    ],
)
def test_every_list_opens_for_staff_and_for_nobody_else(
    support: Client, owner: User, signed_in: Any, page: str
) -> None:
    assert support.get(f"/admin/{page}/").status_code == 200
    assert signed_in(owner).get(f"/admin/{page}/").status_code in (302, 404)


def domain_form(name: str, alias: str) -> dict[str, str]:
    """What the admin's page for a new domain sends."""
    return {
        "name": name,
        "server": str(Server.objects.get().pk),
        "enabled": "on",
        "other_names": alias,
        "known_mailboxes": "",
    }


def test_names_typed_by_staff_are_stored_like_provisioned_ones(support: Client) -> None:
    answer = support.post("/admin/hosting/domain/add/", domain_form("BÜCHER.example", "Books.Example"))
    assert answer.status_code == 302
    domain = Domain.objects.get(name="xn--bcher-kva.example")
    assert domain.aliases.get().name == "books.example"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "example.net"}, "example.net is here already, as an alias of example.com."),
        ({"name": "example.com"}, "example.com is here already, as a domain of its own."),
        ({"name": "no name"}, "“no name” is not a domain name such as example.com."),
        ({"other_names": "example.com"}, "example.com is here already, as a domain of its own."),
        (
            {"other_names": "ok.example\nexample.net"},
            "example.net is here already, as an alias of example.com.",
        ),
        ({"other_names": "new.example"}, "new.example is here already, as a domain of its own."),
        ({"other_names": "no name"}, "“no name” is not a domain name such as example.com."),
        ({"known_mailboxes": "anna@example.com"}, "anna@example.com is not in new.example."),
        ({"known_mailboxes": "anna\nbo o"}, "bo o: The part before the @ has a character"),
    ],
)
def test_a_name_that_is_taken_or_none_is_refused_with_a_sentence_about_it(
    support: Client, form: dict[str, str], sentence: str
) -> None:
    answer = support.post("/admin/hosting/domain/add/", domain_form("new.example", "") | form)
    assert answer.status_code == 200
    assert sentence in html.unescape(answer.content.decode())
    assert Domain.objects.count() == 2


def test_aliases_and_mailboxes_stand_one_a_line(support: Client) -> None:
    domain = Domain.objects.get(name="example.com")
    page = f"/admin/hosting/domain/{domain.pk}/change/"
    before = revision()
    form = domain_form("example.com", "Büro.example\r\n\r\nexample.net")
    assert support.post(page, form | {"known_mailboxes": "Bo@example.com\r\ncleo"}).status_code == 302
    assert {alias.name for alias in domain.aliases.all()} == {"example.net", "xn--bro-hoa.example"}
    assert {mailbox.local_part for mailbox in domain.mailboxes.all()} == {"bo", "cleo"}
    assert revision() > before, "mail programs are told of the new alias"
    shown = support.get(page).context["adminform"].form
    assert shown["other_names"].value().split() == ["example.net", "büro.example"]


def test_a_server_is_chosen_and_not_opened_in_a_small_window(support: Client) -> None:
    page = support.get("/admin/hosting/domain/add/").content.decode()
    assert "smarter1" in page
    assert "/admin/hosting/server/" not in page[page.index('id="content"') :]
    assert "/admin/accounts/customer/add/" in page


def test_who_may_only_look_sees_a_domain_and_a_server(provider: None) -> None:
    clerk = staff_with("hosting.view_domain", "hosting.view_domainalias", "hosting.view_server")
    domain = Domain.objects.get(name="example.com")
    page = clerk.get(f"/admin/hosting/domain/{domain.pk}/change/").content.decode()
    assert "example.net" in page
    assert 'name="_save"' not in page
    page = clerk.get(f"/admin/hosting/server/{domain.server_id}/change/").content.decode()
    assert "Save the server" not in page
    assert 'fieldset class="asks" disabled' in page


def test_who_may_see_domains_alone_sees_no_alias_and_no_mailbox(provider: None) -> None:
    clerk = staff_with("hosting.view_domain")
    domain = Domain.objects.get(name="example.com")
    shown = read(clerk.get(f"/admin/hosting/domain/{domain.pk}/change/")).text
    assert "example.com" in shown
    assert "example.net" not in shown
    assert "anna" not in shown


@pytest.mark.parametrize(
    "rights",
    [
        (),
        ("hosting.view_domainalias", "hosting.view_mailbox"),
        ("hosting.add_domainalias", "hosting.add_mailbox"),
        ("hosting.delete_domainalias", "hosting.delete_mailbox"),
    ],
)
def test_who_may_change_domains_alone_leaves_their_names(provider: None, rights: tuple[str, ...]) -> None:
    """What a list loses is deleted and what it gains is added, so it takes both rights."""
    clerk = staff_with("hosting.change_domain", "hosting.view_domain", *rights)
    domain = Domain.objects.get(name="example.com")
    page = f"/admin/hosting/domain/{domain.pk}/change/"
    shown = clerk.get(page)
    assert {"other_names", "known_mailboxes"}.isdisjoint(shown.context["adminform"].form.fields)
    assert ("example.net" in read(shown).text) == ("hosting.view_domainalias" in rights)
    form = {"name": "example.com", "server": str(domain.server_id), "customer": str(domain.customer_id)}
    taken = {"other_names": "stolen.example", "known_mailboxes": "thief"}
    for posted in (form, form | taken):
        assert clerk.post(page, posted).status_code == 302
        domain.refresh_from_db()
        assert not domain.enabled, "what may be changed is stored"
        assert [alias.name for alias in domain.aliases.all()] == ["example.net"]
        assert [mailbox.local_part for mailbox in domain.mailboxes.all()] == ["anna"]


def test_each_kind_of_name_has_rights_of_its_own(provider: None) -> None:
    clerk = staff_with("hosting.change_domain", "hosting.add_mailbox", "hosting.delete_mailbox")
    domain = Domain.objects.get(name="example.com")
    page = f"/admin/hosting/domain/{domain.pk}/change/"
    assert clerk.post(page, domain_form("example.com", "new.example")).status_code == 302
    assert [alias.name for alias in domain.aliases.all()] == ["example.net"]
    assert not domain.mailboxes.exists()


def test_who_may_add_domains_alone_adds_one_without_other_names(provider: None) -> None:
    clerk = staff_with("hosting.add_domain", "hosting.view_domainalias", "hosting.view_mailbox")
    assert clerk.get("/admin/hosting/domain/add/").status_code == 200
    answer = clerk.post("/admin/hosting/domain/add/", domain_form("new.example", "more.example"))
    assert answer.status_code == 302
    assert not Domain.objects.get(name="new.example").aliases.exists()


def test_a_domain_that_staff_give_to_another_customer_leaves_its_links_behind(
    support: Client, setup_link: MakeLink
) -> None:
    """What the old customer's people made must open nothing of the new one's."""
    _link, token = setup_link()
    domain = Domain.objects.get(name="example.com")
    form = domain_form("example.com", "example.net")
    page = f"/admin/hosting/domain/{domain.pk}/change/"
    assert support.post(page, form | {"customer": str(domain.customer_id)}).status_code == 302
    assert Client().get(f"/s/{token}/").status_code == 200, "the customer is the same"
    other = Customer.objects.get(external_id="whmcs:9")
    assert support.post(page, form | {"customer": str(other.pk)}).status_code == 302
    assert Client().get(f"/s/{token}/").status_code == 410


def test_a_link_that_is_over_leads_nowhere(setup_link: MakeLink, owner: User, signed_in: Any) -> None:
    link, token = setup_link()
    SetupLink.objects.filter(pk=link.pk).update(revoked_at=link.created_at)
    gone = signed_in(owner).get(f"/s/{token}/")
    assert gone.status_code == 410
    assert f"/s/{token}/" not in gone.content.decode()
    assert "Sign out" in gone.content.decode(), "who is signed in keeps the menu"


@pytest.mark.parametrize(
    ("values", "warned"),
    [
        ({"software": "SmarterMail 17"}, True),
        ({"activesync_url": "https://mail.example.com/Microsoft-Server-ActiveSync"}, True),
        ({"software": "Dovecot"}, False),
    ],
)
def test_staff_are_warned_of_a_server_that_answers_autodiscover_itself(
    support: Client, values: dict[str, str], warned: bool
) -> None:
    Server.objects.update(**{"software": "", "activesync_url": "", **values})
    page = support.get(f"/admin/hosting/server/{Server.objects.get().pk}/change/").content.decode()
    assert ("This server answers Autodiscover itself." in page) == warned


def test_the_list_of_set_up_links_says_where_they_are_made_and_finds_them_by_device(
    support: Client, setup_link: MakeLink
) -> None:
    empty = read(support.get("/admin/setup_links/setuplink/"))
    assert "Links are made at the desk, on the page of an address." in empty.text
    assert empty.one("main").links()["Support desk"] == "/desk/"
    setup_link(one_device=True)
    for device, count in (("one", 1), ("any", 0), ("x", 1)):
        shown = read(support.get(f"/admin/setup_links/setuplink/?device={device}"))
        assert len(shown.all("th", "field-address")) == count
        assert "By device" in shown.text
