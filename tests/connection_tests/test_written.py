"""A result to take along: as text, as JSON, as a link that somebody else can read for some days."""

import html
import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.models import ConnectionTest, ReportLink
from mailsetup.connection_tests.shares import share_report
from mailsetup.hosting.models import Domain
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.conftest import Later, Limits
from tests.connection_tests.runs import findings, finished, queued
from tests.connection_tests.shown import Shown
from tests.html import read
from tests.provider import MakeLink, support_looking_as

pytestmark = pytest.mark.django_db
REFUSED = (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7))
DAY_SECONDS = 24 * 60 * 60


@pytest.fixture
def over(owner: User) -> ConnectionTest:
    return finished(queued(owner), findings(Protocol.IMAP, REFUSED))


def shared_url(browser: Client, test: ConnectionTest) -> str:
    """A new link to the result; "" if its page offers none."""
    page = read(browser.get(f"/tests/{test.reference}/"))
    forms = [
        form["action"] for form in page.all("form") if form.attributes.get("action", "").endswith("/share/")
    ]
    if not forms:
        return ""
    (action,) = forms
    return shown_url(browser.post(action, follow=True))


def shown_url(answer: Any) -> str:
    """The link that a page shows this once; "" if it shows none."""
    shown = [code.text for code in read(answer).all("code") if "/report/" in code.text]
    return "".join(shown).removeprefix("http://testserver")


def links_of(answer: Any) -> list[str]:
    """Those that the page lists, each with what ends it."""
    forms = [
        form for form in read(answer).all("form") if "/tests/links/" in form.attributes.get("action", "")
    ]
    return [form["action"] for form in forms]


# --- Text and JSON -------------------------------------------------------------------------------------


