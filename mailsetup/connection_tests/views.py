"""Start a connection test, watch it, look at earlier ones."""

import math
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from accounts import access
from accounts.brands import portal_url
from accounts.http import AuthenticatedHttpRequest
from mailsetup.clientconfig import (
    ClientConfig,
    NotExpressible,
    NotOffered,
    Protocol,
    parse_address,
    resolve,
)
from mailsetup.connection_tests import credentials, reaper, selectors, services, shares, written
from mailsetup.connection_tests.explanations import Place
from mailsetup.connection_tests.forms import ConnectionTestForm
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import ReportUrls, latest_summaries, report_of
from mailsetup.connection_tests.tasks import BrokerUnavailable, enqueue_connection_test
from mailsetup.guides.clients import GUIDES
from mailsetup.hosting.selectors import UnknownDomain, find_stored_hosting
from mailsetup.probes.findings import Finding, ServiceReport
from mailsetup.setup_links.decorators import for_link, for_setup
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.setups import Setup


def _as_the_app_does(config: ClientConfig, client: str) -> ClientConfig:
    """The test goes the way that the guide of the app describes, where there is one."""
    try:
        return GUIDES[client].settings(config) if client in GUIDES else config
    except NotExpressible:
        return config


@dataclass(frozen=True, slots=True)
class TestUrls:
    """Where the page of a test is, another test like it, and its guide."""

    page: str
    again: str
    guide: str
    text: str
    document: str

    @classmethod
    def of(cls, test: ConnectionTest, token: str = "") -> "TestUrls":
        """Below the set-up link with that `token`; without one below /tests/ and /setup/ADDRESS/."""
        link = {"token": token} if token else {}
        setup = link or {"address": test.address}
        start_url = reverse("mailsetup:start_test", kwargs=setup)
        if test.client in GUIDES:
            guide = {**setup, "client": test.client, "protocol": test.protocol}
            guide_url = reverse("mailsetup:guide", kwargs=guide)
        else:
            guide_url = reverse("mailsetup:link" if token else "mailsetup:home", kwargs=link)
        named = {**link, "reference": test.reference}
        return cls(
            page=reverse("mailsetup:test", kwargs=named),
            text=reverse("mailsetup:written_test", kwargs={**named, "form": "txt"}),
            document=reverse("mailsetup:written_test", kwargs={**named, "form": "json"}),
            again=f"{start_url}?protocol={test.protocol}&app={test.client}",
            guide=guide_url,
        )


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
    offered = _testable(setup)
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
            "app": request.GET.get("app", ""),
        },
    )
    if request.method != "POST" or not form.is_valid():
        return _form(request, setup, form, status=422 if request.method == "POST" else 200)
    answers = form.cleaned_data
    if setup.link and setup.only_one_guide:
        answers["app"] = setup.link.client
    key = credentials.new_key()
    try:
        test = services.start_connection_test(
            setup,
            _as_the_app_does(setup.config(Protocol(answers["protocol"])), answers["app"]),
            password="" if without else answers["password"],
            key=key,
            round_trip=answers["round_trip"],
            client=answers["app"] if answers["app"] in GUIDES else "",
        )
    except NotOffered:
        raise Http404("This protocol is not offered here.") from None
    except TooManyTests as refusal:
        return _form(request, setup, form, status=429, error=_refusal(refusal))
    urls = TestUrls.of(test, setup.token)
    try:
        enqueue_connection_test(test, key)
    except BrokerUnavailable:
        context = {"setup": setup, "reference": test.reference, "urls": urls}
        return render(request, "connection_tests/worker_unavailable.html", context, status=503)
    return HttpResponseRedirect(urls.page)


def _testable(setup: Setup) -> tuple[Protocol, ...]:
    """A link to one guide tests what that guide sets up."""
    offered = setup.hosting.protocols
    if setup.link and setup.only_one_guide:
        return tuple(protocol for protocol in offered if protocol.value == setup.link.protocol)
    return offered


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


def _refusal(refusal: TooManyTests) -> str:
    """What there is too much of, and how long to wait: a minute at least, and never too short."""
    minutes = max(1, math.ceil((refusal.seconds or 0) / 60))
    match refusal.reason:
        case "busy":
            return _("Your last test is still running. Wait until it’s over, then test again.")
        case "crowded":
            return _("Others are testing here at the moment. Wait until they’re done, then test again.")
        case "often":
            text = ngettext(
                "There were very many tests in the last minutes. Wait %(minutes)s minute.",
                "There were very many tests in the last minutes. Wait %(minutes)s minutes.",
                minutes,
            )
        case "rejected":
            text = ngettext(
                "The server has refused the password several times. "
                "To keep it from blocking you, we wait %(minutes)s minute.",
                "The server has refused the password several times. "
                "To keep it from blocking you, we wait %(minutes)s minutes.",
                minutes,
            )
        case "refusing":
            text = ngettext(
                "The mail server is turning us away at the moment. "
                "To keep it from blocking you, we wait %(minutes)s minute.",
                "The mail server is turning us away at the moment. "
                "To keep it from blocking you, we wait %(minutes)s minutes.",
                minutes,
            )
    return text % {"minutes": minutes}


def test(request: HttpRequest, reference: str) -> HttpResponse:
    """One test of a signed-in person, running or over.

    Nobody's for somebody who isn't signed in: a poll must not get the sign-in page as its answer.
    """
    return _show(request, _tests_of(request), reference)


def _tests_of(request: HttpRequest) -> QuerySet[ConnectionTest]:
    user = request.user
    return selectors.tests_of(user) if user.is_authenticated else ConnectionTest.objects.none()


