"""Start a connection test, watch it, look at earlier ones."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from accounts import access
from mailsetup import selectors, services
from mailsetup.clientconfig import AddressError
from mailsetup.forms import ConnectionTestForm
from mailsetup.guides import GUIDES
from mailsetup.models import ConnectionTest
from mailsetup.selectors import UnknownDomain
from mailsetup.tasks import BrokerUnavailable, enqueue_connection_test
from mailsetup.views.test_page import lately, page_context
from mailsetup.views.visits import VisitPage, of_one_address

# When nothing has picked a test up for so long, the page says so.
WORKER_PATIENCE = timedelta(seconds=5)
_HISTORY_LENGTH = 100
# Whatever doesn't look like a reference never gets to the database: PostgreSQL breaks on a NUL.
_REFERENCE = re.compile(r"[0-9A-Za-z]{4}-[0-9A-Za-z]{4}")
# Fast while the first steps come in, slower for a run that takes its time.
_POLL_FAST, _POLL_SLOW, _POLL_IDLE = "200ms", "600ms", "2s"
_TOO_MANY = {
    "busy": _("A test of this address is running already. Wait until it’s over, then test again."),
    "often": _("This address was tested very often in the last minutes. Wait a quarter of an hour."),
    "rejected": _(
        "The server has refused the password several times. "
        "To keep it from blocking you, we wait a quarter of an hour."
    ),
}


@login_required
def start_any(request: HttpRequest) -> HttpResponse:
    """The test without an address yet: choose one first."""
    mailboxes = list(selectors.mailboxes_of(request.user))
    typed = request.GET.get("other", "").strip() or request.GET.get("address", "")
    if not typed and len(mailboxes) == 1:
        typed = mailboxes[0].address
    domains = list(selectors.domains_of(request.user))
    if not domains:
        return render(request, "mailsetup/no_domain.html")
    error = ""
    if typed:
        try:
            visit = VisitPage(selectors.visit_of_user(request.user, typed))
            return HttpResponseRedirect(visit.test_url)
        except AddressError as refusal:
            error = str(refusal)
        except UnknownDomain:
            error = str(_("That address isn’t in one of your domains."))
    context = {
        "mailboxes": mailboxes,
        "domain_names": [domain.display_name for domain in domains],
        "other_address": typed,
        "address_error": error,
    }
    return render(request, "mailsetup/test_choose.html", context, status=422 if error else 200)


@sensitive_post_parameters("password")
@sensitive_variables()
@of_one_address
def start(request: HttpRequest, page: VisitPage) -> HttpResponse:
    offered = selectors.offered_protocols(page.visit.hosting)
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
        return _form(request, page, form, status=422 if request.method == "POST" else 200)
    answers = form.cleaned_data
    try:
        test = services.start_connection_test(
            page.visit,
            page.config(answers["protocol"]),
            password="" if without else answers["password"],
            round_trip=answers["round_trip"],
            client=answers["app"] if answers["app"] in GUIDES else "",
        )
    except services.TooManyTests as refusal:
        return _form(request, page, form, status=429, error=str(_TOO_MANY[refusal.reason]))
    try:
        enqueue_connection_test(test)
    except BrokerUnavailable:
        return _unavailable(request, page, test, status=503)
    return HttpResponseRedirect(_page_url(page, test))


def _form(
    request: HttpRequest, page: VisitPage, form: ConnectionTestForm, *, status: int = 200, error: str = ""
) -> HttpResponse:
    context = {
        "visit": page,
        "form": form,
        "error": error,
        "may_type_password": not access.is_support_visit(request),
    }
    return render(request, "mailsetup/test_form.html", context, status=status)


def _unavailable(
    request: HttpRequest, page: VisitPage | None, test: ConnectionTest, *, status: int
) -> HttpResponse:
    context = {
        "visit": page,
        "test": test,
        "again_url": _again_url(page, test),
        "guide_url": _guide_url(page, test),
    }
    return render(request, "mailsetup/worker_unavailable.html", context, status=status)


def show(request: HttpRequest, *, reference: str, **of_visit: str) -> HttpResponse:
    """One test, running or finished."""
    _require_reference(reference)
    if of_visit:
        return _show_of_visit(request, reference=reference, **of_visit)
    return _render(request, None, _own_test(request, reference), "mailsetup/test.html")


def progress(request: HttpRequest, *, reference: str, **of_visit: str) -> HttpResponse:
    """The part of the page that changes; 204 when nothing is new."""
    _require_reference(reference)
    if of_visit:
        return _progress_of_visit(request, reference=reference, **of_visit)
    return _answer_poll(request, None, _own_test(request, reference))


def _require_reference(text: str) -> None:
    if not _REFERENCE.fullmatch(text):
        raise Http404("No such test.")


@of_one_address
def _show_of_visit(request: HttpRequest, page: VisitPage, *, reference: str) -> HttpResponse:
    return _render(request, page, _test_of_visit(page, reference), "mailsetup/test.html")


@of_one_address
def _progress_of_visit(request: HttpRequest, page: VisitPage, *, reference: str) -> HttpResponse:
    return _answer_poll(request, page, _test_of_visit(page, reference))


def _own_test(request: HttpRequest, reference: str) -> ConnectionTest:
    if not request.user.is_authenticated:
        raise Http404("No such test.")
    return _test(selectors.tests_of(request.user), reference)


def _test_of_visit(page: VisitPage, reference: str) -> ConnectionTest:
    if page.visit.link is not None:
        return _test(selectors.tests_of_link(page.visit.link), reference)
    assert page.visit.user is not None  # noqa: S101  # a visit has a user or a link
    return _test(selectors.tests_of(page.visit.user), reference)


def _test(tests: Any, reference: str) -> ConnectionTest:
    test: ConnectionTest | None = tests.filter(reference=reference.upper()).prefetch_related("steps").first()
    if test is None:
        raise Http404("No such test.")
    if services.is_lost(test):
        services.mark_lost(test)
    return test


def _answer_poll(request: HttpRequest, page: VisitPage | None, test: ConnectionTest) -> HttpResponse:
    seen = request.GET.get("seen", "")
    waiting = test.state == ConnectionTest.State.QUEUED and _worker_is_late(test)
    if seen == _seen(test) and not (waiting and "late" not in request.GET):
        return HttpResponse(status=204)
    return _render(request, page, test, "mailsetup/test.html#progress")


def _seen(test: ConnectionTest) -> str:
    return f"{test.state}-{len(test.steps.all())}"


def _worker_is_late(test: ConnectionTest) -> bool:
    return timezone.now() - test.created_at > WORKER_PATIENCE


def _render(
    request: HttpRequest, page: VisitPage | None, test: ConnectionTest, template: str
) -> HttpResponse:
    late = test.state == ConnectionTest.State.QUEUED and _worker_is_late(test)
    seen_before = request.GET.get("seen", "").rpartition("-")[2]
    known = int(seen_before) if re.fullmatch("[0-9]{1,4}", seen_before) else 0
    context = page_context(test, lambda: _guide_url(page, test), known)
    finished = test.state == ConnectionTest.State.DONE
    poll = f"{_page_url(page, test)}progress/?seen={_seen(test)}{'&late=1' if late else ''}"
    context |= {
        "visit": page,
        "late": late,
        "poll_url": "" if finished else poll,
        "poll_every": _poll_every(test, late),
        "again_url": _again_url(page, test),
    }
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _poll_every(test: ConnectionTest, late: bool) -> str:
    if late:
        return _POLL_IDLE
    return _POLL_FAST if timezone.now() - test.created_at < WORKER_PATIENCE else _POLL_SLOW


def _page_url(page: VisitPage | None, test: ConnectionTest) -> str:
    if page is not None and page.via_link:
        return page.result_url(test)
    return reverse("mailsetup:show_test", kwargs={"reference": test.reference})


def _again_url(page: VisitPage | None, test: ConnectionTest) -> str:
    base = page.test_url if page else reverse("mailsetup:start", kwargs={"address": test.address})
    return f"{base}?protocol={test.protocol}&app={test.client}"


def _guide_url(page: VisitPage | None, test: ConnectionTest) -> str:
    if test.client not in GUIDES:
        return page.home_url if page else reverse("mailsetup:home")
    kwargs = {"client": test.client, "protocol": test.protocol}
    return (
        page.url("guide", **kwargs)
        if page
        else reverse("mailsetup:guide", kwargs={"address": test.address, **kwargs})
    )


@login_required
def history(request: HttpRequest) -> HttpResponse:
    tests = selectors.tests_of(request.user)[:_HISTORY_LENGTH]
    return render(
        request,
        "mailsetup/history.html",
        {"rows": [lately(test) for test in tests], "days": settings.HISTORY_DAYS},
    )
