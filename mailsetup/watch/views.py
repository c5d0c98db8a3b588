"""The page of servers, and looking at all of them now."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mailsetup.watch import services
from mailsetup.watch.decorators import for_watching_staff
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
