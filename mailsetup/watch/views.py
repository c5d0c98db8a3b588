"""The page of servers, looking at all of them now, and being told when one works again."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.models import User
from mailsetup.connection_tests.report import failures_beyond_the_reader
from mailsetup.connection_tests.views.loading import TestUrls, find_or_404, tests_of_visitor
from mailsetup.watch import services
from mailsetup.watch.decorators import for_watching_staff
from mailsetup.watch.outages import outage_of
from mailsetup.watch.report import board


@for_watching_staff
@require_safe
def servers(request: HttpRequest) -> HttpResponse:
    """All servers in use with their last state, and what has changed lately."""
    context = {"board": board(), "interval_minutes": settings.WATCH.watch_interval_minutes}
    return render(request, "watch/servers.html", context)


@for_watching_staff
@require_POST
def check_now(request: HttpRequest) -> HttpResponse:
    """Let the workers look at all servers without waiting for the hour."""
    services.check_soon()
    messages.info(request, _("The servers are being looked at. Load this page again in a minute."))
    return redirect("mailsetup:servers")


def recovery_notice(request: HttpRequest, *, reference: str) -> HttpResponse:
    """Whoever may see a test that failed asks to hear when its servers work again, or takes that back.

    Whoever only looks at the address of the button lands where the button is. In a visit of support there is
    none: the mail would go to the customer.
    """
    test, found = find_or_404(tests_of_visitor(request), reference)
    user = request.user
    if not isinstance(user, User) or access.is_support_visit(request):
        raise Http404("There is nobody to tell.")
    if request.method == "POST" and "take_back" in request.POST:
        services.take_back_notice(user, test)
    elif request.method == "POST" and outage_of(test, failures_beyond_the_reader(test, found), user).offer:
        try:
            services.ask_for_notice(user, test)
        except services.TooManyNotices:
            messages.warning(
                request,
                _("You or your colleagues wait for several servers already. Test again later instead."),
            )
    return HttpResponseRedirect(TestUrls.of(test).page)
