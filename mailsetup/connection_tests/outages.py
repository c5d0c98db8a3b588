"""What is known of servers that fail, beside the test that met it: when they worked last, who has been told.

The watch stands above this room and knows most of it, so it says once who is to be asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet
from django.forms import Form
from django.utils.translation import gettext as _

from accounts.models import User
from mailsetup.connection_tests import selectors
from mailsetup.connection_tests.explanations import STEP_NAMES
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import DIRECTIONS, failures_beyond_the_reader, readable_time
from mailsetup.probes.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """That somebody looked, and whether it worked."""

    state: Literal["ok", "bad"]
    title: str
    text: str
    at: datetime

    @property
    def time(self) -> str:
        return readable_time(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOffer:
    """The reader may be told by mail at `to` when it works; `url` takes what they decide.

    `form` asks for the address, where it may be another one. `asked`: they have asked, and hear of it until
    the time `until`; `minutes` is how often somebody looks.
    """

    url: str
    to: str
    form: Form
    minutes: int
    asked: bool
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """The latest sighting first. `known_since` is when staff were told, where they have been."""

    sightings: tuple[Sighting, ...] = ()
    known_since: datetime | None = None
    offer: NoticeOffer | None = None

    @property
    def worked(self) -> bool:
        """Whether somebody has seen it work."""
        return any(sighting.state == "ok" for sighting in self.sightings)


# A test, the finding at which each of its services (its index) failed, and who reads, if they are signed in.
Ask = Callable[[ConnectionTest, Mapping[int, Finding], User | None], Outage]
_others: list[Ask] = []


def add(ask: Ask) -> None:
    """A room above this one knows something: `ready()` says so once."""
    _others.append(ask)


def outage_of(
    test: ConnectionTest,
    found: Sequence[tuple[int, Finding]],
    tests: QuerySet[ConnectionTest],
    reader: User | None,
) -> Outage:
    """What is known of the servers of `test`, if it is none of the reader's doing that they failed.

    `tests` are those that the reader may see. `reader` is None without a sign-in and in a visit of support.
    """
    failed = failures_beyond_the_reader(test, found)
    if not failed:
        return Outage()
    known = [ask(test, failed, reader) for ask in _others]
    sightings = [*_own_sightings(test, failed, tests), *(one for each in known for one in each.sightings)]
    sightings.sort(key=lambda one: one.at, reverse=True)
    return Outage(
        # That it failed just now the reader knows already.
        sightings=tuple(sightings) if len(sightings) > 1 else (),
        known_since=next((each.known_since for each in known if each.known_since), None),
        offer=next((each.offer for each in known if each.offer), None),
    )


def stopped_at(failed: Mapping[int, Finding]) -> str:
    """In a sentence for each service."""
    return " ".join(
        DIRECTIONS[index].stopped % {"step": STEP_NAMES[finding.step]} for index, finding in failed.items()
    )


def _own_sightings(
    test: ConnectionTest, failed: Mapping[int, Finding], tests: QuerySet[ConnectionTest]
) -> list[Sighting]:
    """This test, and the last one of the address that got through."""
    at = test.finished_at or test.created_at
    own = [Sighting(state="bad", title=_("This test"), text=stopped_at(failed), at=at)]
    good = selectors.latest_good_before(test, tests)
    if good is not None:
        text = _("Receiving and sending worked, with the password.")
        at = good.finished_at or good.created_at
        own.append(Sighting(state="ok", title=_("The last good test"), text=text, at=at))
    return own