def test_as_text_it_says_what_the_page_says(browser: Client, over: ConnectionTest) -> None:
    answer = browser.get(f"/tests/{over.reference}/report.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "anna@example.com: One thing to fix"
    assert f"Reference for support: {over.reference}" in lines
    assert "1. The server didn’t accept the password" in lines
    assert any(re.match(r"What to do: .+ \(You can fix this\)$", line) for line in lines)
    assert "Receiving: mail.example.com, IMAP, port 993, SSL/TLS" in lines
    assert [line for line in lines if line.startswith("✗ Sign in · ") and line.endswith(" · 7 ms")]
    assert [line for line in lines if line.startswith("✓ ")]
    page = browser.get(f"/tests/{over.reference}/").content.decode()
    assert html.escape(answer.content.decode(), quote=False).strip() in page


def test_as_json_it_is_what_the_command_prints(browser: Client, over: ConnectionTest) -> None:
    document = browser.get(f"/tests/{over.reference}/report.json").json()
    assert list(document) == [
        "reference",
        "address",
        "protocol",
        "verdict",
        "seconds",
        "causes",
        "refused_by",
        "services",
    ]
    assert (document["reference"], document["verdict"]) == (over.reference, "failed")
    assert document["causes"] == ["auth_failed"]
    receiving, sending = document["services"]
    assert list(receiving) == ["type", "hostname", "port", "socket_type", "verdict", "steps"]
    assert (receiving["type"], receiving["verdict"]) == ("imap", "failed")
    assert (sending["type"], sending["verdict"]) == ("smtp", "passed")
    (refused,) = [step for step in receiving["steps"] if step["code"] == "auth_failed"]
    assert (refused["step"], refused["status"], refused["ms"]) == ("sign_in", "failed", 7)
    assert refused["who"] == "customer"
    assert {step["who"] for step in sending["steps"]} == {None}


def test_the_command_has_the_same_keys(
    provider: None, browser: Client, over: ConnectionTest, capsys: Any
) -> None:
    with pytest.raises(SystemExit):
        call_command("test_connection", "anna@example.com", "--json")
    printed = json.loads(capsys.readouterr().out)
    document = browser.get(f"/tests/{over.reference}/report.json").json()
    assert list(printed) == list(document)
    assert list(printed["services"][0]) == list(document["services"][0])
    assert list(printed["services"][0]["steps"][0]) == list(document["services"][0]["steps"][0])


@pytest.mark.parametrize("form", ["txt", "json"])
def test_what_still_runs_can_not_be_taken_along(browser: Client, owner: User, form: str) -> None:
    test = queued(owner)
    assert browser.get(f"/tests/{test.reference}/report.{form}").status_code == 404


@pytest.mark.parametrize("form", ["txt", "json"])
def test_it_is_nobody_elses(
    over: ConnectionTest, colleague: User, stranger: User, signed_in: Any, form: str
) -> None:
    address = f"/tests/{over.reference}/report.{form}"
    statuses = [browser.get(address).status_code for browser in (signed_in(colleague), signed_in(stranger))]
    assert statuses == [404, 404]
    assert Client().get(address)["Location"].startswith("/accounts/login/")


def test_whoever_holds_the_link_that_it_was_started_by_takes_it_along(
    setup_link: MakeLink, over: ConnectionTest
) -> None:
    link, token = setup_link()
    ConnectionTest.objects.filter(pk=over.pk).update(user=None, setup_link=link)
    page = read(Client().get(f"/s/{token}/tests/{over.reference}/"))
    links = [part.attributes["href"] for part in page.all("a")]
    for form in ("txt", "json"):
        assert f"/s/{token}/tests/{over.reference}/report.{form}" in links
        assert Client().get(f"/s/{token}/tests/{over.reference}/report.{form}").status_code == 200
    assert not [link for link in links if "/report/" in link]


# --- A link for somebody else -------------------------------------------------------------------------


def test_somebody_else_reads_the_result_and_can_do_nothing(browser: Client, over: ConnectionTest) -> None:
    answer = Client().get(shared_url(browser, over))
    page = Shown(answer)
    assert (page.headline, page.problems[0].title) == (
        "One thing to fix",
        "The server didn’t accept the password",
    )
    assert "anna@example.com" in page.text
    robots = [meta["content"] for meta in read(answer).all("meta") if meta.attributes.get("name") == "robots"]
    assert robots == ["noindex"]
    targets = [link.attributes["href"] for link in read(answer).one("main").all("a")]
    assert targets == ["#fix"]
    assert not read(answer).one("main").all("form")


def test_it_ends_after_some_days_and_says_so(
    browser: Client, owner: User, later: Later, limits: Limits
) -> None:
    limits(report_link_days=3)
    over = finished(queued(owner), findings(Protocol.IMAP, REFUSED))
    address = shared_url(browser, over)
    assert "can read this result for 3 days" in browser.get(f"/tests/{over.reference}/").content.decode()
    later(3 * DAY_SECONDS - 1)
    assert Client().get(address).status_code == 200
    later(3 * DAY_SECONDS)
    answer = Client().get(address)
    assert answer.status_code == 410
    assert read(answer).one("h1").text == "This link has expired"


@pytest.mark.parametrize("change", ["account off", "left the customer", "domain of others", "test deleted"])
def test_it_ends_with_what_its_maker_may_see(
    browser: Client, colleague: User, signed_in: Any, change: str
) -> None:
    over = finished(queued(colleague), findings(Protocol.IMAP, REFUSED))
    address = shared_url(signed_in(colleague), over)
    assert Client().get(address).status_code == 200
    match change:
        case "account off":
            User.objects.filter(pk=colleague.pk).update(is_active=False)
        case "left the customer":
            Membership.objects.filter(user=colleague).delete()
        case "domain of others":
            Domain.objects.filter(name="example.com").update(customer=None)
            ConnectionTest.objects.filter(pk=over.pk).update(user=None, customer=None)
        case "test deleted":
            over.delete()
    assert Client().get(address).status_code == 404


def test_a_forged_link_opens_nothing(browser: Client, over: ConnectionTest) -> None:
    address = shared_url(browser, over)
    stored = ReportLink.objects.get().token_hash
    for forged in (f"{address[:-2]}x/", "/report/x/", f"/report/{stored}/", f"/report/{over.reference}/"):
        assert Client().get(forged).status_code == 404


def test_support_looking_as_a_customer_makes_none(over: ConnectionTest, owner: User) -> None:
    browser = support_looking_as(owner)
    assert shared_url(browser, over) == ""
    assert browser.post(f"/tests/{over.reference}/share/").status_code == 404
    assert not ReportLink.objects.exists()


def test_the_link_is_shown_once_and_stored_as_a_hash(browser: Client, over: ConnectionTest) -> None:
    address = shared_url(browser, over)
    again = browser.get(f"/tests/{over.reference}/")
    assert shown_url(again) == ""
    assert len(links_of(again)) == 1
    row = str(ReportLink.objects.values().get())
    assert address.removeprefix("/report/").strip("/") not in row


def test_it_says_when_it_was_first_opened_and_ends_when_its_maker_wants(
    browser: Client, owner: User, later: Later
) -> None:
    later(0)
    over = finished(queued(owner), findings(Protocol.IMAP, REFUSED))
    address, page = shared_url(browser, over), f"/tests/{over.reference}/"
    assert "Not opened yet. Ends 9 Mar 2026, 09:00" in read(browser.get(page)).text
    for minute in (5, 10):
        later(minute * 60)
        assert Client().get(address).status_code == 200
    assert "First opened 2 Mar 2026, 09:05. Ends 9 Mar 2026, 09:00" in read(browser.get(page)).text
    (end,) = links_of(browser.get(page))
    for button in (end, f"{page}share/"):
        assert browser.get(button)["Location"].startswith(page), "whoever only looks lands where it is"
    assert ReportLink.objects.count() == 1
    answer = browser.post(end, follow=True)
    assert "The link no longer opens anything." in read(answer).text
    assert links_of(answer) == []
    assert Client().get(address).status_code == 404


def test_nobody_else_makes_lists_or_ends_it(
    browser: Client, over: ConnectionTest, owner: User, colleague: User, stranger: User, signed_in: Any
) -> None:
    """A colleague may not see the test; another owner may, and still has links of their own."""
    address = shared_url(browser, over)
    (end,) = links_of(browser.get(f"/tests/{over.reference}/"))
    second = User.objects.create_user("second@lindqvist.example")
    customer = Membership.objects.get(user=owner).customer
    Membership.objects.create(user=second, customer=customer, role=Membership.Role.OWNER)
    other = signed_in(second)
    assert links_of(other.get(f"/tests/{over.reference}/")) == []
    for somebody in (other, signed_in(colleague), signed_in(stranger), Client(), support_looking_as(owner)):
        assert somebody.post(end).status_code == 404
        assert somebody.get(end).status_code == 404
    for somebody in (signed_in(colleague), signed_in(stranger), Client()):
        assert somebody.post(f"/tests/{over.reference}/share/").status_code == 404
    assert Client().get(address).status_code == 200
    assert ReportLink.objects.count() == 1


def test_the_links_of_others_cost_the_page_nothing(
    browser: Client, over: ConnectionTest, owner: User, django_assert_num_queries: Any
) -> None:
    page = f"/tests/{over.reference}/"
    shared_url(browser, over)
    with CaptureQueriesContext(connection) as alone:
        browser.get(page)
    customer = Membership.objects.get(user=owner).customer
    for number in range(3):
        other = User.objects.create_user(f"n{number}@lindqvist.example")
        Membership.objects.create(user=other, customer=customer, role=Membership.Role.OWNER)
        share_report(over, other)
    with django_assert_num_queries(len(alone)):
        assert len(links_of(browser.get(page))) == 1


def test_what_still_runs_is_not_shared(browser: Client, owner: User) -> None:
    test = queued(owner)
    assert shared_url(browser, test) == ""
    assert browser.post(f"/tests/{test.reference}/share/").status_code == 404


def test_the_oldest_makes_room_for_another(
    browser: Client, over: ConnectionTest, owner: User, limits: Limits
) -> None:
    limits(report_links_limit=2)
    elsewhere = shared_url(browser, finished(queued(owner), findings()))
    made = [shared_url(browser, over) for _each in range(3)]
    assert [Client().get(address).status_code for address in (elsewhere, *made)] == [200, 404, 200, 200]


def test_nobodys_links_make_room_for_somebody_elses(
    browser: Client, over: ConnectionTest, owner: User, signed_in: Any, limits: Limits
) -> None:
    limits(report_links_limit=1)
    second = User.objects.create_user("second@lindqvist.example")
    customer = Membership.objects.get(user=owner).customer
    Membership.objects.create(user=second, customer=customer, role=Membership.Role.OWNER)
    made = [shared_url(one, over) for one in (browser, signed_in(second))]
    assert [Client().get(address).status_code for address in made] == [200, 200]


def test_who_reads_it_by_a_link_reads_when_it_was(browser: Client, owner: User, later: Later) -> None:
    later(0)
    over = finished(queued(owner), findings(Protocol.IMAP, REFUSED))
    address = shared_url(browser, over)
    later(DAY_SECONDS)
    said = "Tested on 2 March 2026, 09:00. This page is to be read only."
    assert said in read(Client().get(address)).text


def test_the_page_leads_to_each_form_and_opens_where_the_link_is_shown(
    browser: Client, over: ConnectionTest
) -> None:
    page = f"/tests/{over.reference}/"
    made = browser.post(f"{page}share/", follow=True)
    links = read(made).links()
    assert links["Save as a file"] == f"{page}report.txt"
    assert links["Everything, as JSON"] == f"{page}report.json"
    opened = [
        "open" in read(answer).all("details", "more")[-1].attributes for answer in (made, browser.get(page))
    ]
    assert opened == [True, False]


def test_as_text_it_says_how_far_it_came_and_what_may_pass(browser: Client, owner: User) -> None:
    silence = (0, Finding(Step.CONNECT, Status.FAILED, Code.TCP_TIMEOUT, 6000))
    over = finished(queued(owner), findings(Protocol.IMAP, silence))
    page = Shown(browser.get(f"/tests/{over.reference}/"))
    lines = browser.get(f"/tests/{over.reference}/report.txt").content.decode().splitlines()
    assert lines[1] == page.lede
    assert page.problems[0].passes
    assert any(line.endswith(f"({page.problems[0].fixer}; {page.problems[0].passes})") for line in lines)


def test_as_json_it_took_as_long_as_the_slower_of_both(browser: Client, owner: User) -> None:
    """They are tested at the same time."""
    slow = [(at, Finding(Step.CONNECT, Status.PASSED, Code.OK, ms)) for at, ms in ((0, 3000), (1, 1000))]
    found = findings(Protocol.IMAP, *slow)
    over = finished(queued(owner), found)
    document = browser.get(f"/tests/{over.reference}/report.json").json()
    assert document["seconds"] == round(sum(finding.ms or 0 for at, finding in found if at == 0) / 1000, 2)


def test_what_a_program_is_shown_of_it_is_in_no_search(browser: Client, over: ConnectionTest) -> None:
    answer = Client(headers={"User-Agent": "Twitterbot/1.0"}).get(shared_url(browser, over))
    assert read(answer).one("h1").text == "A report of a test"
    robots = [meta["content"] for meta in read(answer).all("meta") if meta.attributes.get("name") == "robots"]
    assert robots == ["noindex"]
