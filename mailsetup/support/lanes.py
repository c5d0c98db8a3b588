"""Tests in a list of the desk, each with both of its lanes in miniature."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import Lane, ReportUrls, State, report_of
from mailsetup.connection_tests.selectors import Outline, findings_of, latest_with_outlines
from mailsetup.connection_tests.summaries import TestSummary, summary_of
from mailsetup.probes.findings import Finding, Fixer
from mailsetup.support import selectors

# What customers are told of themselves is about somebody else here.
FIXERS = {
    Fixer.CUSTOMER: gettext_lazy("Customer can fix it"),
    Fixer.PROVIDER: gettext_lazy("Ours to fix"),
    Fixer.DNS: gettext_lazy("Whoever runs their DNS"),
    Fixer.NETWORK: gettext_lazy("Their network"),
    Fixer.US: gettext_lazy("This portal’s trouble"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniLane:
    """One service of a test: the state of each check, in words for who can't see it, and what came of it."""

    title: str
    icon: str
    states: tuple[State, ...]
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class TestRow:
    """A test in one line, who can put right what failed, and its lanes: receiving, sending.

    `before`: for how many tests of its address it stands besides.
    """

    summary: TestSummary
    fixer: str
    lanes: tuple[MiniLane, ...]
    before: int = 0


def rows_of(tests: QuerySet[ConnectionTest], limit: int) -> list[TestRow]:
    """The newest of `tests`."""
    latest = latest_with_outlines(tests, limit)
    found = findings_of([test for test, _outline in latest])
    return [_row(test, outline, found[test.pk]) for test, outline in latest]


def last_failures() -> list[TestRow]:
    """What failed lately, the newest first; of each address the last one, so that nobody fills the list."""
    limits = settings.SUPPORT
    counts = selectors.last_failed_of_each_address(
        limits.desk_tests_limit, of_tests=limits.desk_alike_tests_limit
    )
    rows = rows_of(selectors.tests_by_number(counts), limits.desk_tests_limit)
    by_number = dict(zip(sorted(counts), rows, strict=True))
    return [replace(by_number[number], before=count - 1) for number, count in counts.items()]


def _row(test: ConnectionTest, outline: Outline, found: Sequence[tuple[int, Finding]]) -> TestRow:
    report = report_of(test, found, urls=ReportUrls())
    fixer = str(FIXERS[report.problems[0].by]) if report.state == "bad" and report.problems else ""
    lanes = tuple(_mini(lane) for lane in report.lanes)
    return TestRow(summary_of(test, outline, "mailsetup:desk_test"), fixer, lanes)


def _mini(lane: Lane) -> MiniLane:
    passed, total = sum(step.state == "ok" for step in lane.steps), len(lane.steps)
    label = ngettext("%(passed)s of %(total)s check passed", "%(passed)s of %(total)s checks passed", total)
    # The worst that is to be said; a limit beside a failure can wait for the report.
    said = next((step.text for state in ("bad", "warn") for step in lane.steps if step.state == state), "")
    return MiniLane(
        title=lane.title,
        icon=lane.icon,
        states=tuple(step.state for step in lane.steps),
        label=label % {"passed": passed, "total": total},
        text=said or lane.state_label,
    )
