"""A connection test as support reads it: what the customer was told, and what the test saw."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mailsetup.clientconfig import ServerSettings
from mailsetup.connection_tests.explanations import AppRefusal, explain, readable_date
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import (
    Lane,
    LaneStep,
    ReportUrls,
    State,
    TestReport,
    report_of,
    way_of_message,
)
from mailsetup.probes.findings import CAUSES, Code, Finding, Status, Step, TranscriptLine, steps_of
from mailsetup.support.families import FamiliesOfService, families_of, judgements
from mailsetup.support.lanes import FIXERS

Found = Sequence[tuple[int, Finding]]

# Evidence that the lines above say already, or another part of the page.
_SAID_ELSEWHERE = frozenset(
    {
        "server",
        "problems",
        "names",
        "issuer",
        "not_before",
        "not_after",
        "chain_length",
        "cipher",
        "issued",
        "valid_days",
        "address",
        "port",
        "tried",
        "took_ms",
        "app_gets",
        "not_tested",
        "other_family",
        "deadline",
        "hops",
    }
)
_LABELS = {
    "addresses": gettext_lazy("addresses"),
    "version": gettext_lazy("version"),
    "capabilities": gettext_lazy("offers"),
    "mechanisms": gettext_lazy("ways to sign in"),
    "username": gettext_lazy("user name"),
    "messages": gettext_lazy("messages"),
    "folders": gettext_lazy("folders"),
    "folder": gettext_lazy("folder"),
    "percent": gettext_lazy("percent full"),
    "seconds": gettext_lazy("seconds"),
    "announced": gettext_lazy("announced"),
    "removed": gettext_lazy("removed again"),
    "idle": gettext_lazy("push (IDLE), before the sign-in"),
    "phase": gettext_lazy("refused at"),
    "openssl": gettext_lazy("OpenSSL"),
    "old_tls": gettext_lazy("takes TLS 1.1 or older"),
    "revocation_list": gettext_lazy("certificate names a list of withdrawn ones"),
    "for_servers": gettext_lazy("certificate is made for servers"),
    "left_out": gettext_lazy("left out, for they may hold a secret"),
    "code": gettext_lazy("as it was called then"),
}
_STATUS_WORDS = {
    "ok": gettext_lazy("passed"),
    "warn": gettext_lazy("LIMIT"),
    "bad": gettext_lazy("FAILED"),
    "skip": gettext_lazy("skipped"),
    "run": gettext_lazy("running"),
    "wait": gettext_lazy("waiting"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffStep:
    """A step with what it saw: the server's own words, and facts as "label: value"."""

    step: LaneStep
    code: str
    words: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that was looked at, and how it is; `word` says the state to those who can't see it."""

    state: State
    word: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLane:
    """One service: its steps, its certificate, its addresses, and what went over the wire."""

    lane: Lane
    steps: tuple[StaffStep, ...]
    certificate: tuple[Fact, ...]
    families: FamiliesOfService | None
    local_address: str = ""
    transcript: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReport:
    """All that the desk's page of one test says.

    `report` is what the customer reads, `headline` and `code` are the first cause. `certificates` have their
    titles, `judgements` say what follows from the `families`. `wire`: whether whoever asks may read what
    went over the wire.
    """

    report: TestReport
    headline: str
    code: str
    fixer: str
    passes: str
    lanes: tuple[StaffLane, ...]
    certificates: list[tuple[str, tuple[Fact, ...]]]
    families: list[FamiliesOfService]
    judgements: list[str]
    refusals: tuple[AppRefusal, ...]
    wire: bool
    way: list[str]
    tested_at: str
    deleted_on: date
    text: str


