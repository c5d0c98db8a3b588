"""One test while it runs and afterwards, and the earlier ones."""

import re
from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from accounts.http import AuthenticatedHttpRequest
from mailsetup.clientconfig import NotOffered, Protocol, parse_address, resolve
from mailsetup.connection_tests import selectors, services, shares, written
from mailsetup.connection_tests.deadlines import in_words, next_deadline, seconds_until
from mailsetup.connection_tests.explanations import Place
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.outages import NoticeOffer, outage_of
from mailsetup.connection_tests.report import ReportUrls, report_of
from mailsetup.connection_tests.summaries import latest_summaries
from mailsetup.connection_tests.views.loading import (
    TestUrls,
    find_or_404,
    page_url,
    reader_of,
    tests_of_visitor,
)
from mailsetup.connection_tests.views.sharing import Sharing, sharing_of
from mailsetup.hosting.selectors import UnknownDomain, find_stored_hosting
from mailsetup.probes.findings import Finding
from mailsetup.setup_links.decorators import for_link
from mailsetup.setup_links.models import SetupLink


@dataclass(frozen=True, slots=True)
class Poll:
    """How the page of a running test asks for news: how often, and whether as soon as it is there.

    `away_milliseconds`: how long it waits for an answer, and how long it pauses at most while none comes.
    """

    url: str
    milliseconds: int
    away_milliseconds: int
    at_once: bool


def test(request: HttpRequest, reference: str) -> HttpResponse:
    """One test of a signed-in person, running or over.

    Nobody's for somebody who isn't signed in: a poll must not get the sign-in page as its answer.
    """
    return _show(request, tests_of_visitor(request), reference)


@for_link
def link_test(request: HttpRequest, *, link: SetupLink, token: str, reference: str) -> HttpResponse:
    """The same for whoever holds the link that the test was started by."""
    return _show(request, selectors.tests_of_link(link), reference, token)


def cancel_test(request: HttpRequest, reference: str) -> HttpResponse:
    """Stop a test of a signed-in person."""
    return _cancel(request, tests_of_visitor(request), reference)


@for_link
def cancel_link_test(request: HttpRequest, *, link: SetupLink, token: str, reference: str) -> HttpResponse:
    """The same for whoever holds the link that the test was started by."""
    return _cancel(request, selectors.tests_of_link(link), reference, token)


def _cancel(
    request: HttpRequest, tests: QuerySet[ConnectionTest], reference: str, token: str = ""
) -> HttpResponse:
    """Whoever only looks at the address of the button lands where the button is."""
    test, _found = find_or_404(tests, reference)
    if request.method == "POST":
        services.cancel_connection_test(test)
    return HttpResponseRedirect(page_url(test, token))


def _show(
    request: HttpRequest, tests: QuerySet[ConnectionTest], reference: str, token: str = ""
) -> HttpResponse:
    test, found = find_or_404(tests, reference)
    return show_test(request, test, found, tests, token)


def show_test(
    request: HttpRequest,
    test: ConnectionTest,
    found: list[tuple[int, Finding]],
    tests: QuerySet[ConnectionTest],
    token: str = "",
    *,
    refused: NoticeOffer | None = None,
) -> HttpResponse:
    """The page of a test, or a part of it; `found` is what selectors.find_test() found among `tests`.

    A browser that says what it has `seen` gets what changes, or 204; one that has just pressed gets what is
    to stand in place of the form, so that nobody in a crowd has to ask twice before they see anything.
    `refused` is the offer of a notice whose form comes back with what is wrong.
    """
    waits = test.state == ConnectionTest.State.QUEUED
    crowd = selectors.crowd_around(test) if waits else None
    before = crowd.before if crowd else 0
    late = _is_late(test) and not selectors.workers_are_busy()
    left = 0 if test.state == ConnectionTest.State.DONE else seconds_until(next_deadline(test))
    state = f"{'late' if late else test.state}-{len(found)}-{before}-{left}"
    seen = request.GET.get("seen")
    if seen == state:
        return HttpResponse(status=204)
    urls = TestUrls.of(test, token)
    places = _places_of(test)
    outage = outage_of(test, found, tests, None if token else reader_of(request))
    if refused:
        outage = replace(outage, offer=refused)
    report = report_of(
        test,
        found,
        urls=ReportUrls(guide=urls.guide, places=places),
        seen=_count_in(seen or ""),
        waiting_before=before,
        known_since=outage.known_since,
    )
    context = {
        "report": report,
        "outage": outage,
        "report_text": "" if report.running else written.as_text(report),
        "share": None if report.running or token else _sharing(request, test),
        "urls": urls,
        "late": late,
        "left": in_words(left),
        "waits": waits,
        # The last thing that was said is not said again when only the time goes on.
        "says": seen is None or seen.rpartition("-")[0] != state.rpartition("-")[0],
    }
    if report.running:
        alone = _poll_milliseconds(test, late=late, waits=bool(before), count=len(found))
        # A crowd that asks many times a second keeps the web process from its own presses.
        crowd = crowd or selectors.crowd_around(test)
        turns = crowd.unfinished * settings.CONNECTION_TESTS.poll_turn_milliseconds
        at_once = seen is None and turns <= alone
        away = settings.CONNECTION_TESTS.poll_away_milliseconds
        context["poll"] = Poll(f"{urls.page}?seen={state}", max(alone, turns), away, at_once)
    template = "connection_tests/test.html"
    if seen is not None:
        template += "#progress"
    elif request.method == "POST" and not refused:
        template += "#main"
    return render(request, template, context, status=422 if refused else 200)


def _sharing(request: HttpRequest, test: ConnectionTest) -> Sharing | None:
    """The reader's own links to the result; none is made in a visit of support."""
    reader = reader_of(request)
    if reader is None:
        return None
    return sharing_of(request, test, shares.open_links(test, made_by=reader))


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


def _count_in(seen: str) -> int:
    """How many findings a browser has shown that says it has seen "running-3-0-50"."""
    said = re.fullmatch("[a-z]+-([0-9]{1,4})-.*", seen, re.ASCII)
    return int(said[1]) if said else 0


def _is_late(test: ConnectionTest) -> bool:
    """Whether no worker has taken the test for longer than somebody waits without a word."""
    return test.state == ConnectionTest.State.QUEUED and not _is_young(test)


def _is_young(test: ConnectionTest) -> bool:
    age = (timezone.now() - test.created_at).total_seconds()
    return age <= settings.CONNECTION_TESTS.worker_patience_seconds


def _poll_milliseconds(test: ConnectionTest, *, late: bool, waits: bool, count: int) -> int:
    """Fast while people wait for the first steps, slower for a run that takes its time or waits for others.

    So often, as long as there is no crowd.
    """
    limits = settings.CONNECTION_TESTS
    if late:
        return limits.poll_late_milliseconds
    if waits or not _is_young(test):
        return limits.poll_slow_milliseconds
    return limits.poll_fast_milliseconds if count else limits.poll_first_milliseconds


@login_required
def history(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The latest tests of a signed-in person."""
    limits = settings.CONNECTION_TESTS
    context = {"rows": latest_summaries(request.user, limits.history_limit), "days": limits.history_days}
    return render(request, "connection_tests/history.html", context)
