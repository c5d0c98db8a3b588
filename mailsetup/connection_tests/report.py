"""A connection test as its page shows it: lanes of steps, problems, a headline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mailsetup.clientconfig import Protocol, ServerSettings, SocketType, display_domain
from mailsetup.connection_tests.explanations import (
    FIXER_LABELS,
    FIXER_NAMES,
    PASSES,
    SIDES,
    SKIPPED,
    STEP_HINTS,
    STEP_NAMES,
    STEP_PASSED,
    STEP_RUNNING,
    STEP_TITLES,
    AppRefusal,
    Explanation,
    Place,
    Text,
    explain,
    readable_date,
    refusals,
)
from mailsetup.connection_tests.explanations.base import OUR_SIDE
from mailsetup.connection_tests.explanations.run import MESSAGE_LEFT
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.guides.clients import GUIDES
from mailsetup.guides.outline import outline_for
from mailsetup.probes.findings import (
    CAUSES,
    Code,
    Finding,
    Fixer,
    Status,
    Step,
    Verdict,
    causes_of,
    steps_of,
)

State = Literal["wait", "run", "ok", "warn", "bad", "skip"]
# When to call support: not at all, because only it can help, if nobody knows who else it is that can, if it
# stays, when the advice did not help.
Call = Literal["", "now", "who-else", "if-it-stays", "afterwards"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneStep:
    """One step of a service.

    `word` says its state to those who can't see it, `fix` is the number of its problem, `new`: the
    browser has not shown it before.
    """

    id: str
    place: int
    state: State
    word: str
    title: str
    text: str
    time: str
    fix: int | None
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One service and its steps, in order; `state_label` is empty until the test is over."""

    id: str
    title: str
    icon: str
    hostname: str
    label: str
    state: State
    state_label: str
    steps: tuple[LaneStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One root cause in the reader's words; `step_url` is empty if no step of a guide can help.

    `icons` are those of the services that met it; `links` lead to pages of the provider's (address, what to
    do there, icon). `fixer` says who can put it right, `passes` (or empty) that nobody may have to. `staff`
    and `who` are for support alone. `besides` is what else is wrong there: code, title, staff's words.
    `sides` is a picture of where it stops, `sides_label` the same in words; empty where nothing does.
    """

    code: Code
    title: str
    icons: tuple[str, ...]
    severity: State
    happened: str
    why: str
    todo: str
    staff: str
    by: Fixer
    fixer: str
    fixer_icon: str
    passes: str
    who: str
    besides: tuple[tuple[Code, str, str], ...]
    sides: tuple[tuple[State, str], ...]
    sides_label: str
    links: tuple[tuple[str, str, str], ...]
    step_number: int | None
    step_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUrls:
    """Where a report links to: the guide of the app, and the provider's own pages as far as there are any."""

    guide: str = ""
    places: Mapping[Place, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestReport:
    """All that the page of one test says. Its state is "run" until the test is over.

    `own_app` says where the app that the customer came with refuses the server, `other_apps` where others do.
    `signed_in`: both services took the password; a test without one can be well and has not shown that.
    """

    reference: str
    address: str
    client_name: str
    state: State
    headline: str
    lede: str
    progress: str
    count: int
    total: int
    lanes: tuple[Lane, ...]
    problems: tuple[Problem, ...]
    call: Call
    own_app: tuple[AppRefusal, ...]
    other_apps: tuple[AppRefusal, ...]
    signed_in: bool

    @property
    def running(self) -> bool:
        return self.state == "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """What the page calls one of the two services."""

    id: str
    title: Text
    icon: str
    works: Text
    worked: Text
    up_to_sign_in: Text
    stopped: Text


DIRECTIONS = (
    Direction(
        id="in",
        title=gettext_lazy("Receiving"),
        icon="incoming",
        works=gettext_lazy("Receiving works."),
        worked=gettext_lazy("Receiving worked."),
        up_to_sign_in=gettext_lazy("Receiving works up to the sign-in."),
        stopped=gettext_lazy("Receiving stopped at “%(step)s”."),
    ),
    Direction(
        id="out",
        title=gettext_lazy("Sending"),
        icon="outgoing",
        works=gettext_lazy("Sending works."),
        worked=gettext_lazy("Sending worked."),
        up_to_sign_in=gettext_lazy("Sending works up to the sign-in."),
        stopped=gettext_lazy("Sending stopped at “%(step)s”."),
    ),
)
_SERVICE_LABELS = {
    SocketType.SSL: gettext_lazy("%(protocol)s, port %(port)s, SSL/TLS"),
    SocketType.STARTTLS: gettext_lazy("%(protocol)s, port %(port)s, STARTTLS"),
    SocketType.PLAIN: gettext_lazy("%(protocol)s, port %(port)s, None: not safe"),
}
_STATES: dict[Status, State] = {
    Status.PASSED: "ok",
    Status.WARNING: "warn",
    Status.FAILED: "bad",
    Status.SKIPPED: "skip",
}
_STEP_WORDS: dict[State, Text] = {
    "ok": gettext_lazy("Done"),
    "warn": gettext_lazy("Works, with a limit"),
    "bad": gettext_lazy("Failed"),
    "skip": gettext_lazy("Not checked"),
    "run": gettext_lazy("Checking now"),
    "wait": gettext_lazy("Not yet"),
}
_FIXER_ICONS = {
    Fixer.CUSTOMER: "person",
    Fixer.PROVIDER: "help",
    Fixer.DNS: "globe",
    Fixer.NETWORK: "globe",
    Fixer.US: "pulse",
}
_APP, _SERVER = gettext_lazy("Your app"), gettext_lazy("Mail server")
# From the reader to the server, with the one that is the cause; and in words.
_THREE_SIDES: dict[Fixer, tuple[tuple[tuple[State, Text], ...], Text]] = {
    Fixer.PROVIDER: (
        (("ok", _APP), ("ok", gettext_lazy("The internet")), ("bad", _SERVER)),
        gettext_lazy("It isn’t your app, nor the internet: it’s the mail server"),
    ),
    Fixer.NETWORK: (
        (("ok", _APP), ("bad", gettext_lazy("The network")), ("wait", _SERVER)),
        gettext_lazy("It isn’t your app: it’s the network on the way to the mail server"),
    ),
    Fixer.DNS: (
        (("ok", _APP), ("bad", gettext_lazy("The domain’s DNS")), ("wait", _SERVER)),
        gettext_lazy("It isn’t your app: it’s the domain’s DNS, which leads to no mail server"),
    ),
}
_PLACES: dict[Place, tuple[Text, str]] = {
    Place.WEBMAIL: (gettext_lazy("Open webmail"), "mail"),
    Place.PASSWORD: (gettext_lazy("Set a new password"), "key"),
}
_LANE_LABELS: dict[State, Text] = {
    "ok": gettext_lazy("Works"),
    "warn": gettext_lazy("Works, with a limit"),
    "bad": gettext_lazy("Problem"),
    "skip": gettext_lazy("Not checked"),
}
# Whom the reader knows as one: their provider, and the test that it runs.
_OURS = {Fixer.PROVIDER, Fixer.US}


@dataclass(frozen=True, slots=True)
class _Service:
    """One service of a test: what is planned for it, and what was found so far.

    `places` says where each finding stands among all of the test.
    """

    direction: Direction
    settings: ServerSettings
    findings: dict[Step, Finding]
    places: dict[Step, int]

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps_of(self.settings)

    @property
    def running_step(self) -> Step | None:
        return next((step for step in self.steps if step not in self.findings), None)

    @property
    def failed_step(self) -> Step | None:
        failed = (step for step, finding in self.findings.items() if finding.status is Status.FAILED)
        return next(failed, None)

    @property
    def signed_in(self) -> bool:
        finding = self.findings.get(Step.SIGN_IN)
        return finding is not None and finding.status is Status.PASSED

    @property
    def lost_its_message(self) -> bool:
        """The server took our message, and then nobody could look whether it arrives."""
        sent, arrived = self.findings.get(Step.SEND), self.findings.get(Step.ARRIVE)
        taken = sent is not None and sent.status is Status.PASSED
        return taken and arrived is not None and arrived.code is Code.NOT_REACHED


def report_of(
    test: ConnectionTest,
    found: Sequence[tuple[int, Finding]],
    *,
    urls: ReportUrls,
    seen: int = 0,
    waiting_before: int = 0,
    known_since: datetime | None = None,
) -> TestReport:
    """The report of `test`, running or over.

    `found` holds the index of a service and what a step of it found, in the order in which they came;
    `seen` is how many of these the browser has shown already; `waiting_before` how many tests wait before it;
    `known_since` since when staff know that the servers fail, if they were told.
    """
    services = _services(test, found)
    problems = _problems(test, services, urls)
    own_app, other_apps = _apps(test, [finding for _index, finding in found])
    headline, lede = _answer(test, services, problems)
    if known_since is not None:
        lede = f"{lede} {_('Support has known since %(time)s.') % {'time': readable_time(known_since)}}"
    state = state_of(test)
    refused = next((refusal for refusal in own_app if refusal.everywhere), None)
    if state == "ok" and refused is not None:
        state, headline, lede = "warn", refused.title, _("The test passed, and your settings are right.")
    # The number under which the page shows the problem of each code.
    numbers = {problem.code: number for number, problem in enumerate(problems, start=1)}
    return TestReport(
        reference=test.reference,
        address=display_address(test.address),
        client_name=client_name_of(test),
        state=state,
        headline=headline,
        lede=lede,
        progress=_progress(test, services, waiting_before),
        count=len(found),
        total=sum(len(service.steps) for service in services),
        lanes=tuple(_lane(test, service, numbers, seen=seen) for service in services),
        problems=problems,
        call=_call(problems, known=known_since is not None),
        own_app=own_app,
        other_apps=other_apps,
        signed_in=all(service.signed_in for service in services),
    )


def display_address(address: str) -> str:
    local_part, _at, domain = address.rpartition("@")
    return f"{local_part}@{display_domain(domain)}"


def client_name_of(test: ConnectionTest) -> str:
    """The app that the test was started for; empty where there is none."""
    return GUIDES[test.client].name if test.client in GUIDES else ""


def readable_time(moment: datetime) -> str:
    """The time of today, or of another day."""
    local = timezone.localtime(moment)
    today = local.date() == timezone.localdate()
    return date_format(local, "TIME_FORMAT" if today else "SHORT_DATETIME_FORMAT")


def is_over(test: ConnectionTest) -> bool:
    return test.state == ConnectionTest.State.DONE


def state_of(test: ConnectionTest) -> State:
    """The state of the whole test, which is "run" until it is over."""
    if not is_over(test):
        return "run"
    if test.verdict == Verdict.PASSED:
        return "ok"
    if Code.CANCELLED in test.causes:
        return "skip"
    return "warn" if test.verdict == Verdict.WARNING else "bad"


def fixer_of(code: Code, hostname: str, address: str) -> Fixer:
    """Who can put `code` right at the server `hostname` of `address`: in the DNS that is whose name it is."""
    fixer, domain = CAUSES[code].fixer, address.rpartition("@")[2]
    if fixer is Fixer.DNS and not f".{hostname}".endswith(f".{domain}"):
        return Fixer.PROVIDER
    return fixer


def failures_beyond_the_reader(
    test: ConnectionTest, found: Sequence[tuple[int, Finding]]
) -> dict[int, Finding]:
    """The first finding at which each service (its index) of a test failed, if others have to mend all.

    Empty where anything is left to the reader, and where it was the test that broke.
    """
    failures = [(index, finding) for index, finding in found if finding.status is Status.FAILED]
    beyond = all(CAUSES[finding.code].fixer in _THREE_SIDES for _index, finding in failures)
    if test.verdict != Verdict.FAILED or not beyond:
        return {}
    first: dict[int, Finding] = {}
    for index, finding in sorted(failures, key=lambda failure: failure[0]):
        first.setdefault(index, finding)
    return first


def _services(test: ConnectionTest, found: Sequence[tuple[int, Finding]]) -> list[_Service]:
    services = [
        _Service(direction, settings, {}, {})
        for direction, settings in zip(DIRECTIONS, test.planned(), strict=True)
    ]
    for place, (index, finding) in enumerate(found):
        services[index].findings[finding.step] = finding
        services[index].places[finding.step] = place
    return services


def _progress(test: ConnectionTest, services: list[_Service], waiting_before: int) -> str:
    """What happens at the moment."""
    if test.state == ConnectionTest.State.QUEUED and waiting_before:
        text = ngettext(
            "Waiting: %(count)s test is before yours…",
            "Waiting: %(count)s tests are before yours…",
            waiting_before,
        )
        return text % {"count": waiting_before}
    if test.state == ConnectionTest.State.QUEUED:
        return _("You’re next. Starting…")
    running = next(filter(None, (service.running_step for service in services)), None)
    return str(STEP_RUNNING[running]) if running else _("Summing up…")


def _apps(
    test: ConnectionTest, found: Sequence[Finding]
) -> tuple[tuple[AppRefusal, ...], tuple[AppRefusal, ...]]:
    """Of the app that the customer came with, and of the others; nothing before the test is over."""
    all_of_them = refusals(found) if is_over(test) else []
    own = tuple(refusal for refusal in all_of_them if refusal.slug == test.client)
    return own, tuple(refusal for refusal in all_of_them if refusal.slug != test.client)


# --- Lanes ---------------------------------------------------------------------------------------------


def _lane(test: ConnectionTest, service: _Service, numbers: dict[Code, int], *, seen: int) -> Lane:
    direction, settings, over = service.direction, service.settings, is_over(test)
    label = {"protocol": settings.type.upper(), "port": settings.port}
    state = _lane_state(service, over=over)
    steps = []
    for place, step in enumerate(service.steps, start=1):
        finding = service.findings.get(step)
        step_state = _step_state(test, service, step)
        steps.append(
            LaneStep(
                id=f"{direction.id}-{place}",
                place=place,
                state=step_state,
                word=str(_STEP_WORDS[step_state]),
                title=str(STEP_TITLES[step]),
                text=_step_text(settings, step, finding, step_state),
                time=_time(finding),
                fix=numbers.get(finding.code) if finding else None,
                new=service.places.get(step, 0) >= seen,
            )
        )
    return Lane(
        id=direction.id,
        title=str(direction.title),
        icon=direction.icon,
        hostname=settings.hostname,
        label=_SERVICE_LABELS[settings.socket_type] % label,
        state=state,
        state_label=_lane_label(test, service, state) if over else "",
        steps=tuple(steps),
    )


def _lane_label(test: ConnectionTest, service: _Service, state: State) -> str:
    failure = service.findings[service.failed_step] if service.failed_step else None
    if failure and fixer_of(failure.code, service.settings.hostname, test.address) in _OURS:
        return _("Our side")
    tried = service.signed_in and service.running_step is None and not service.lost_its_message
    if state == "ok" and not tried:
        return _("Works so far")
    return str(_LANE_LABELS[state])


def _lane_state(service: _Service, *, over: bool) -> State:
    statuses = {finding.status for finding in service.findings.values()}
    for status in (Status.FAILED, Status.WARNING):
        if status in statuses:
            return _STATES[status]
    if not over:
        return "run"
    return "ok" if Status.PASSED in statuses else "skip"


def _step_state(test: ConnectionTest, service: _Service, step: Step) -> State:
    if step in service.findings:
        return _STATES[service.findings[step].status]
    match test.state:
        case ConnectionTest.State.DONE:
            return "skip"
        case ConnectionTest.State.RUNNING if step is service.running_step:
            return "run"
        case _:
            return "wait"


def _step_text(settings: ServerSettings, step: Step, finding: Finding | None, state: State) -> str:
    if finding is None:
        return str(STEP_RUNNING[step] if state == "run" else STEP_HINTS.get(step, ""))
    if finding.status is Status.SKIPPED:
        return str(SKIPPED.get(finding.code, _STEP_WORDS["skip"]))
    if finding.status is Status.PASSED:
        return _passed_text(step, finding.evidence)
    return str(explain(finding.code, settings, finding.evidence).title)


def _passed_text(step: Step, evidence: dict[str, Any]) -> str:
    """One short line about what was found; evidence keys are those of `mailsetup.probes`."""
    if step is Step.DNS:
        return ", ".join(evidence.get("addresses", []))
    if step is Step.TLS and evidence.get("not_after"):
        return _("Certificate valid until %(date)s") % {"date": readable_date(evidence["not_after"])}
    if step is Step.CONNECT:
        return _how_it_answered(evidence)
    if step is Step.PUSH and evidence.get("announced"):
        return _("Push is on: it told of our test %(seconds)s s after it was sent") % {
            "seconds": _tenths(evidence["seconds"])
        }
    if step is Step.ARRIVE and "seconds" in evidence:
        return _arrived_text(evidence)
    # Some servers name IDLE only after the sign-in, so its absence here means nothing yet.
    if step is Step.CAPABILITIES and evidence.get("idle"):
        return _("It offers push (IDLE)")
    more_folders = evidence.get("folders", 1) - 1
    if step is Step.MAILBOX and more_folders > 0:
        text = ngettext("Inbox and %(count)s folder", "Inbox and %(count)s folders", more_folders)
        return text % {"count": more_folders}
    return str(STEP_PASSED.get(step, ""))


def _arrived_text(evidence: dict[str, Any]) -> str:
    """How long the message took to the inbox, and by how many servers it came."""
    values = {"seconds": _tenths(evidence["seconds"]), "count": len(evidence.get("hops", []))}
    if not values["count"]:
        return _("In your inbox after %(seconds)s s") % values
    text = ngettext(
        "In your inbox after %(seconds)s s, by %(count)s server",
        "In your inbox after %(seconds)s s, by %(count)s servers",
        len(evidence["hops"]),
    )
    return text % values


def _how_it_answered(evidence: Mapping[str, Any]) -> str:
    """Over which families of addresses, where the server has both."""
    families = {":" in address for address in evidence.get("tried", {})}
    if evidence.get("not_tested"):
        not_tested = {"family": ", ".join(evidence["not_tested"])}
        return _("The server answered; %(family)s not tested, as there is none here") % not_tested
    if len(families) > 1:
        return _("The server answered, over IPv4 and IPv6")
    return str(STEP_PASSED[Step.CONNECT])


def _time(finding: Finding | None) -> str:
    if finding is None or finding.ms is None:
        return ""
    if finding.ms < 1000:
        return _("%(ms)s ms") % {"ms": finding.ms}
    return _("%(seconds)s s") % {"seconds": _tenths(finding.ms / 1000)}


def _tenths(seconds: float) -> str:
    return number_format(round(seconds, 1), decimal_pos=1)


# --- Problems ------------------------------------------------------------------------------------------


def _problems(test: ConnectionTest, services: list[_Service], urls: ReportUrls) -> tuple[Problem, ...]:
    """One problem for each root cause, worst first; the same cause on both services is said once."""
    if not is_over(test) or Code.CANCELLED in test.causes:
        return ()
    if Code.LOST_RUN in test.causes:
        words = explain(Code.LOST_RUN, None, {})
        by = CAUSES[Code.LOST_RUN].fixer
        return (_problem(test, Code.LOST_RUN, words, urls, by=by, icons=("pulse",), severity="bad"),)
    problems = []
    for cause in causes_of(finding for service in services for finding in service.findings.values()):
        met = [
            (service, finding)
            for service in services
            for finding in service.findings.values()
            if finding.code is cause
        ]
        failed = any(finding.status is Status.FAILED for _service, finding in met)
        service, finding = met[0]
        words = explain(cause, service.settings, finding.evidence)
        icons = tuple(dict.fromkeys(service.direction.icon for service, _finding in met))
        also = _also_at([service.settings for service, _finding in met])
        words = replace(words, happened=f"{words.happened} {also}".strip())
        severity: State = "bad" if failed else "warn"
        by = fixer_of(cause, service.settings.hostname, test.address)
        # The words of the DNS speak to a customer whose name it is. What passes is tested again by anybody.
        if by is not CAUSES[cause].fixer and not CAUSES[cause].passing:
            words = replace(words, todo=OUR_SIDE)
        problem = _problem(test, cause, words, urls, by=by, icons=icons, severity=severity)
        problems.append(replace(problem, besides=_besides(cause, service.settings, finding.evidence)))
    return tuple(problems)


def _besides(
    cause: Code, service: ServerSettings, evidence: Mapping[str, Any]
) -> tuple[tuple[Code, str, str], ...]:
    """What else is wrong with a certificate: whoever mends the one should see the others."""
    codes = [Code(problem["code"]) for problem in evidence.get("problems", ())]
    others = [(code, explain(code, service, evidence)) for code in codes if code not in (cause, Code.UNKNOWN)]
    return tuple((code, str(words.title), str(words.staff)) for code, words in others)


def _also_at(met: Sequence[ServerSettings]) -> str:
    """A sentence that names the second service of a cause, where it is another one than the first."""
    first, last = met[0], met[-1]
    if (first.hostname, first.port) == (last.hostname, last.port):
        return ""
    where = {"hostname": last.hostname, "port": last.port}
    return _("It’s the same at %(hostname)s, port %(port)s.") % where


def _problem(
    test: ConnectionTest,
    code: Code,
    words: Explanation,
    urls: ReportUrls,
    *,
    by: Fixer,
    icons: tuple[str, ...],
    severity: State,
) -> Problem:
    number = _step_number(test, words.topic)
    sides, sides_label = _THREE_SIDES.get(by, ((), "")) if severity == "bad" else ((), "")
    return Problem(
        code=code,
        title=str(words.title),
        icons=icons,
        severity=severity,
        happened=str(words.happened),
        why=str(words.why),
        todo=str(words.todo),
        staff=str(words.staff),
        by=by,
        fixer=str(FIXER_LABELS[by]),
        fixer_icon=_FIXER_ICONS[by],
        passes=str(PASSES) if CAUSES[code].passing else "",
        who=str(FIXER_NAMES[by]),
        besides=(),
        sides=tuple((state, str(name)) for state, name in sides),
        sides_label=str(sides_label),
        links=tuple(
            (urls.places[place], str(_PLACES[place][0]), _PLACES[place][1])
            for place in words.places
            if urls.places.get(place)
        ),
        step_number=number,
        step_url=f"{urls.guide}?from={test.reference}#{words.topic}" if number else "",
    )


def _step_number(test: ConnectionTest, topic: str) -> int | None:
    """Where the guide of the app that was tested puts `topic` right; None without a guide or a topic."""
    guide = GUIDES.get(test.client)
    steps = outline_for(guide, Protocol(test.protocol), test.planned()) if guide else None
    return steps.number_of(topic) if steps else None


# --- The answer ----------------------------------------------------------------------------------------


def _answer(test: ConnectionTest, services: list[_Service], problems: tuple[Problem, ...]) -> tuple[str, str]:
    """The headline, and the sentence below it."""
    if not is_over(test):
        return _("Checking your mail…"), ""
    if test.verdict == Verdict.PASSED:
        return _everything_works(test, services)
    if Code.CANCELLED in test.causes:
        words = explain(Code.CANCELLED, None, {})
        left = str(MESSAGE_LEFT) if _may_have_left_its_message(services[1]) else ""
        return str(words.title), " ".join(filter(None, (str(words.happened), str(words.why), left)))
    if test.verdict == Verdict.NOT_RUN:
        return _("The test couldn’t run"), _("The problem is on our side. This says nothing about your mail.")
    if test.verdict == Verdict.WARNING and not all(service.signed_in for service in services):
        return _("It works up to the sign-in, with a limit"), problems[0].title
    if test.verdict == Verdict.WARNING:
        return _("Your mail works, with a limit"), problems[0].title
    stopping = [problem for problem in problems if problem.severity == "bad"]
    lede = [_how_far_it_came(service) for service in services]
    if all(problem.passes for problem in stopping):
        lede.append(f"{PASSES}.")
    return _whose_side(stopping), " ".join(lede)


def _may_have_left_its_message(sending: _Service) -> bool:
    """Whether the message of a stopped test was taken, and nobody saw it deleted."""
    sent, arrived = sending.findings.get(Step.SEND), sending.findings.get(Step.ARRIVE)
    removed = arrived is not None and bool(arrived.evidence.get("removed"))
    return sent is not None and sent.status is Status.PASSED and not removed


def _whose_side(stopping: Sequence[Problem]) -> str:
    """The reader's, if there is something that they can put right; else somebody else's."""
    sides = {problem.by for problem in stopping}
    if Fixer.CUSTOMER not in sides:
        return str(SIDES[sides.pop()]) if len(sides) == 1 else _("It’s not on your side")
    count = len(stopping)
    return ngettext("One thing to fix", "%(count)s things to fix", count) % {"count": count}


def _call(problems: tuple[Problem, ...], *, known: bool) -> Call:
    """What the reader can put right comes before the telephone; what nobody else can begins with it.

    What support has `known` already needs no call.
    """
    if not problems:
        return ""
    if any(problem.by is Fixer.CUSTOMER for problem in problems):
        return "afterwards"
    passes = all(problem.passes or problem.by is Fixer.US for problem in problems)
    if passes or known:
        return "if-it-stays"
    return "now" if any(problem.by is Fixer.PROVIDER for problem in problems) else "who-else"


def _everything_works(test: ConnectionTest, services: list[_Service]) -> tuple[str, str]:
    findings = [finding for service in services for finding in service.findings.values()]
    if not all(service.signed_in for service in services):
        unverified = any(finding.code is Code.UNVERIFIED for finding in findings)
        return _("Everything works up to the sign-in"), (
            _("We send no password over a connection we can’t verify.")
            if unverified
            else _("Test again with the password to check the rest.")
        )
    # A test that takes no time at all has not happened.
    seconds = _tenths(max(test.seconds or 0, 0.1))
    passed, skipped = (
        sum(finding.status is status for finding in findings) for status in (Status.PASSED, Status.SKIPPED)
    )
    values = {"passed": passed, "skipped": skipped, "seconds": seconds}
    if not skipped:
        lede = _("All %(passed)s checks passed in %(seconds)s seconds.") % values
    else:
        lede = ngettext(
            "%(passed)s checks passed in %(seconds)s seconds, %(skipped)s wasn’t made.",
            "%(passed)s checks passed in %(seconds)s seconds, %(skipped)s weren’t made.",
            skipped,
        )
        lede %= values
    return _("Everything works"), f"{lede} {_('You can close this page and use your mail.')}"


def _how_far_it_came(service: _Service) -> str:
    direction, failed = service.direction, service.failed_step
    if failed is not None:
        return direction.stopped % {"step": STEP_NAMES[failed]}
    if service.lost_its_message:
        return _("Sending accepted our test message, which may still arrive; the next test deletes it.")
    return str(direction.works if service.signed_in else direction.up_to_sign_in)


# --- For support ---------------------------------------------------------------------------------------


def way_of_message(found: Sequence[tuple[int, Finding]]) -> list[str]:
    """A line for each server that the test message came by, the first of them first; empty without one."""
    return [
        _hop(hop["seconds"], hop.get("by") or _("a server without a name"), first=number == 0)
        for _index, finding in found
        if finding.step is Step.ARRIVE
        for number, hop in enumerate(finding.evidence.get("hops", []))
    ]


def _hop(seconds: int | None, server: str, *, first: bool) -> str:
    if first:
        return _("%(server)s took it") % {"server": server}
    if seconds is None:
        return _("%(server)s, and one of the two clocks isn’t told") % {"server": server}
    if seconds < 0:
        text = _("%(server)s, %(seconds)s s earlier by its clock: the clocks of the two differ")
        return text % {"server": server, "seconds": -seconds}
    return _("%(server)s, %(seconds)s s later") % {"server": server, "seconds": seconds}
