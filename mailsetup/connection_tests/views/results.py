"""A test that is over, to take along or to show to somebody."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.http import AuthenticatedHttpRequest
from mailsetup.connection_tests import selectors, shares, written
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import ReportUrls, report_of
from mailsetup.connection_tests.views.loading import find_or_404, tests_of_visitor
from mailsetup.probes.findings import ServiceReport
from mailsetup.setup_links.decorators import for_link, preview_of_link
from mailsetup.setup_links.models import SetupLink


@login_required
def written_test(request: AuthenticatedHttpRequest, *, reference: str, form: str) -> HttpResponse:
    """A test that is over, to take along: as text or as JSON."""
    return _write(tests_of_visitor(request), reference, form)


@for_link
def written_link_test(
    request: HttpRequest, *, link: SetupLink, token: str, reference: str, form: str
) -> HttpResponse:
    """The same for whoever holds the link that the test was started by."""
    return _write(selectors.tests_of_link(link), reference, form)


def _write(tests: QuerySet[ConnectionTest], reference: str, form: str) -> HttpResponse:
    test, found = find_or_404(tests, reference)
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
    # What ended a test early is no finding of a step.
    return JsonResponse(document | {"verdict": test.verdict, "causes": test.causes})


def shared_test(request: HttpRequest, *, key: str) -> HttpResponse:
    """One result for whoever was given its link: to be read, and nothing else."""
    try:
        link, tests = shares.open_share(key)
    except shares.ShareExpired:
        return render(request, "connection_tests/share_expired.html", status=HTTPStatus.GONE)
    except shares.UnknownShare:
        raise Http404("No such report.") from None
    test, found = find_or_404(tests, link.test.reference)
    if preview := preview_of_link(request, "connection_tests/share_preview.html"):
        return preview
    # Who asks by HEAD has not seen the page.
    if request.method != "HEAD":
        shares.note_opening(link)
    report = report_of(test, found, urls=ReportUrls())
    return render(request, "connection_tests/shared.html", {"report": report, "test": test})
