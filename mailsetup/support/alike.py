"""Addresses that failed the same way lately: one trouble, before its second caller is on the telephone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from mailsetup.connection_tests.report import readable_time
from mailsetup.probes.findings import CAUSES, Code, Fixer
from mailsetup.support import selectors
from mailsetup.support.lanes import TestRow, rows_of
from mailsetup.support.selectors import FailedAlike


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """So many addresses on one server with one cause, and the latest of their tests.

    `worked` is when a later test of the server passed, if one did.
    """

    server: str
    addresses: int
    since: str
    last: str
    worked: str
    row: TestRow


def failed_alike() -> list[Alike]:
    """The largest first. What customers put right themselves, such as a wrong password, is no news."""
    limits = settings.SUPPORT
    since = timezone.now() - timedelta(hours=limits.desk_alike_hours)
    found = selectors.failed_alike(
        since, at_least=limits.desk_alike_count, of_tests=limits.desk_alike_tests_limit
    )
    told = [group for group in found if _is_news(group)][: limits.desk_alike_limit]
    if not told:
        return []
    tests = selectors.tests_by_number(group.latest for group in told)
    rows = {row.summary.reference: row for row in rows_of(tests, len(told))}
    references = dict(tests.values_list("pk", "reference"))
    worked = selectors.last_good_tests({group.server for group in told}, min(group.last for group in told))
    return [_alike(group, rows[references[group.latest]], worked.get(group.server)) for group in told]


def _is_news(group: FailedAlike) -> bool:
    cause = CAUSES.get(Code(group.code))
    return cause is None or cause.fixer is not Fixer.CUSTOMER


def _alike(group: FailedAlike, row: TestRow, worked: datetime | None) -> Alike:
    return Alike(
        server=group.server,
        addresses=group.addresses,
        since=readable_time(group.first),
        last=readable_time(group.last),
        worked=readable_time(worked) if worked and worked > group.last else "",
        row=row,
    )