def staff_report(test: ConnectionTest, found: Found, *, wire: bool) -> StaffReport:
    """The report of `test`; `found` as in report_of()."""
    report = report_of(test, found, urls=ReportUrls())
    transcripts = {transcript.service: transcript for transcript in test.transcripts.all()}
    lanes = []
    for index, (service, lane) in enumerate(zip(test.planned(), report.lanes, strict=True)):
        findings = {finding.step: finding for at, finding in found if at == index}
        transcript = transcripts.get(index)
        lanes.append(
            StaffLane(
                lane=lane,
                steps=_steps(service, lane, findings),
                certificate=_certificate(service, findings.get(Step.TLS)),
                families=families_of(lane.title, findings),
                local_address=transcript.local_address if transcript else "",
                transcript=_as_text(transcript.as_lines()) if transcript and wire else "",
            )
        )
    first = report.problems[0] if report.problems else None
    families = [lane.families for lane in lanes if lane.families]
    return StaffReport(
        report=report,
        headline=first.title if first else report.headline,
        code=first.code.value if first else "",
        fixer=str(FIXERS[first.by]) if first else "",
        passes=_("It may pass by itself.") if first and CAUSES[first.code].passing else "",
        lanes=tuple(lanes),
        certificates=_certificates(lanes),
        families=families,
        judgements=judgements(families),
        refusals=(*report.own_app, *report.other_apps),
        wire=wire,
        way=way_of_message(found),
        tested_at=_tested_at(test),
        deleted_on=timezone.localdate(test.created_at)
        + timedelta(days=settings.CONNECTION_TESTS.history_days),
        text=_whole_text(test, report, lanes),
    )


# --- Steps ---------------------------------------------------------------------------------------------


def _steps(service: ServerSettings, lane: Lane, findings: Mapping[Step, Finding]) -> tuple[StaffStep, ...]:
    """The steps of the lane, each with what was found at it."""
    return tuple(
        _step(step, findings.get(name)) for step, name in zip(lane.steps, steps_of(service), strict=True)
    )


def _step(step: LaneStep, finding: Finding | None) -> StaffStep:
    if finding is None:
        return StaffStep(step=step, code="", words="", facts=())
    return StaffStep(
        step=step,
        code="" if finding.code is Code.OK else finding.code.value,
        words=str(finding.evidence.get("server") or ""),
        facts=tuple(fact for fact in _facts(finding.evidence) if not fact.endswith(f": {step.text}")),
    )


def _facts(evidence: Mapping[str, Any]) -> list[str]:
    """Everything else that the step saw; a name that nobody has put into words stands as it is."""
    facts = []
    for key, value in evidence.items():
        if key in _SAID_ELSEWHERE or value in (None, "", [], {}):
            continue
        facts.append(f"{_LABELS.get(key, key)}: {_shown(value)}")
    return facts


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_shown(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_shown(each) for each in value)
    return str(value)


# --- Certificate ---------------------------------------------------------------------------------------

# Which line of a certificate each of its faults is about.
_NAME = frozenset({Code.CERT_WRONG_NAME})
_DATES = frozenset(
    {Code.CERT_EXPIRED, Code.CERT_NOT_YET, Code.CERT_INTERMEDIATE_EXPIRED, Code.CERT_EXPIRES_SOON}
)
_TRUST = frozenset({Code.CERT_UNKNOWN_CA, Code.CERT_SELF_SIGNED, Code.CERT_MISSING_INTERMEDIATE})
_WORDS: dict[State, Any] = {
    "ok": gettext_lazy("Fine"),
    "warn": gettext_lazy("Works, with a limit"),
    "bad": gettext_lazy("Trouble"),
}


def _certificate(service: ServerSettings, finding: Finding | None) -> tuple[Fact, ...]:
    """What the server showed, line by line, each with what is wrong with it; nothing without a handshake."""
    if finding is None or "names" not in finding.evidence:
        return ()
    evidence = finding.evidence
    faults = {Code(each["code"]): each for each in evidence.get("problems", [])}
    if finding.status in (Status.FAILED, Status.WARNING):
        faults.setdefault(finding.code, evidence)
    state: State = "warn" if finding.status is Status.WARNING else "bad"

    def fact(label: str, text: str, codes: Collection[Code]) -> Fact:
        wrong = [code for code in faults if code in codes]
        titles = [str(explain(code, service, evidence | faults[code]).title) for code in wrong]
        shown: State = state if wrong else "ok"
        return Fact(
            state=shown, word=str(_WORDS[shown]), label=label, text=". ".join(filter(None, [text, *titles]))
        )

    sent = evidence.get("chain_length", 1)
    dates = {
        "first": readable_date(evidence.get("not_before", "")),
        "last": readable_date(evidence.get("not_after", "")),
    }
    others = set(faults) - _NAME - _DATES - _TRUST
    return (
        fact(_("Made out to"), ", ".join(evidence["names"]) or _("no name"), _NAME),
        fact(_("Valid"), _("From %(first)s until %(last)s") % dates, _DATES),
        fact(_("Vouched for by"), str(evidence.get("issuer") or _("nobody")), _TRUST),
        fact(
            _("Sent"),
            ngettext("%(count)s certificate", "%(count)s certificates", sent) % {"count": sent},
            (),
        ),
        fact(
            _("Strength"),
            ", ".join(filter(None, (evidence.get("version"), evidence.get("cipher")))),
            others,
        ),
    )