@for_link
def link_test(request: HttpRequest, *, link: SetupLink, token: str, reference: str) -> HttpResponse:
    """The same for whoever holds the link that the test was started by."""
    return _show(request, selectors.tests_of_link(link), reference, token)


@login_required
def written_test(request: AuthenticatedHttpRequest, *, reference: str, form: str) -> HttpResponse:
    """A test that is over, to take along: as text or as JSON."""
    return _write(_tests_of(request), reference, form)


@for_link
def written_link_test(
    request: HttpRequest, *, link: SetupLink, token: str, reference: str, form: str
) -> HttpResponse:
    """The same for whoever holds the link that the test was started by."""
    return _write(selectors.tests_of_link(link), reference, form)


def _write(tests: QuerySet[ConnectionTest], reference: str, form: str) -> HttpResponse:
    test, found = _find(tests, reference)
    if test.state != ConnectionTest.State.DONE:
        raise Http404("It isn't over.")
    if form == "txt":
        text = written.as_text(report_of(test, found, urls=ReportUrls()))
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    services = [
        ServiceReport(service, tuple(finding for index, finding in found if index == place))
        for place, service in enumerate(test.planned())
    ]
    document = written.as_document(
        reference=test.reference, address=test.address, protocol=test.protocol, services=services
    )
    return JsonResponse(document)


def shared_test(request: HttpRequest, *, key: str) -> HttpResponse:
    """One result for whoever was given its link: to be read, and nothing else."""
    try:
        tests, reference = shares.open_share(key)
    except shares.ShareExpired:
        return render(request, "connection_tests/share_expired.html", status=HTTPStatus.GONE)
    except shares.UnknownShare:
        raise Http404("No such report.") from None
    test, found = _find(tests, reference)
    report = report_of(test, found, urls=ReportUrls())
    return render(request, "connection_tests/shared.html", {"report": report, "test": test})


def _show(
    request: HttpRequest, tests: QuerySet[ConnectionTest], reference: str, token: str = ""
) -> HttpResponse:
    """The page of a test; to a browser that says what it has `seen`, the part that changes, or 204."""
    test, found = _find(tests, reference)
    late = _is_late(test)
    state = f"{'late' if late else test.state}-{len(found)}"
    seen = request.GET.get("seen")
    if seen == state:
        return HttpResponse(status=204)
    urls = TestUrls.of(test, token)
    places = _places_of(test)
    report = report_of(
        test, found, urls=ReportUrls(guide=urls.guide, places=places), seen=_count_in(seen or "")
    )
    context = {
        "report": report,
        "report_text": "" if report.running else written.as_text(report),
        "share": None if report.running or token else _share(request, test),
        "urls": urls,
        "late": late,
        "poll": Poll(f"{urls.page}?seen={state}", _poll_milliseconds(test)),
    }
    template = "connection_tests/test.html" if seen is None else "connection_tests/test.html#progress"
    return render(request, template, context)


def _share(request: HttpRequest, test: ConnectionTest) -> dict[str, Any] | None:
    """The link to show the result to somebody; none is made in a visit of support."""
    if not request.user.is_authenticated or access.is_support_visit(request):
        return None
    path = reverse("mailsetup:shared_test", kwargs={"key": shares.new_key(test, request.user)})
    days = settings.CONNECTION_TESTS.report_link_days
    return {"url": portal_url() + path, "days": days}


def _places_of(test: ConnectionTest) -> dict[Place, str]:
    """The provider's pages for the address of a test that is over and has something to say."""
    if not test.causes or test.domain_id is None:
        return {}
    try:
        address = parse_address(test.address)
        hosting, _domain = find_stored_hosting(address, display_name="")
        config = resolve(address, hosting, Protocol(test.protocol))
    except (UnknownDomain, NotOffered):
        return {}
    return {Place.WEBMAIL: config.webmail_url, Place.PASSWORD: config.password_url}


def _find(
    tests: QuerySet[ConnectionTest], reference: str
) -> tuple[ConnectionTest, list[tuple[int, Finding]]]:
    """The test and what was found so far. One that has lost its worker ends here: its page is who notices."""
    read = selectors.find_test(tests, reference)
    if read is not None and read[2]:
        reaper.mark_lost(read[0])
        read = selectors.find_test(tests, reference)
    if read is None:
        raise Http404("No such test.")
    return read[:2]


def _count_in(seen: str) -> int:
    """How many findings a browser has shown that says it has seen "running-3"."""
    count = seen.rpartition("-")[2]
    return int(count) if re.fullmatch("[0-9]{1,4}", count) else 0


def _is_late(test: ConnectionTest) -> bool:
    """Whether no worker has taken the test for so long that the page says so."""
    return test.state == ConnectionTest.State.QUEUED and not _is_young(test)


def _is_young(test: ConnectionTest) -> bool:
    age = (timezone.now() - test.created_at).total_seconds()
    return age <= settings.CONNECTION_TESTS.worker_patience_seconds


def _poll_milliseconds(test: ConnectionTest) -> int:
    """Fast while the first steps come in, slower for a run that takes its time."""
    limits = settings.CONNECTION_TESTS
    if _is_young(test):
        return limits.poll_fast_milliseconds
    return limits.poll_late_milliseconds if _is_late(test) else limits.poll_slow_milliseconds


@login_required
def history(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The latest tests of a signed-in person."""
    limits = settings.CONNECTION_TESTS
    context = {"rows": latest_summaries(request.user, limits.history_limit), "days": limits.history_days}
    return render(request, "connection_tests/history.html", context)
