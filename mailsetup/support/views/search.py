"""The one search box, and what a day at the desk begins with."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import access
from accounts.access import DeskRights
from mailsetup.support import opened, results
from mailsetup.support.alike import failed_alike
from mailsetup.support.decorators import for_desk
from mailsetup.support.lanes import last_failures
from mailsetup.watch.report import servers_with_trouble


@for_desk("desk")
@require_safe
def search(request: HttpRequest, rights: DeskRights) -> HttpResponse:
    """The one search box; what is meant in full opens at once."""
    found = results.find(request.GET.get("q", ""), rights)
    if found.only is not None:
        return HttpResponseRedirect(found.only.url)
    context: dict[str, Any] = {"rights": rights, "found": found}
    if not found.text:
        context["opened"] = list(opened.lately(request))
    if not found.text and rights.see_tests:
        context["failed"] = last_failures()
        context["alike"] = failed_alike()
    if not found.text and access.may_see_the_watch(request.user):
        context |= {"may_see_the_watch": True, "troubled": servers_with_trouble()}
    return render(request, "support/search.html", context)
