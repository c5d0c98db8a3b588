"""From a code to what a person reads: what happened, why it matters, what to do, in the reader's language.

One file a subject. Nothing here comes from a mail server: its own words go to support's report only.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailsetup.clientconfig import ServerSettings, ServiceType
from mailsetup.connection_tests.explanations import encryption, mail, reach, run, sign_in
from mailsetup.connection_tests.explanations.apps import AppRefusal, refusals
from mailsetup.connection_tests.explanations.base import (
    FIXER_LABELS,
    FIXER_NAMES,
    PASSES,
    SERVER,
    SIDES,
    Explanation,
    Place,
    Text,
)
from mailsetup.connection_tests.explanations.steps import (
    SKIPPED,
    STEP_HINTS,
    STEP_NAMES,
    STEP_PASSED,
    STEP_RUNNING,
    STEP_TITLES,
)
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    **run.EXPLANATIONS,
    **reach.EXPLANATIONS,
    **encryption.EXPLANATIONS,
    **sign_in.EXPLANATIONS,
    **mail.EXPLANATIONS,
}


def explain(code: Code, service: ServerSettings | None, evidence: Mapping[str, Any]) -> Explanation:
    """What to tell about `code` found at `service`, its placeholders filled; LOST_RUN has no service."""
    names = evidence.get("names") or [_("another server")]
    values = {
        "hostname": service.hostname if service else "",
        "port": service.port if service else "",
        "username": service.username if service else "",
        "certificate_names": ", ".join(names),
        # Where the certificate was not shown a second time, nobody knows its dates.
        "not_after": readable_date(evidence.get("not_after", "")) or _("a day that has passed"),
        "not_before": readable_date(evidence.get("not_before", "")) or _("a later day"),
        "folder": _folder(evidence.get("folder")),
        "full_percent": settings.PROBES.probe_full_percent,
        "arrive_seconds": f"{settings.PROBES.probe_arrive_seconds:g}",
        "delayed_seconds": f"{settings.PROBES.probe_delayed_seconds:g}",
        "expiry_days": settings.PROBES.probe_certificate_expiry_days,
        "app_gets": _what_an_app_gets(evidence.get("app_gets")),
    }
    words = EXPLANATIONS[code]
    return replace(
        words,
        title=str(words.title).format_map(values),
        happened=str(words.happened).format_map(values),
        why=str(words.why).format_map(values),
        todo=str(words.todo).format_map(values),
        staff=str(words.staff).format_map(values).strip(),
        topic=_topic_of(service) if words.topic == SERVER else words.topic,
    )


def _folder(name: str | None) -> str:
    """A folder within a sentence; its name isn't kept where it shows a piece of the password."""
    return _("the folder “%(name)s”") % {"name": name} if name else _("another folder")


def _what_an_app_gets(answer: Mapping[str, Any] | None) -> str:
    """For support: how long an app that tries both families waits; empty where that wasn't measured."""
    if answer is None:
        return ""
    return _("An app that tries both gets %(family)s after %(ms)s ms.") % answer


def _topic_of(service: ServerSettings | None) -> str:
    """The part of a guide about this server."""
    return "outgoing" if service and service.type is ServiceType.SMTP else "incoming"


def readable_date(iso: str) -> str:
    """A date of a certificate as people write it; probes say it as ISO 8601."""
    return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else ""


__all__ = [
    "EXPLANATIONS",
    "FIXER_LABELS",
    "FIXER_NAMES",
    "PASSES",
    "SIDES",
    "SKIPPED",
    "STEP_HINTS",
    "STEP_NAMES",
    "STEP_PASSED",
    "STEP_RUNNING",
    "STEP_TITLES",
    "AppRefusal",
    "Explanation",
    "Place",
    "Text",
    "explain",
    "readable_date",
    "refusals",
]
