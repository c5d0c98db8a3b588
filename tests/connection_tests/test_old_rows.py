"""Rows that another version of this portal has left behind."""

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.runs import findings, finished, queued
from tests.connection_tests.shown import Shown
from tests.html import read

pytestmark = pytest.mark.django_db
SENTENCE = "We can’t say any more what this was"


@pytest.fixture(params=[("cert_weak",), ("cert_weak", "auth_failed"), ("cert_weak", "tls_odd")], ids=str)
def old(request: pytest.FixtureRequest, owner: User) -> ConnectionTest:
    """A result whose first causes have codes that nobody knows any more."""
    special = [
        (index, Finding((Step.TLS, Step.SIGN_IN)[index], Status.FAILED, Code.AUTH_FAILED, 7))
        for index, _code in enumerate(request.param)
    ]
    test = finished(queued(owner), findings(Protocol.IMAP, *special))
    ConnectionTest.objects.filter(pk=test.pk).update(causes=list(request.param))
    for step, code in zip(test.steps.filter(status=Status.FAILED), request.param, strict=True):
        test.steps.filter(pk=step.pk).update(code=code)
    return test


def test_a_code_that_is_gone_has_a_plain_sentence(browser: Client, old: ConnectionTest) -> None:
    page = Shown(browser.get(f"/tests/{old.reference}/"))
    assert [problem.title for problem in page.problems].count(SENTENCE) == 1
    assert page.lanes["Receiving"].steps["Encryption"].text == SENTENCE
    assert "Test again" in page.problems[0].links


@pytest.mark.parametrize("form", ["txt", "json"])
def test_it_can_be_taken_along(browser: Client, old: ConnectionTest, form: str) -> None:
    answer = browser.get(f"/tests/{old.reference}/report.{form}")
    assert answer.status_code == 200
    assert ("unknown" if form == "json" else SENTENCE) in answer.content.decode()


def test_the_history_lists_it(browser: Client, old: ConnectionTest) -> None:
    assert old.reference in browser.get("/tests/").content.decode()


def test_support_reads_the_code_as_it_was(old: ConnectionTest, support: Client) -> None:
    page = read(support.get(f"/desk/tests/{old.reference}/"))
    assert "as it was called then: cert_weak" in [fact.text for fact in page.all("p", "soft")]


def test_a_step_that_was_skipped_for_a_reason_that_is_gone(owner: User, browser: Client) -> None:
    test = finished(queued(owner), findings())
    test.steps.filter(service=0, step=Step.PUSH).update(status=Status.SKIPPED, code="too_late_today")
    page = Shown(browser.get(f"/tests/{test.reference}/"))
    assert page.lanes["Receiving"].steps["New-mail alerts"].text == "Not checked"
