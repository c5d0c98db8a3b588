"""Ask for the password and start a test."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from accounts import access
from accounts.http import HtmxHttpRequest
from mailsetup.clientconfig import ClientConfig, NotExpressible, NotOffered, Protocol
from mailsetup.connection_tests import credentials, deadlines, services
from mailsetup.connection_tests.forms import ConnectionTestForm
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.tasks import BrokerUnavailable, enqueue_connection_test
from mailsetup.connection_tests.views.loading import TestUrls, page_url
from mailsetup.connection_tests.views.progress import show_test
from mailsetup.guides.clients import GUIDES
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.setups import Setup


@sensitive_post_parameters("password")
@sensitive_variables()
@for_setup
def start_test(request: HtmxHttpRequest, setup: Setup) -> HttpResponse:
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
        own = page_url(refusal.own, setup.token) if refusal.own else ""
        return _form(request, setup, form, status=429, error=_refusal(refusal), own_test_url=own)
    try:
        enqueue_connection_test(test, key)
    except BrokerUnavailable:
        urls = TestUrls.of(test, setup.token)
        context = {"setup": setup, "reference": test.reference, "urls": urls}
        return render(request, "connection_tests/worker_unavailable.html", context, status=503)
    url = page_url(test, setup.token)
    if not request.htmx:
        return HttpResponseRedirect(url)
    # Nothing has failed yet that earlier tests could say something about.
    page = show_test(request, test, [], ConnectionTest.objects.none(), setup.token)
    page["HX-Push-Url"] = url
    return page


def _testable(setup: Setup) -> tuple[Protocol, ...]:
    """A link to one guide tests what that guide sets up."""
    offered = setup.hosting.protocols
    if setup.link and setup.only_one_guide:
        return tuple(protocol for protocol in offered if protocol.value == setup.link.protocol)
    return offered


def _form(
    request: HttpRequest,
    setup: Setup,
    form: ConnectionTestForm,
    *,
    status: int = 200,
    error: str = "",
    own_test_url: str = "",
) -> HttpResponse:
    context = {
        "setup": setup,
        "form": form,
        "error": error,
        "own_test_url": own_test_url,
        "may_type_password": not access.is_support_visit(request),
        "turn_first_milliseconds": settings.PORTAL.turn_first_milliseconds,
        "turn_milliseconds": settings.PORTAL.turn_milliseconds,
    }
    return render(request, "connection_tests/start.html", context, status=status)


def _refusal(refusal: TooManyTests) -> str:
    """What there is too much of, and how long to wait: never too short."""
    seconds = deadlines.seconds_until(timezone.now() + timedelta(seconds=refusal.seconds))
    match refusal.reason:
        case "busy":
            text = ngettext(
                "One of your tests is still running. It’s over in %(time)s at most; then test again.",
                "%(count)s of your tests are still running. The first is over in %(time)s at most; "
                "then test again.",
                refusal.unfinished,
            )
        case "mailbox":
            text = _("This mailbox is being tested. That’s over in %(time)s at most; then test again.")
        case "crowded":
            text = _(
                "Others are testing here. The first of them is done in %(time)s at most; then test again."
            )
        case "often":
            text = _("There were very many tests in the last minutes. Wait %(time)s.")
        case "rejected":
            text = _(
                "Several sign-ins were refused or stopped half-way. "
                "To keep the server from blocking you, we wait %(time)s. "
                "Up to the sign-in you can test meanwhile."
            )
        case "refusing":
            text = _(
                "The mail server is turning us away at the moment. "
                "To keep it from blocking you, we wait %(time)s."
            )
    return text % {"time": deadlines.in_words(seconds), "count": refusal.unfinished}


def _as_the_app_does(config: ClientConfig, client: str) -> ClientConfig:
    """The test goes the way that the guide of the app describes, where there is one."""
    try:
        return GUIDES[client].settings(config) if client in GUIDES else config
    except NotExpressible:
        return config
