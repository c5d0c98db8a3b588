"""Connection tests in a list, a line for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from mailsetup.connection_tests.explanations import explain
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import (
    DIRECTIONS,
    State,
    client_name_of,
    display_address,
    is_over,
    state_of,
)
from mailsetup.connection_tests.selectors import Outline, latest_with_outlines, tests_of
from mailsetup.probes.findings import Code, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSummary:
    """A test in one line of a list.

    `by` says who started it where that is support, which only goes up to the sign-in; `how` says as which
    app, by which protocol, and by whom.
    """

    state: State
    title: str
    address: str
    reference: str
    by: str
    how: str
    when: str
    iso: str
    url: str


def latest_summaries(user: User, limit: int) -> list[TestSummary]:
    """The newest tests that `user` may see."""
    return summaries_of(tests_of(user), limit)


def summaries_of(
    tests: QuerySet[ConnectionTest], limit: int, *, page: str = "mailsetup:test"
) -> list[TestSummary]:
    """The newest of `tests`; `page` is the name of the page that shows one of them by its reference."""
    return [summary_of(test, outline, page) for test, outline in latest_with_outlines(tests, limit)]


def summary_of(test: ConnectionTest, outline: Outline, page: str) -> TestSummary:
    """`test` in one line, which links to `page`."""
    by = _("by support") if test.user and test.user.is_staff else ""
    return TestSummary(
        state=state_of(test),
        title=_summary_title(test, outline),
        address=display_address(test.address),
        reference=test.reference,
        by=by,
        how=", ".join(filter(None, (client_name_of(test), test.protocol.upper(), by))),
        when=said_when(timezone.localtime(test.created_at)),
        iso=test.created_at.isoformat(),
        url=reverse(page, kwargs={"reference": test.reference}),
    )


def _summary_title(test: ConnectionTest, outline: Outline) -> str:
    if not is_over(test):
        return _("Running…")
    match Verdict(test.verdict):
        case Verdict.PASSED:
            return _("Works up to the sign-in") if outline.up_to_sign_in else _("Everything works")
        case Verdict.WARNING if outline.up_to_sign_in:
            return _("Works up to the sign-in, with a limit")
        case Verdict.WARNING:
            return _("Works, with a limit")
        case Verdict.FAILED:
            return _where_it_stopped(outline.stopped)
        case Verdict.NOT_RUN if Code.CANCELLED in test.causes:
            return _("Stopped")
        case Verdict.NOT_RUN:
            return _("The test couldn’t run")


def _where_it_stopped(stopped: Mapping[int, Code]) -> str:
    """Such as "Receiving: The server gives no answer"; one cause of both services is said once."""
    titles = {index: explain(code, None, {}).title for index, code in sorted(stopped.items())}
    if len(titles) > 1 and len(set(titles.values())) == 1:
        return _("Receiving and sending: %(cause)s") % {"cause": titles[0]}
    return "; ".join(f"{DIRECTIONS[index].title}: {title}" for index, title in titles.items())


def said_when(moment: datetime) -> str:
    """The day as people say it, with the time while it is fresh."""
    days = (timezone.localdate() - moment.date()).days
    time = {"time": date_format(moment, "TIME_FORMAT")}
    if days == 0:
        return _("Today, %(time)s") % time
    if days == 1:
        return _("Yesterday, %(time)s") % time
    return date_format(moment, "MONTH_DAY_FORMAT" if days < 180 else "DATE_FORMAT")
