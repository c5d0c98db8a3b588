"""Start a connection test, watch it, look at earlier ones."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from accounts import access
from mailsetup.clientconfig import NotOffered, Protocol
from mailsetup.connection_tests import reaper, selectors, services
from mailsetup.connection_tests.forms import ConnectionTestForm
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import report_of, summary_of
from mailsetup.connection_tests.tasks import BrokerUnavailable, enqueue_connection_test
from mailsetup.guides.clients import GUIDES
from mailsetup.setup_links.decorators import for_link, for_setup
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.setups import Setup

_TOO_MANY = {
    "busy": _("A test of this address is running already. Wait until it’s over, then test again."),
    "often": _("This address was tested very often in the last minutes. Wait a quarter of an hour."),
    "rejected": _(
        "The server has refused the password several times. "
        "To keep it from blocking you, we wait a quarter of an hour."
    ),
}


@dataclass(frozen=True, slots=True)
class TestUrls:
    """Where the page of a test is, the part of it that changes, another test like it, and its guide."""

    page: str
    progress: str
    again: str
    guide: str

    @classmethod
    def of_user(cls, test: ConnectionTest) -> "TestUrls":
        """Below /tests/ and /setup/ADDRESS/."""
        return cls._below(test, "", {"address": test.address}, reverse("mailsetup:home"))

    @classmethod
    def of_link(cls, test: ConnectionTest, token: str) -> "TestUrls":
        """All of it below /s/TOKEN/."""
        key = {"token": token}
        return cls._below(test, "link_", key, reverse("mailsetup:link", kwargs=key))

    @classmethod
    def _below(cls, test: ConnectionTest, prefix: str, key: dict[str, str], home_url: str) -> "TestUrls":
        own = {"reference": test.reference, **({} if prefix == "" else key)}
        guide = {**key, "client": test.client, "protocol": test.protocol}
        start_url = reverse("mailsetup:start_test", kwargs=key)
        return cls(
            page=reverse(f"mailsetup:{prefix}test", kwargs=own),
            progress=reverse(f"mailsetup:{prefix}test_progress", kwargs=own),
            again=f"{start_url}?protocol={test.protocol}&app={test.client}",
            guide=reverse("mailsetup:guide", kwargs=guide) if test.client in GUIDES else home_url,
        )

    @classmethod
    def of_setup(cls, test: ConnectionTest, setup: Setup) -> "TestUrls":
        """Those of whoever has just started the test."""
        return cls.of_link(test, setup.token) if setup.via_link else cls.of_user(test)


@dataclass(frozen=True, slots=True)
class Poll:
    """How the page of a running test asks for news."""

    url: str
    milliseconds: int


@sensitive_post_parameters("password")
@sensitive_variables()
@for_setup
def start_test(request: HttpRequest, setup: Setup) -> HttpResponse:
    """Ask for the password and start a test of one address."""
    offered = setup.hosting.protocols
    if not offered:
        raise Http404("There is nothing to test here.")
    may_type_password = not access.is_support_visit(request)
    without = "without" in request.POST or not may_type_password
    form = ConnectionTestForm(
        request.POST or None,
        offered=offered,
        needs_password=not without,
        initial={
            "protocol": request.GET.get("protocol", offered[0].value),
            "round_trip": True,
            "app": request.GET.get("app", ""),
        },
    )
    if request.method != "POST" or not form.is_valid():
        return _form(request, setup, form, status=422 if request.method == "POST" else 200)
    answers = form.cleaned_data
    try:
        test = services.start_connection_test(
            setup,
            setup.config(Protocol(answers["protocol"])),
            password="" if without else answers["password"],
            round_trip=answers["round_trip"],
            client=answers["app"] if answers["app"] in GUIDES else "",
        )
    except NotOffered:
        raise Http404("This protocol is not offered here.") from None
    except services.TooManyTests as refusal:
        return _form(request, setup, form, status=429, error=str(_TOO_MANY[refusal.reason]))
    urls = TestUrls.of_setup(test, setup)
    try:
        enqueue_connection_test(test)
    except BrokerUnavailable:
        context = {"setup": setup, "reference": test.reference, "urls": urls}
        return render(request, "connection_tests/worker_unavailable.html", context, status=503)
    return HttpResponseRedirect(urls.page)


def _form(
    request: HttpRequest, setup: Setup, form: ConnectionTestForm, *, status: int = 200, error: str = ""
) -> HttpResponse:
    context = {
        "setup": setup,
        "form": form,
        "error": error,
        "may_type_password": not access.is_support_visit(request),
    }
    return render(request, "connection_tests/start.html", context, status=status)


def test(request: HttpRequest, reference: str) -> HttpResponse:
    """One test of a signed-in person, running or finished."""
    found = _find(_own_tests(request), reference)
    return _render(request, found, TestUrls.of_user(found), "connection_tests/test.html")


def test_progress(request: HttpRequest, reference: str) -> HttpResponse:
    """The part of its page that changes; 204 when nothing is new."""
    found = _find(_own_tests(request), reference)
    return _answer_poll(request, found, TestUrls.of_user(found))


@for_link
def link_test(request: HttpRequest, *, link: SetupLink, token: str, reference: str) -> HttpResponse:
    """The same page for whoever holds the link that the test was started by."""
    found = _find(selectors.tests_of_link(link), reference)
    return _render(request, found, TestUrls.of_link(found, token), "connection_tests/test.html")


@for_link
def link_test_progress(request: HttpRequest, *, link: SetupLink, token: str, reference: str) -> HttpResponse:
    """The part of that page that changes; 204 when nothing is new."""
    found = _find(selectors.tests_of_link(link), reference)
    return _answer_poll(request, found, TestUrls.of_link(found, token))


def _own_tests(request: HttpRequest) -> QuerySet[ConnectionTest]:
    """Nobody's for somebody who isn't signed in: a poll must not get the sign-in page as its answer."""
    if not request.user.is_authenticated:
        return ConnectionTest.objects.none()
    return selectors.tests_of(request.user)


def _find(tests: QuerySet[ConnectionTest], reference: str) -> ConnectionTest:
    found = tests.filter(reference=reference.upper()).prefetch_related("steps").first()
    if found is None:
        raise Http404("No such test.")
    if reaper.is_lost(found):
        reaper.mark_lost(found)
    return found


def _answer_poll(request: HttpRequest, test: ConnectionTest, urls: TestUrls) -> HttpResponse:
    news = request.GET.get("seen", "") != _seen(test) or (_is_late(test) and "late" not in request.GET)
    if not news:
        return HttpResponse(status=204)
    return _render(request, test, urls, "connection_tests/test.html#progress")


def _seen(test: ConnectionTest) -> str:
    """What a browser that shows `test` as it is now has seen of it."""
    return f"{test.state}-{len(test.steps.all())}"


def _is_late(test: ConnectionTest) -> bool:
    """Whether no worker has taken the test for so long that the page says so."""
    waited = timezone.now() - test.created_at
    patience = settings.CONNECTION_TESTS.worker_patience_seconds
    return test.state == ConnectionTest.State.QUEUED and waited.total_seconds() > patience


def _render(request: HttpRequest, test: ConnectionTest, urls: TestUrls, template: str) -> HttpResponse:
    late = _is_late(test)
    seen_before = request.GET.get("seen", "").rpartition("-")[2]
    known = int(seen_before) if re.fullmatch("[0-9]{1,4}", seen_before) else 0
    found = [(step.service, step.as_finding()) for step in test.steps.all()]
    context = {
        "report": report_of(test, found, guide_url=urls.guide, seen=known),
        "urls": urls,
        "late": late,
        "poll": Poll(
            f"{urls.progress}?seen={_seen(test)}{'&late=1' if late else ''}", _poll_milliseconds(test)
        ),
    }
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _poll_milliseconds(test: ConnectionTest) -> int:
    """Fast while the first steps come in, slower for a run that takes its time."""
    limits = settings.CONNECTION_TESTS
    if _is_late(test):
        return limits.poll_late_milliseconds
    young = (timezone.now() - test.created_at).total_seconds() < limits.worker_patience_seconds
    return limits.poll_fast_milliseconds if young else limits.poll_slow_milliseconds


@login_required
def history(request: HttpRequest) -> HttpResponse:
    """The latest tests of a signed-in person."""
    limits = settings.CONNECTION_TESTS
    tests = selectors.tests_of(request.user)[: limits.history_limit]
    context = {
        "rows": [summary_of(test, up_to_sign_in=test.up_to_sign_in) for test in tests],
        "days": limits.history_days,
    }
    return render(request, "connection_tests/history.html", context)
