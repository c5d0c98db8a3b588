"""What came of the rows of a server's form that staff had tried."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from mailsetup.clientconfig import ServerSettings
from mailsetup.connection_tests.explanations import explain
from mailsetup.hosting.sentences import ENCRYPTION_NAMES
from mailsetup.probes.findings import Code, Status
from mailsetup.watch.models import Trial
from mailsetup.watch.news import State

_STATES: dict[str, State] = {Status.FAILED.value: "bad", Status.WARNING.value: "warn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRow:
    """One row: what was asked, and what came of it; `code` and `hint` are empty where all is well."""

    state: State
    title: str
    server: str
    text: str
    code: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedServer:
    """The page. `running`: load it again; the worst row gives the state."""

    state: State
    headline: str
    running: bool
    rows: list[TriedRow]


def tried_server(trial: Trial) -> TriedServer:
    """What the page of `trial` says."""
    if len(trial.reports or ()) < len(trial.services):
        over = trial.reports is not None or timezone.now() > trial.started_at + _patience()
        headline = _("The test service isn’t answering") if over else _("Trying all rows …")
        state: State = "warn" if over else "skip"
        return TriedServer(state=state, headline=headline, running=not over, rows=[])
    rows = list(_rows(trial.planned(), trial.reports or []))
    state = next((each for each in ("bad", "warn") if any(row.state == each for row in rows)), "ok")
    return TriedServer(state=state if rows else "warn", headline=_headline(rows), running=False, rows=rows)


def _patience() -> timedelta:
    """How long workers may take: to begin, and to look."""
    return timedelta(seconds=2 * settings.PROBES.probe_overall_seconds)


def _headline(rows: Sequence[TriedRow]) -> str:
    failing = sum(row.state == "bad" for row in rows)
    if not rows:
        return _("No row is whole enough to be tried")
    if not failing:
        return _("All rows answer")
    return _("%(failing)s of %(all)s rows failed") % {"failing": failing, "all": len(rows)}


def _rows(services: Sequence[ServerSettings], reports: Sequence[list[dict[str, Any]]]) -> Iterator[TriedRow]:
    for service, steps in zip(services, reports, strict=True):
        worst = next((step for step in steps if step["status"] == Status.FAILED.value), None)
        worst = worst or next((step for step in steps if step["status"] == Status.WARNING.value), None)
        words = explain(Code(worst["code"]), service, worst["evidence"]) if worst else None
        yield TriedRow(
            state=_STATES[worst["status"]] if worst else "ok",
            title=f"{service.type.upper()}, {service.port}, {ENCRYPTION_NAMES[service.socket_type]}",
            server=service.hostname,
            text=str(words.title) if words else _("Answers, up to the sign-in"),
            code=worst["code"] if worst else "",
            hint=str(words.staff) if words else "",
        )
