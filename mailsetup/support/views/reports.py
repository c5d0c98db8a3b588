"""The report of one test, and links to it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRights
from accounts.models import User
from mailsetup.connection_tests import shares
from mailsetup.connection_tests.models import ConnectionTest, ReportLink
from mailsetup.connection_tests.report import is_over
from mailsetup.connection_tests.views.sharing import share, sharing_of
from mailsetup.support import opened, results, selectors
from mailsetup.support.decorators import for_desk
from mailsetup.support.history import before_and_since
from mailsetup.support.report import staff_report


@for_desk("see_tests")
@require_safe
def test(request: HttpRequest, rights: DeskRights, *, reference: str) -> HttpResponse:
    """The report of one test, whosever it is, while it runs and afterwards."""
    read = selectors.test_by_reference(reference)
    if read is None:
        raise Http404("No such test.")
    found, findings = read
    links = shares.open_links(found) if rights.see_report_links else []
    opened.remember(request, found.reference)
    of_address = selectors.tests_of_address(found.address)
    context = {
        "rights": rights,
        "test": found,
        "staff_report": staff_report(found, findings, wire=rights.see_transcripts),
        "sharing": sharing_of(request, found, links) if is_over(found) else None,
        "history": before_and_since(found, of_address, settings.SUPPORT.desk_tests_limit),
        "address_url": results.page_of_address(found.address) if rights.see_domains else "",
    }
    return render(request, "support/test.html", context)


@for_desk("make_report_links", "see_tests")
@require_POST
def share_test(request: HttpRequest, _rights: DeskRights, *, reference: str) -> HttpResponse:
    """A link to the report as the customer reads it, for somebody who helps."""
    read = selectors.test_by_reference(reference)
    if read is None or not isinstance(request.user, User):
        raise Http404("No such test.")
    share(request, read[0], request.user)
    return redirect(f"{_url_of_test(read[0])}#share")


@for_desk("revoke_report_links", "see_report_links", "see_tests")
@require_POST
def revoke_share(request: HttpRequest, _rights: DeskRights, *, link_id: int) -> HttpResponse:
    """Close a link to a report at once, whoever made it."""
    link = get_object_or_404(ReportLink.objects.select_related("test"), pk=link_id)
    shares.revoke(link)
    messages.success(request, _("The link no longer opens anything."))
    return redirect(_url_of_test(link.test))


def _url_of_test(test: ConnectionTest) -> str:
    return reverse("mailsetup:desk_test", kwargs={"reference": test.reference})