def _certificates(lanes: Sequence[StaffLane]) -> list[tuple[str, tuple[Fact, ...]]]:
    """Those that were shown, each under its title; one that both services showed stands once."""
    shown = [(lane.lane.title, lane.certificate) for lane in lanes if lane.certificate]
    if len(shown) == 2 and shown[0][1] == shown[1][1]:
        return [(_("The certificate"), shown[0][1])]
    return [(_("%(what)s: the certificate") % {"what": title}, facts) for title, facts in shown]


def _tested_at(test: ConnectionTest) -> str:
    """When the test was started, to the second: whoever reads looks into a server's log."""
    started = timezone.localtime(test.created_at)
    return f"{date_format(started, 'DATE_FORMAT')}, {started:%H:%M:%S}"


def _moment(test: ConnectionTest) -> str:
    """The same for a search of the log (ISO 8601)."""
    return timezone.localtime(test.created_at).isoformat(" ", "seconds")


# --- As text -------------------------------------------------------------------------------------------


def _as_text(lines: Iterable[TranscriptLine]) -> str:
    return "\n".join(f"{line.ms / 1000:8.3f}  {line.side.value} {line.text}" for line in lines)


def _whole_text(test: ConnectionTest, report: TestReport, lanes: Sequence[StaffLane]) -> str:
    """The report for a ticket: no lines of the wire, and nothing that opens an account."""
    return "\n".join(_text_lines(test, report, lanes)) + "\n"


def _problem_lines(report: TestReport) -> Iterator[str]:
    for problem in report.problems:
        yield f"{problem.title} ({problem.code}). {FIXERS[problem.by]}."
        for code, title, _staff in problem.besides:
            yield _("Besides: %(titles)s") % {"titles": f"{title} ({code})"}
    for refusal in (*report.own_app, *report.other_apps):
        yield f"{refusal.title} ({refusal.trait})."


def _text_lines(test: ConnectionTest, report: TestReport, lanes: Sequence[StaffLane]) -> Iterator[str]:
    yield f"{report.reference}  {_moment(test)}"
    yield ", ".join(filter(None, (report.address, report.client_name, test.protocol.upper())))
    if not report.problems:
        yield report.headline
    yield from _problem_lines(report)
    yield from judgements([lane.families for lane in lanes if lane.families])
    for lane in lanes:
        yield ""
        yield from _lane_lines(lane)


def _lane_lines(lane: StaffLane) -> Iterator[str]:
    yield f"{lane.lane.title}  {lane.lane.hostname}  {lane.lane.label}"
    if lane.local_address:
        yield _("  tested from %(address)s") % {"address": lane.local_address}
    for each in lane.steps:
        said = [each.code, each.words, *each.facts] if each.step.state != "skip" else [each.code]
        name = f"  {_STATUS_WORDS[each.step.state]:<8} {each.step.title:<24}"
        yield _columns(name, f"{each.step.time:>8}", "; ".join(filter(None, said)))
    for fact in lane.certificate:
        if fact.state != "ok":
            yield f"           {fact.label}: {fact.text}"
    for one in chain.from_iterable(lane.families.tried if lane.families else ()):
        marks = [one.connection, one.encryption] if one.encryption else [one.connection]
        said = [_columns(mark.title, mark.code) for mark in marks]
        yield _columns(f"           {one.address}", one.time, "; ".join(said))


def _columns(*texts: str) -> str:
    return "  ".join(filter(None, texts)).rstrip()
