"""What came before a test of the same address, and since: a line for each run of tests that ended alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, takewhile

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import State, client_name_of, is_over, state_of
from mailsetup.connection_tests.selectors import Outline, latest_good_before, latest_with_outlines
from mailsetup.connection_tests.summaries import summary_of
from mailsetup.probes.findings import Verdict

_PAGE = "mailsetup:desk_test"
Outlined = tuple[ConnectionTest, Outline]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a test was started, and where its report is."""

    label: str
    iso: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Tests in a row that ended alike: when they were, of which app, and how they ended.

    `own`: the one whose report this is; it has no other beside it.
    """

    state: State
    moments: tuple[Moment, ...]
    app: str
    text: str
    own: bool = False


def before_and_since(test: ConnectionTest, tests: QuerySet[ConnectionTest], limit: int) -> list[Entry]:
    """What `tests` of its address say of `test`, the oldest first.

    It begins with the last one that worked; `limit` is how many are looked at on each side.
    """
    good = latest_good_before(test, tests)
    # One that never ran says nothing, and interrupts no row.
    earlier = Q(created_at__lt=test.created_at) & ~Q(verdict=Verdict.NOT_RUN)
    if good is not None:
        earlier &= Q(created_at__gt=good.created_at)
    *before, own = reversed(latest_with_outlines(tests.filter(earlier | Q(pk=test.pk)), limit + 1))
    since = latest_with_outlines(tests.filter(created_at__gt=test.created_at), limit)[::-1]
    return [
        *([_last_good(good, test)] if good is not None else []),
        *_entries(before, own),
        _own(own, before, complete=len(before) < limit),
        *_entries(since, own),
        *(
            []
            if since or not is_over(test)
            else [Entry(state="skip", moments=(), app="", text=_("No test since."))]
        ),
    ]


def _entries(those: Iterable[Outlined], own: Outlined) -> Iterator[Entry]:
    """A line for each row of `those` of one app that ended alike."""
    for _how, group in groupby(those, key=lambda one: (one[0].client, _how_it_ended(one))):
        alike = list(group)
        first = alike[0]
        same = bool(own[1].stopped) and _how_it_ended(first) == _how_it_ended(own)
        yield Entry(
            state=state_of(first[0]),
            moments=_moments([test for test, _outline in alike], own[0]),
            app=_app(first[0], own[0]),
            text=_("Stopped at the same place.") if same else f"{_title(first)}.",
        )


def _own(own: Outlined, before: Sequence[Outlined], *, complete: bool) -> Entry:
    """`complete`: `before` has all that there are."""
    count = 1
    if own[1].stopped:
        ended = _how_it_ended(own)
        count += sum(1 for _one in takewhile(lambda one: _how_it_ended(one) == ended, reversed(before)))
    text = f"{_title(own)}."
    if count > 1:
        in_a_row = (
            _("%(count)s in a row.")
            if complete or count <= len(before)
            else _("At least %(count)s in a row.")
        )
        text = f"{text} {in_a_row % {'count': count}}"
    return Entry(
        state=state_of(own[0]),
        moments=_moments([own[0]], own[0]),
        app=_app(own[0], own[0]),
        text=text,
        own=True,
    )


def _last_good(good: ConnectionTest, test: ConnectionTest) -> Entry:
    text = _("Everything worked.") if good.verdict == Verdict.PASSED else _("It worked, with a limit.")
    if state_of(test) == "bad" and good.services == test.services:
        text += " " + _("The settings were the same, so the server and the password were fine then.")
    elif state_of(test) == "bad":
        text += " " + _("It had other settings than this test.")
    return Entry(state=state_of(good), moments=_moments([good], test), app=_app(good, test), text=text)


def _how_it_ended(one: Outlined) -> tuple[object, ...]:
    test, outline = one
    return test.protocol, state_of(test), outline.stopped, outline.up_to_sign_in


def _title(one: Outlined) -> str:
    return summary_of(*one, _PAGE).title


def _app(test: ConnectionTest, own: ConnectionTest) -> str:
    """The app, and the protocol where it is another one."""
    protocol = test.protocol.upper() if test.protocol != own.protocol else ""
    return ", ".join(filter(None, (client_name_of(test), protocol)))


def _moments(tests: Sequence[ConnectionTest], own: ConnectionTest) -> tuple[Moment, ...]:
    """The day is said once, and today only beside a test of another day."""
    today = timezone.localdate(own.created_at) == timezone.localdate()
    at = [timezone.localtime(test.created_at) for test in tests]
    labels = [
        date_format(moment, "TIME_FORMAT")
        if index and at[index - 1].date() == moment.date()
        else _when(moment, say_today=not today)
        for index, moment in enumerate(at)
    ]
    return tuple(
        Moment(label, test.created_at.isoformat(), reverse(_PAGE, kwargs={"reference": test.reference}))
        for label, test in zip(labels, tests, strict=True)
    )


def _when(moment: datetime, *, say_today: bool) -> str:
    days, time = (timezone.localdate() - moment.date()).days, date_format(moment, "TIME_FORMAT")
    if days == 0:
        return _("Today, %(time)s") % {"time": time} if say_today else time
    if days == 1:
        return _("Yesterday, %(time)s") % {"time": time}
    return date_format(moment, "SHORT_DATETIME_FORMAT")
