"""What support reads of a test is what the customer reads."""

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import reaper
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.runs import Found, findings, finished, queued, running, without_sign_in
from tests.connection_tests.shown import Shown
from tests.html import read

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["refused", "twice", "lost", "passed"])
def test_that_is_over(request: pytest.FixtureRequest, owner: User) -> ConnectionTest:
    if request.param == "lost":
        test = running(queued(owner))
        reaper.mark_lost(test)
        return test
    timeout = Finding(Step.CONNECT, Status.FAILED, Code.TCP_TIMEOUT, 6000)
    refused = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 9)
    special = {"refused": [(0, refused)], "twice": [(0, timeout), (1, timeout)], "passed": []}
    return finished(queued(owner), findings(Protocol.IMAP, *special[request.param]))


def test_support_reads_what_the_customer_reads(
    support: Client, browser: Client, test_that_is_over: ConnectionTest
) -> None:
    page = read(support.get(f"/admin/connection_tests/connectiontest/{test_that_is_over.pk}/change/"))
    (words,) = page.all("div", "field-what_the_customer_reads")
    problems = Shown(browser.get(f"/tests/{test_that_is_over.reference}/")).problems
    said = [" ".join(problem.parts.values()) for problem in problems]
    assert [paragraph.text for paragraph in words.all("p")] == said


def test_support_is_told_where_to_look(support: Client, owner: User) -> None:
    refused = Finding(Step.CONNECT, Status.FAILED, Code.TCP_REFUSED, 9)
    test = finished(queued(owner), findings(Protocol.IMAP, (0, refused)))
    page = read(support.get(f"/admin/connection_tests/connectiontest/{test.pk}/change/"))
    (words,) = page.all("div", "field-where_to_look")
    (paragraph,) = words.all("p")
    assert paragraph.text.startswith("tcp_refused (the provider): Reset in reply to SYN on port 993")


def test_each_step_is_listed_and_nothing_can_be_changed(support: Client, owner: User) -> None:
    test = finished(queued(owner), findings())
    page = read(support.get(f"/admin/connection_tests/connectiontest/{test.pk}/change/"))
    assert len(page.all("td", "field-code")) == 16
    assert not [field for field in page.all("input") if field.attributes.get("name") == "_save"]


@pytest.mark.parametrize("spelling", ["{}", "{} ", "{nodash}", "{small}", "{spaced}"])
def test_a_reference_is_found_as_it_is_read_over_the_telephone(
    support: Client, owner: User, spelling: str
) -> None:
    test, other = queued(owner), queued(owner)
    bare = test.reference.replace("-", "")
    typed = spelling.format(
        test.reference, nodash=bare, small=bare.lower(), spaced=" ".join(test.reference.replace("-", " "))
    )
    shown = support.get("/admin/connection_tests/connectiontest/", {"q": typed}).content.decode()
    assert test.reference in shown
    assert other.reference not in shown
    assert "Ask for it again" not in shown


def test_a_reference_that_can_not_be_right_is_called_that(support: Client, owner: User) -> None:
    reference = queued(owner).reference
    wrong = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    shown = support.get("/admin/connection_tests/connectiontest/", {"q": wrong.replace("-", "")})
    assert f"No reference reads {wrong}. Ask for it again." in shown.content.decode()


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (findings(), "passed"),
        (without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1), "passed, no password tried"),
        (without_sign_in(Protocol.IMAP, Code.UNVERIFIED, 1), "passed"),
    ],
)
def test_a_test_without_a_password_is_not_called_passed(
    support: Client, owner: User, found: Found, verdict: str
) -> None:
    finished(queued(owner), found)
    page = read(support.get("/admin/connection_tests/connectiontest/"))
    assert [cell.text for cell in page.all("td", "field-outcome")] == [verdict]
