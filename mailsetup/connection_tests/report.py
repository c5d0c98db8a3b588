"""A connection test as its page shows it: lanes of steps, problems, a headline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mailsetup.clientconfig import Protocol, ServerSettings, SocketType, display_domain
from mailsetup.connection_tests.explanations import (
    SKIPPED,
    STEP_HINTS,
    STEP_RUNNING,
    STEP_TITLES,
    Explanation,
    explain,
    readable_date,
)
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.guides.clients import GUIDES
from mailsetup.guides.outline import outline
from mailsetup.probes.findings import PLANNED_STEPS, Code, Finding, Status, Step, Verdict

_STATES = {Status.PASSED: "ok", Status.WARNING: "warn", Status.FAILED: "bad", Status.SKIPPED: "skip"}
_SEVERITY = ("bad", "warn", "run", "ok")
_SERVICE_LABELS = {
    SocketType.SSL: gettext_lazy("%(protocol)s, port %(port)s, SSL/TLS"),
    SocketType.STARTTLS: gettext_lazy("%(protocol)s, port %(port)s, STARTTLS"),
    SocketType.PLAIN: gettext_lazy("%(protocol)s, port %(port)s, None: not safe"),
}


@dataclass(frozen=True, slots=True)
class Lane:
    """One service of a test: what is planned and what was found so far."""

    service: ServerSettings
    results: dict[Step, Finding]
    index: int
    order: dict[Step, int]  # the place of each result among all results of the test

    @property
    def steps(self) -> tuple[Step, ...]:
        return PLANNED_STEPS[self.service.type]

    @property
    def running(self) -> Step | None:
        return next((step for step in self.steps if step not in self.results), None)


def lanes_of(test: ConnectionTest) -> list[Lane]:
    results: list[dict[Step, Finding]] = [{}, {}]
    orders: list[dict[Step, int]] = [{}, {}]
    for place, row in enumerate(test.steps.all()):
        results[row.service][Step(row.step)] = row.as_finding()
        orders[row.service][Step(row.step)] = place
    return [
        Lane(service, results[index], index, orders[index]) for index, service in enumerate(test.planned())
    ]


def page_context(test: ConnectionTest, guide_url: str, seen: int) -> dict[str, Any]:
    """Everything on the page. `seen` is how many results the browser had already."""
    lanes = lanes_of(test)
    done = sum(len(lane.results) for lane in lanes)
    total = sum(len(lane.steps) for lane in lanes)
    problems = _problems(test, lanes, guide_url)
    headline, lede = _headline(test, lanes, problems, total)
    return {
        "test": test,
        "display_address": display_address(test.address),
        "lanes": [_lane(test, lane, _numbered(problems), new_from=seen) for lane in lanes],
        "problems": problems,
        "headline": headline,
        "lede": lede,
        "state": _page_state(test),
        "count": done,
        "total": total,
        "seen": seen,
        "progress_text": _progress(test, lanes),
        "seconds": test.seconds,
        "client_name": GUIDES[test.client].name if test.client in GUIDES else "",
        "guide_url": guide_url,
    }


def display_address(address: str) -> str:
    local_part, _at, domain = address.rpartition("@")
    return f"{local_part}@{display_domain(domain)}"


def _page_state(test: ConnectionTest) -> str:
    if test.state != ConnectionTest.State.DONE:
        return "run"
    return {"passed": "ok", "warning": "warn"}.get(test.verdict, "bad")


def _progress(test: ConnectionTest, lanes: list[Lane]) -> str:
    if test.state == ConnectionTest.State.QUEUED:
        return _("Starting…")
    running = next((lane.running for lane in lanes if lane.running), None)
    return str(STEP_RUNNING[running]) if running else _("Summing up…")


def _numbered(problems: list[dict[str, Any]]) -> dict[str, int]:
    """The number under which the page shows the problem of each code."""
    return {problem["code"]: number for number, problem in enumerate(problems, start=1)}


def _lane(test: ConnectionTest, lane: Lane, numbers: dict[str, int], new_from: int) -> dict[str, Any]:
    finished = test.state == ConnectionTest.State.DONE
    state = _lane_state(lane, finished)
    labels = {
        "ok": _("Works"),
        "warn": _("Works, with a limit"),
        "bad": _("Problem"),
        "skip": _("Not checked"),
    }
    incoming = lane.index == 0
    service = lane.service
    label = _SERVICE_LABELS[service.socket_type] % {"protocol": service.type.upper(), "port": service.port}
    return {
        "id": "in" if incoming else "out",
        "title": _("Receiving") if incoming else _("Sending"),
        "icon": "incoming" if incoming else "outgoing",
        "hostname": service.hostname,
        "label": label,
        "state": state,
        "state_label": labels.get(state, "") if finished else "",
        "steps": [
            {
                **_step(lane, step, place, finished),
                "fix": numbers.get(lane.results[step].code.value) if step in lane.results else None,
                "new": lane.order.get(step, 0) >= new_from,
            }
            for place, step in enumerate(lane.steps, start=1)
        ],
    }


def _lane_state(lane: Lane, finished: bool) -> str:
    statuses = {result.status for result in lane.results.values()}
    for status in (Status.FAILED, Status.WARNING):
        if status in statuses:
            return _STATES[status]
    if not finished:
        return "run"
    return "ok" if Status.PASSED in statuses else "skip"


def _step(lane: Lane, step: Step, place: int, finished: bool) -> dict[str, Any]:
    result = lane.results.get(step)
    state = _STATES[result.status] if result else "run" if step is lane.running and not finished else "wait"
    if finished and result is None:
        state = "skip"
    words = {
        "ok": _("Done"),
        "warn": _("Works, with a limit"),
        "bad": _("Failed"),
        "skip": _("Not checked"),
        "run": _("Checking now"),
        "wait": _("Not yet"),
    }
    return {
        "id": f"{'in' if lane.index == 0 else 'out'}-{place}",
        "place": place,
        "state": state,
        "word": words[state],
        "title": STEP_TITLES[step],
        "text": _step_text(lane, step, result, state),
        "time": _time(result),
    }


def _time(result: Finding | None) -> str:
    if result is None or result.ms is None:
        return ""
    if result.ms < 1000:
        return _("%(ms)s ms") % {"ms": result.ms}
    return _("%(seconds)s s") % {"seconds": f"{result.ms / 1000:.1f}"}


def _step_text(lane: Lane, step: Step, result: Finding | None, state: str) -> str:
    if result is None:
        return str(STEP_RUNNING[step] if state == "run" else STEP_HINTS.get(step, ""))
    if result.status is Status.SKIPPED:
        return str(SKIPPED.get(result.code, SKIPPED[Code.NOT_REACHED]))
    if result.status is not Status.PASSED:
        return str(explain(result.code, lane.service, result.evidence).title)
    return _passed_text(step, result.evidence)


def _passed_text(step: Step, evidence: dict[str, Any]) -> str:
    """One short line about what was found; evidence keys are those of `mailsetup.probes`."""
    if step is Step.DNS:
        return ", ".join(evidence.get("addresses", []))
    if step is Step.TLS and evidence.get("not_after"):
        return _("Certificate valid until %(date)s") % {"date": readable_date(evidence["not_after"])}
    # Some servers name IDLE only after the sign-in, so its absence here means nothing yet.
    if step is Step.CAPABILITIES and evidence.get("idle"):
        return _("It offers push (IDLE)")
    more_folders = evidence.get("folders", 1) - 1
    if step is Step.MAILBOX and more_folders > 0:
        text = ngettext("Inbox and %(count)s folder", "Inbox and %(count)s folders", more_folders)
        return text % {"count": more_folders}
    if step is Step.ARRIVE and evidence.get("folder", "INBOX") != "INBOX":
        return _("It arrived in the junk folder")
    return str(
        {
            Step.CONNECT: _("The server answered"),
            Step.CAPABILITIES: _("It offers what a mail app needs"),
            Step.GREETING: _("The server said hello"),
            Step.SIGN_IN: _("Password accepted"),
            Step.MAILBOX: _("Your inbox opens"),
            Step.PUSH: _("Push is on: new mail shows up within seconds"),
            Step.SEND: _("Our test message was accepted"),
            Step.ARRIVE: _("Our test reached your inbox"),
        }.get(step, "")
    )


def _problems(test: ConnectionTest, lanes: list[Lane], guide_url: str) -> list[dict[str, Any]]:
    """One problem for each root cause, worst first; the same cause on both services is said once."""
    found: dict[str, dict[str, Any]] = {}
    if test.state != ConnectionTest.State.DONE:
        return []
    if Code.LOST_RUN in test.causes:
        return [_problem(Code.LOST_RUN, explain(Code.LOST_RUN, None, {}), ("pulse", "bad"), test, guide_url)]
    for cause in test.causes:
        for lane in lanes:
            for result in lane.results.values():
                if result.code.value == cause and cause not in found:
                    words = explain(result.code, lane.service, result.evidence)
                    icon = "incoming" if lane.index == 0 else "outgoing"
                    shown = (icon, _STATES[result.status])
                    found[cause] = _problem(result.code, words, shown, test, guide_url)
    return list(found.values())


def _problem(
    code: Code, words: Explanation, shown: tuple[str, str], test: ConnectionTest, guide_url: str
) -> dict[str, Any]:
    icon, severity = shown
    number = _step_number(test, words.topic)
    return {
        "code": code.value,
        "title": words.title,
        "icon": icon,
        "severity": severity,
        "happened": words.happened,
        "why": words.why,
        "what": words.todo,
        "fixer": words.fixer.value,
        "step_number": number,
        "step_url": f"{guide_url}?from={test.reference}#{words.topic}" if number else "",
    }


def _step_number(test: ConnectionTest, topic: str) -> int | None:
    """Where the guide of the app that was tested puts `topic` right; None without a guide or a topic."""
    guide = GUIDES.get(test.client)
    if guide is None:
        return None
    # A profile is never made for a server without encryption.
    profile = bool(guide.profile) and all(service.encrypted for service in test.planned())
    return outline(guide, Protocol(test.protocol), profile=profile).number_of(topic)


def _headline(
    test: ConnectionTest, lanes: list[Lane], problems: list[dict[str, Any]], total: int
) -> tuple[str, str]:
    if test.state != ConnectionTest.State.DONE:
        return _("Checking your mail…"), ""
    if test.verdict == Verdict.PASSED:
        return _everything_works(test, lanes, total)
    if test.verdict == Verdict.NOT_RUN:
        return _("The test couldn’t run"), _("The problem is on our side. This says nothing about your mail.")
    if test.verdict == Verdict.WARNING:
        return _("Your mail works, with a limit"), str(problems[0]["title"]) if problems else ""
    count = len([problem for problem in problems if problem["severity"] == "bad"])
    headline = ngettext("One thing to fix", "%(count)s things to fix", count) % {"count": count}
    return headline, _where_it_stopped(lanes)


def _everything_works(test: ConnectionTest, lanes: list[Lane], total: int) -> tuple[str, str]:
    results = [result for lane in lanes for result in lane.results.values()]
    if any(result.code is Code.NO_PASSWORD for result in results):
        return _("Everything works up to the sign-in"), _("Test again with the password to check the rest.")
    passed = sum(result.status is Status.PASSED for result in results)
    text = ngettext("%(count)s check passed", "All %(count)s checks passed", passed) % {"count": passed}
    seconds = (
        _(" in %(seconds)s seconds") % {"seconds": f"{test.seconds:.1f}"} if test.seconds is not None else ""
    )
    return _("Everything works"), text + seconds + _(". You can close this page and use your mail.")


def _where_it_stopped(lanes: list[Lane]) -> str:
    names = (_("Receiving"), _("Sending"))
    sentences = []
    for lane, name in zip(lanes, names, strict=False):
        failed = next((r.step for r in lane.results.values() if r.status is Status.FAILED), None)
        if failed is None:
            sentences.append(_("%(lane)s works.") % {"lane": name})
        else:
            step = str(STEP_TITLES[failed]).lower()
            sentences.append(_("%(lane)s stopped at “%(step)s”.") % {"lane": name, "step": step})
    return " ".join(sentences)


def lately(test: ConnectionTest) -> dict[str, Any]:
    """One line about a test of `selectors.tests_of`, for lists."""
    state = _page_state(test)
    if state in ("ok", "warn", "bad") and test.verdict != Verdict.NOT_RUN:
        works = _("Works up to the sign-in") if test.up_to_sign_in else _("Everything works")
        title = {"ok": works, "warn": _("Works, with a limit"), "bad": _("Something to fix")}[state]
    else:
        title = _("Running…") if state == "run" else _("The test couldn’t run")
    return {
        "state": state,
        "title": title,
        "address": display_address(test.address),
        "reference": test.reference,
        "protocol": Protocol(test.protocol).upper(),
        "client_name": GUIDES[test.client].name if test.client in GUIDES else "",
        "when": _when(timezone.localtime(test.created_at)),
        "iso": test.created_at.isoformat(),
        "url": reverse("mailsetup:test", kwargs={"reference": test.reference}),
    }


def _when(moment: datetime) -> str:
    """The day as people say it, with the time while it is fresh."""
    days = (timezone.localdate() - moment.date()).days
    time = {"time": date_format(moment, "H:i")}
    if days == 0:
        return _("Today, %(time)s") % time
    if days == 1:
        return _("Yesterday, %(time)s") % time
    return date_format(moment, "j F" if days < 180 else "j F Y")
