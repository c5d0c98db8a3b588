"""Connection tests in the admin: a list, whose rows open the report at the desk."""

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.runs import Found, findings, finished, queued, running, without_sign_in
from tests.html import read

pytestmark = pytest.mark.django_db


def test_a_test_of_the_list_opens_its_report_at_the_desk(support: Client, owner: User) -> None:
    test = finished(queued(owner), findings())
    row = read(support.get("/admin/connection_tests/connectiontest/")).one("th", "field-reference")
    answer = support.get(row.one("a")["href"])
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/tests/{test.reference}/")
    assert support.get("/admin/connection_tests/connectiontest/123456/change/").status_code == 404
    assert support.post(row.one("a")["href"], {"reference": "AAAA-AAAA"}).status_code == 302
    assert ConnectionTest.objects.get().reference == test.reference


def test_the_list_says_what_happened_in_words(support: Client, owner: User) -> None:
    refused = Finding(Step.CONNECT, Status.FAILED, Code.TCP_REFUSED, 9)
    finished(queued(owner), findings(Protocol.IMAP, (0, refused)))
    running(queued(owner))
    page = read(support.get("/admin/connection_tests/connectiontest/"))
    running_row, failed_row = (row for row in page.all("tr") if row.all("td", "field-outcome"))
    said = [failed_row.one("td", f"field-{name}").text for name in ("outcome", "codes")]
    assert said == ["failed", "tcp_refused"]
    assert running_row.one("td", "field-outcome").text == "still runs"


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


def test_an_address_with_as_many_characters_as_a_reference_is_an_address(
    support: Client, owner: User
) -> None:
    test = queued(owner)
    ConnectionTest.objects.filter(pk=test.pk).update(address="abcd@ef.gh")
    page = support.get("/admin/connection_tests/connectiontest/", {"q": "abcd@ef.gh"}).content.decode()
    assert test.reference in page
    assert "No reference reads" not in page
