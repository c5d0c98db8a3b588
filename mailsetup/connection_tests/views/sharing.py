"""A result that is over, shown to somebody by a link."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.brands import portal_url
from accounts.models import User
from mailsetup.connection_tests import shares
from mailsetup.connection_tests.models import ConnectionTest, ReportLink
from mailsetup.connection_tests.report import is_over
from mailsetup.connection_tests.views.loading import find_or_404, page_url, reader_of, tests_of_visitor

# Where the session keeps a link that was made for a test until its page has shown it: (reference, URL).
_MADE_LINK = "made_report_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What a page says of the links to one result: those that are open, for how many days a new one is.

    `made` is a link that was made a moment ago; it can't be shown again.
    """

    links: list[ReportLink]
    days: int
    made: str


def sharing_of(request: HttpRequest, test: ConnectionTest, links: list[ReportLink]) -> Sharing:
    """`links` are those of `test` that are to be told; a new one is shown this once."""
    made_for, url = request.session.get(_MADE_LINK, ("", ""))
    made = url if made_for == test.reference else ""
    if made:
        del request.session[_MADE_LINK]
    return Sharing(
        links=links,
        days=settings.CONNECTION_TESTS.report_link_days,
        made=made,
    )


def share(request: HttpRequest, test: ConnectionTest, user: User) -> None:
    """Make a link; the session has it until the page of the test has shown it. 404 while the test runs."""
    if not is_over(test):
        raise Http404("It isn't over.")
    path = reverse("mailsetup:shared_test", kwargs={"key": shares.share_report(test, user)})
    request.session[_MADE_LINK] = (test.reference, portal_url() + path)


def share_test(request: HttpRequest, reference: str) -> HttpResponse:
    """Make a link to a test of whoever is signed in; none in a visit of support.

    Whoever only looks at the address of the button lands where the button is.
    """
    reader = reader_of(request)
    if reader is None:
        raise Http404("Nobody shares this.")
    test, _found = find_or_404(tests_of_visitor(request), reference)
    if request.method == "POST":
        share(request, test, reader)
    return HttpResponseRedirect(f"{page_url(test)}#as-link")


def revoke_share(request: HttpRequest, link_id: int) -> HttpResponse:
    """End a link of one's own."""
    reader = reader_of(request)
    link = get_object_or_404(ReportLink.objects.select_related("test"), pk=link_id, made_by=reader)
    if request.method == "POST":
        shares.revoke(link)
        messages.success(request, _("The link no longer opens anything."))
    return HttpResponseRedirect(page_url(link.test))
