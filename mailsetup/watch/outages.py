"""What the watch knows of the servers of a test that failed, and whom it may tell when they work again."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from mailsetup.connection_tests.explanations import STEP_NAMES
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.outages import NoticeOffer, Outage, Sighting
from mailsetup.connection_tests.report import DIRECTIONS, Direction
from mailsetup.probes.findings import Finding, Step
from mailsetup.watch import selectors
from mailsetup.watch.forms import NoticeForm
from mailsetup.watch.models import WatchedService

# What a look without a password comes to. Whether the rest works again only the person can find out.
_LOOKED_AT = frozenset({Step.DNS, Step.CONNECT, Step.TLS, Step.GREETING, Step.CAPABILITIES})


def outage_of(test: ConnectionTest, failed: Mapping[int, Finding], reader: User | None) -> Outage:
    """For the page of `test`: what the checks of its servers have seen, and the offer to `reader`.

    Of a test that is old nothing: what is wrong by now may be something else.
    """
    if test.finished_at is None or test.finished_at <= selectors.oldest_awaited():
        return Outage()
    planned = test.planned()
    watched = [
        (DIRECTIONS[index], planned[index].hostname, row)
        for index in failed
        if (row := selectors.watched_as(test, planned[index]))
    ]
    told = [told_at for _direction, _hostname, row in watched if (told_at := selectors.failure_told_at(row))]
    sightings = [
        sighting for direction, hostname, row in watched for sighting in _sightings(direction, hostname, row)
    ]
    return Outage(
        sightings=tuple(_together(sightings)),
        # Where one of two is new to support, it does not know all of it.
        known_since=max(told) if told and len(told) == len(failed) else None,
        offer=_offer(test, failed, reader) if reader else None,
    )


def _offer(test: ConnectionTest, failed: Mapping[int, Finding], reader: User) -> NoticeOffer | None:
    """What `reader` may ask for, or has asked for; None where nobody would look, or has been told."""
    limits = settings.WATCH
    switched_on = (
        limits.watch_interval_minutes and limits.watch_notices_limit and limits.watch_customer_notices_limit
    )
    visible = failed and all(finding.step in _LOOKED_AT for finding in failed.values())
    if test.finished_at is None or not (switched_on and visible):
        return None
    notice = selectors.notice_of(reader, test)
    if notice is not None and notice.told_at is not None:
        return None
    return NoticeOffer(
        url=reverse("mailsetup:recovery_notice", kwargs={"reference": test.reference}),
        to=notice.to if notice else reader.email,
        form=NoticeForm(reader),
        minutes=min(limits.watch_recheck_minutes, limits.watch_interval_minutes),
        asked=notice is not None,
        until=test.finished_at + timedelta(days=limits.watch_notice_days),
    )


def _sightings(direction: Direction, hostname: str, row: WatchedService) -> Iterator[Sighting]:
    """When it was last seen to work, and since when it isn't; nothing of a service that nobody has seen."""
    # With a name of each domain's own the watch asks by one of them, whosever it is.
    title = _("Our own check") if row.hostname == hostname else _("Our own check, by another name")
    if row.failed_at is not None:
        text = direction.stopped % {"step": STEP_NAMES[Step(row.step)]}
        yield Sighting(state="bad", title=title, text=text, at=row.failed_at)
        check = selectors.last_check_before(row, row.failed_at)
        seen_at = check.checked_at if check else None
    else:
        seen_at = row.server.watch.checked_at if row.state == WatchedService.State.WORKS else None
    if seen_at is not None:
        yield Sighting(state="ok", title=title, text=str(direction.worked), at=seen_at)


def _together(sightings: list[Sighting]) -> Iterator[Sighting]:
    """One line for what one check saw of both services."""
    lines: dict[tuple[datetime, str, str], list[str]] = {}
    for one in sightings:
        lines.setdefault((one.at, one.state, one.title), []).append(one.text)
    for (at, state, title), texts in lines.items():
        yield Sighting(state="bad" if state == "bad" else "ok", title=title, text=" ".join(texts), at=at)
