"""What a connection test found, to take along: as text for people, as a document for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from mailsetup.connection_tests.explanations import AppRefusal, refusals
from mailsetup.connection_tests.report import State, TestReport, fixer_of
from mailsetup.probes.findings import CAUSES, Finding, ServiceReport, Step, causes_of, verdict_of

_ORDER = list(Step)
_MARKS: dict[State, str] = {"ok": "✓", "warn": "!", "bad": "✗", "skip": "–", "run": "…", "wait": "…"}


def as_text(report: TestReport) -> str:
    """The report for a chat or a note, without anything that opens an account."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: TestReport) -> Iterable[str]:
    yield f"{report.address}: {report.headline}"
    yield report.lede
    yield _("Reference for support: %(reference)s") % {"reference": report.reference}
    for number, problem in enumerate(report.problems, start=1):
        yield ""
        yield f"{number}. {problem.title}"
        yield f"{problem.happened} {problem.why}"
        if problem.besides:
            titles = "; ".join(title for _code, title, _staff in problem.besides)
            yield _("Besides: %(titles)s") % {"titles": titles}
        whose = "; ".join(filter(None, (problem.fixer, problem.passes)))
        yield _("What to do: %(todo)s (%(fixer)s)") % {"todo": problem.todo, "fixer": whose}
    yield from _apps(report.own_app)
    for lane in report.lanes:
        yield ""
        yield f"{lane.title}: {lane.hostname}, {lane.label}"
        for step in lane.steps:
            yield " · ".join(filter(None, (f"{_MARKS[step.state]} {step.title}", step.text, step.time)))
    # They are nothing to whoever came with an app of their own.
    yield from _apps(report.other_apps)


def _apps(those: Iterable[AppRefusal]) -> Iterable[str]:
    for refusal in those:
        yield ""
        yield f"{refusal.title}. {refusal.reason}"


def as_document(
    *, reference: str, address: str, protocol: str, services: Sequence[ServiceReport]
) -> dict[str, Any]:
    """What `test_connection --json` prints, and the page of a test offers."""
    findings = [finding for service in services for finding in service.steps]
    return {
        "reference": reference,
        "address": address,
        "protocol": protocol,
        "verdict": verdict_of(findings).value,
        "seconds": round(max(_seconds(service) for service in services), 2),
        "causes": [cause.value for cause in causes_of(findings)],
        "refused_by": [
            {"app": refusal.slug, "reason": refusal.trait.value, "sure": refusal.sure}
            for refusal in refusals(findings)
        ],
        "services": [_service(service, address) for service in services],
    }


def _service(report: ServiceReport, address: str) -> dict[str, Any]:
    service = report.service.as_dict()
    return {
        **{key: service[key] for key in ("type", "hostname", "port", "socket_type")},
        "verdict": report.verdict.value,
        # One order for all services, so that programs find them in one place.
        "steps": [
            _step(step, report.service.hostname, address)
            for step in sorted(report.steps, key=lambda step: _ORDER.index(step.step))
        ],
    }


def _step(finding: Finding, hostname: str, address: str) -> dict[str, Any]:
    """`who` can put it right: customer, provider, dns, network or us; None where nothing is wrong."""
    who = fixer_of(finding.code, hostname, address).value if finding.code in CAUSES else None
    return {**finding.as_dict(), "who": who}


def _seconds(report: ServiceReport) -> float:
    return sum(step.ms or 0 for step in report.steps) / 1000
