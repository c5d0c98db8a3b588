"""The page of servers, looking at all of them now, and being told when one works again."""

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import failures_beyond_the_reader
from mailsetup.connection_tests.tasks import BrokerUnavailable
from mailsetup.connection_tests.views.loading import TestUrls, find_or_404, reader_of, tests_of_visitor
from mailsetup.connection_tests.views.progress import show_test
from mailsetup.hosting.forms import ServerPage
from mailsetup.hosting.models import Server
from mailsetup.watch import services
from mailsetup.watch.decorators import for_trying_staff, for_watching_staff
from mailsetup.watch.forms import NoticeForm
from mailsetup.watch.models import Trial
from mailsetup.watch.outages import outage_of
from mailsetup.watch.report import board
from mailsetup.watch.tasks import enqueue_trial
from mailsetup.watch.trials import tried_server

# Of a server's form what is not typed: it is another one when the form comes back.
_NOT_TYPED = ("csrfmiddlewaretoken", "press", "save")


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
    tests = tests_of_visitor(request)
    test, found = find_or_404(tests, reference)
    user = reader_of(request)
    if user is None:
        raise Http404("There is nobody to tell.")
    if request.method == "POST" and "take_back" in request.POST:
        services.take_back_notice(user, test)
    elif request.method == "POST":
        offer = outage_of(test, failures_beyond_the_reader(test, found), user).offer
        form = NoticeForm(user, request.POST)
        if offer and not offer.asked and not _asked(user, test, form):
            return show_test(request, test, found, tests, refused=replace(offer, form=form))
    return HttpResponseRedirect(TestUrls.of(test).page)


def _asked(user: User, test: ConnectionTest, form: NoticeForm) -> bool:
    """Whether they will hear of it; `form` says otherwise what is wrong."""
    if not form.is_valid():
        return False
    try:
        services.ask_for_notice(user, test, form.recipient)
    except services.TooManyNotices:
        form.add_error(
            None, _("You or your colleagues have asked for many of these mails already. Test again later.")
        )
    except services.RecipientHasEnough:
        form.add_error(
            "to", _("This address got enough mails of this kind today. Choose another one, or ask tomorrow.")
        )
    return form.is_valid()


@for_trying_staff
@require_http_methods(["GET", "HEAD", "POST"])
def try_server(request: HttpRequest) -> HttpResponse:
    """Have a worker look at the rows of a server's form, and show what came of it, with the way back."""
    if request.method == "POST":
        _begin(request)
        return redirect("mailsetup:try_server")
    trial = get_object_or_404(Trial.objects.select_related("server"), pk=request.user.pk)
    return render(request, "watch/trial.html", {"trial": trial, "tried": tried_server(trial)})


def _begin(request: HttpRequest) -> None:
    assert isinstance(request.user, User)  # noqa: S101  # nobody else comes through for_trying_staff
    number = request.GET.get("server", "")
    server = get_object_or_404(Server, pk=number) if number.isdecimal() else None
    rows = ServerPage(server, request.POST, domain="example.com").filled
    form = [(name, text) for name, texts in request.POST.lists() for text in texts if name not in _NOT_TYPED]
    trial = services.begin_trial(request.user, server, rows, form)
    try:
        enqueue_trial(trial)
    except BrokerUnavailable:
        messages.error(request, _("The test service isn’t answering, so nothing could be tried."))
        services.record_trial(trial, [])
