"""A comparison as its page shows it: a headline, rows, what the message means, what the last test says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mailsetup.clientconfig import ClientConfig, SocketType
from mailsetup.comparison.explanations import (
    ENCRYPTION_SETTINGS,
    KEEP_ENCRYPTION,
    SETTING_NAMES,
    SETTINGS_IN_WORDS,
    WORDS,
    Text,
    Words,
    app_name,
    encryption_word,
)
from mailsetup.comparison.judgement import (
    AppValues,
    Encryption,
    Judgement,
    Setting,
    Value,
    judge,
    right_value,
)
from mailsetup.connection_tests.explanations import SIDES
from mailsetup.connection_tests.report import Problem, TestReport
from mailsetup.guides.clients import GUIDES, Guide, Message
from mailsetup.guides.outline import Outline, outline_for
from mailsetup.probes.findings import Fixer

State = Literal["ok", "warn", "bad"]

# A headline says it in a word, as people do.
_NUMBERS: dict[int, Text] = {
    2: gettext_lazy("Two"),
    3: gettext_lazy("Three"),
    4: gettext_lazy("Four"),
    5: gettext_lazy("Five"),
    6: gettext_lazy("Six"),
    7: gettext_lazy("Seven"),
    8: gettext_lazy("Eight"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One setting. `theirs` is empty where it isn't filled in; `code`: the values are typed as they are."""

    name: str
    state: State
    theirs: str
    right: str
    code: bool
    step_number: int | None
    step_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageMeaning:
    """What the app's message means. `other_app`: the app that we know it from, if it isn't the chosen one."""

    text: str
    known: bool
    paragraphs: tuple[str, ...] = ()
    other_app: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestAnswer:
    """What the last test of this address says about it."""

    sentence: str
    state: State
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTest:
    """The newest test of the address that is over: its report, when it was, and where its page is.

    `time` is `when` within a sentence. `current`: what it met is most likely still there.
    """

    report: TestReport
    when: str
    time: str
    current: bool
    url: str

    def met(self, words: Words | None) -> Problem | None:
        """The problem that an app would say the same of."""
        same = (problem for problem in self.report.problems if words and problem.code in words.codes)
        return next(same, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonReport:
    """All that the page says.

    `step_url` leads to the first thing to do and is empty where no step of a guide helps. `checks`: the rows
    are what to look at, because nothing was filled in. `password`: it may be the password. `unsafe`: what is
    right here isn't encrypted.
    """

    state: State
    headline: str
    lede: str
    caption: str
    rows: tuple[Row, ...]
    checks: bool
    not_compared: str
    step_number: int | None
    step_url: str
    meaning: MessageMeaning | None
    test: TestAnswer | None
    password: bool
    unsafe: bool


def report_of(
    values: AppValues,
    text: str,
    message: Message | None,
    *,
    guide: Guide,
    config: ClientConfig,
    guide_url: str,
    last_test: LastTest | None = None,
) -> ComparisonReport:
    """The report on what somebody has filled in and pasted; `message` is what was recognised in `text`.

    `config` is what the guide says of the address; `guide_url` is empty where there are no steps.
    """
    judged = judge(values, config)
    words = WORDS[message.meaning] if message else None
    page = _Page(guide, judged.settings, guide_url)
    differing = judged.differing
    # What differs is to be changed first, whatever a test has met.
    fault = _fault(last_test, words) if last_test and not differing else None
    checks = _to_check(message) if message and not judged.rows and fault is None else ()
    rows = _rows(judged, page) if judged.rows else tuple(page.row(setting) for setting in checks)
    steps = _steps(rows)
    headline, lede = _headline(judged, words), _lede(judged, words, steps)
    if fault and (fault.current or not judged.rows):
        headline, lede = fault.headline, fault.lede
    return ComparisonReport(
        state="ok" if judged.rows and not differing and not fault else "warn",
        headline=headline,
        lede=lede,
        caption=f"{capfirst(app_name(guide))}, {config.protocol.upper()}",
        rows=rows,
        checks=bool(checks),
        not_compared=_not_compared(judged) if not differing else "",
        step_number=steps[0][0] if steps else None,
        step_url=steps[0][1] if steps else "",
        meaning=_meaning(text, message, judged, guide, fault) if text else None,
        test=_test_answer(last_test, words, fault) if last_test else None,
        password=words is not None and words.password and not differing,
        unsafe=not (judged.settings.incoming.encrypted and judged.settings.outgoing.encrypted),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """What rows need: the app, the right settings, and where its guide is."""

    guide: Guide
    settings: ClientConfig
    guide_url: str

    @property
    def known(self) -> Outline | None:
        """The steps of the guide for these settings."""
        services = (self.settings.incoming, self.settings.outgoing)
        return outline_for(self.guide, self.settings.protocol, services) if self.guide_url else None

    def row(self, setting: Setting, theirs: Value | None = None, *, same: bool = False) -> Row:
        number, url = self._step_of(setting)
        right = right_value(setting, self.settings)
        return Row(
            name=str(SETTING_NAMES[setting]),
            state="ok" if same else "bad",
            theirs="" if theirs is None else self._words(theirs),
            right=self._words(right),
            code=setting.value.endswith(("_server", "_port", "_name")),
            step_number=None if same else number,
            step_url="" if same else url,
        )

    def _words(self, value: Value) -> str:
        if isinstance(value, Encryption | SocketType):
            return encryption_word(value, self.guide)
        if isinstance(value, bool):
            return _("On") if value else _("Off")
        return str(value)

    def _step_of(self, setting: Setting) -> tuple[int | None, str]:
        """The step where the setting is put right; arriving there, the page says who sent one."""
        steps = self.known
        for topic in setting.topics if steps else ():
            number = steps.number_of(topic) if steps else None
            if number:
                return number, f"{self.guide_url}?from=comparison#{topic}"
        return None, ""


def _rows(judged: Judgement, page: _Page) -> tuple[Row, ...]:
    """What differs comes first, each in the order of the form."""
    ordered = sorted(judged.rows, key=lambda row: row.same)
    return tuple(page.row(row.setting, row.theirs, same=row.same) for row in ordered)


def _steps(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """The steps that `rows` lead to, once each, though one may be reached by several names."""
    steps: dict[int, str] = {}
    for row in rows:
        if row.step_number is not None:
            steps.setdefault(row.step_number, row.step_url)
    return list(steps.items())


def _to_check(message: Message) -> tuple[Setting, ...]:
    """The settings that such a message comes from, of the direction that it speaks of."""
    return tuple(setting for setting in WORDS[message.meaning].settings if _is_about(message, setting))


def _headline(judged: Judgement, words: Words | None) -> str:
    count = len(judged.differing)
    if count:
        text = ngettext("One setting to change", "%(number)s settings to change", count)
        return text % {"number": _NUMBERS.get(count, count)}
    if judged.rows:
        return _("These settings are right")
    return str(words.title) if words else _("We don’t know this message")


def _lede(judged: Judgement, words: Words | None, steps: Sequence[tuple[int, str]]) -> str:
    if judged.differing:
        may_be_right = words is not None and words.password
        sentences = [_where(judged, steps), _("Your password may well be right.") if may_be_right else ""]
        return " ".join(filter(None, sentences))
    if judged.other_way:
        return _("It isn’t what your guide says, but another way that works just as well.")
    if judged.rows:
        return _("What you’ve filled in is as it should be.")
    if words is not None:
        return str(words.hint)
    return _(
        "Fill in the settings that your app has, and we’ll compare them. Or run our test: it says where it "
        "stops and why."
    )


def _where(judged: Judgement, steps: Sequence[tuple[int, str]]) -> str:
    """In which step all of it is put right, if it is one."""
    if len(steps) != 1:
        return _("Each row leads to its step.") if steps else ""
    match len(judged.differing):
        case 1:
            text = _("It’s in step %(number)s of your guide.")
        case 2:
            text = _("Both are in step %(number)s of your guide.")
        case _more:
            text = _("All of them are in step %(number)s of your guide.")
    return text % {"number": steps[0][0]}


def _fit(judged: Judgement, message: Message) -> list[Setting]:
    """The differing settings that such a message may come from."""
    words = WORDS[message.meaning]
    # To an app, a wrong port or server is often one more sign-in that didn't work.
    explained = set(Setting) if words.password else set(words.settings)
    differing = {row.setting for row in judged.differing}
    return [
        setting for setting in Setting if setting in explained & differing and _is_about(message, setting)
    ]


def _is_about(message: Message, setting: Setting) -> bool:
    return not message.side or setting.side in ("", message.side)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What our test has met as well and others have to mend; if it isn't `current`, it may be mended."""

    headline: str
    lede: str
    current: bool


def _fault(last: LastTest, words: Words | None) -> _Fault | None:
    met = last.met(words)
    if met is None or met.by is Fixer.CUSTOMER:
        return None
    ours, time = met.by in (Fixer.PROVIDER, Fixer.US), {"time": last.time}
    if last.current:
        headline = _("It’s on our side") if ours else str(SIDES[met.by])
        lede = _("Our test met the same at %(time)s. There’s nothing to change in your app.")
    else:
        headline = _("At %(time)s it was on our side") if ours else _("At %(time)s it wasn’t your app")
        headline %= time
        lede = _("Our test met the same then, and it may be put right by now. Test again.")
    return _Fault(headline, lede % time, last.current)


def _meaning(
    text: str, message: Message | None, judged: Judgement, guide: Guide, fault: _Fault | None
) -> MessageMeaning:
    if message is None:
        return MessageMeaning(text=text, known=False)
    words, app = WORDS[message.meaning], {"app": app_name(guide)}
    fitting = _fit(judged, message)
    warning = str(words.warning)
    if set(fitting) & set(ENCRYPTION_SETTINGS):
        warning = warning or str(KEEP_ENCRYPTION)
    if fitting:
        settings = ", ".join(str(SETTINGS_IN_WORDS[setting]) for setting in fitting)
        advice = _("That fits what differs: %(settings)s. Once that’s right, the message should go away.")
        advice %= {"settings": settings}
    else:
        advice = str(words.todo).format_map(app)
    says = str(words.says).format_map(app)
    if fault and fault.current and words.settings:
        says = _("Often it comes of a setting. Not now: our test has the right ones and met the same.")
        advice = ""
    elif fault and words.settings:
        advice = " ".join((_("Test again before you change anything. If the test passes:"), advice))
    known_from = [each.name for each in GUIDES.values() if message in each.says]
    is_its_own = message in guide.says or guide is GUIDES["other"] or not known_from
    paragraphs = (says, " ".join(filter(None, (advice, warning))))
    return MessageMeaning(
        text=text,
        known=True,
        paragraphs=tuple(capfirst(each) for each in paragraphs if each),
        other_app="" if is_its_own else known_from[0],
    )


def _not_compared(judged: Judgement) -> str:
    if not judged.rows:
        return ""
    return ", ".join(str(SETTING_NAMES[setting]) for setting in judged.not_filled_in)


def _test_answer(last: LastTest, words: Words | None, fault: _Fault | None) -> TestAnswer | None:
    """Whether our test has met the same, something else, or nothing at all; None: it says nothing."""
    report, when, met = last.report, {"when": last.when}, last.met(words)
    if met:
        sentence = _("Your test found the same (%(when)s): “%(title)s”.") % {**when, "title": met.title}
        # Where others had to mend it, but it's long ago or something differs: not “nothing to change”.
        if met.by is Fixer.CUSTOMER or (fault and fault.current):
            sentence = f"{sentence} {met.todo}"
        return TestAnswer(sentence=sentence, state="bad", url=last.url)
    if report.state == "bad":
        # Without a message that we know, nobody can say whether it's the same.
        text = (
            _("Your last test (%(when)s) stopped at something else: “%(title)s”.")
            if words
            else _("Your last test (%(when)s) found this: “%(title)s”.")
        )
        title = report.problems[0].title if report.problems else report.headline
        return TestAnswer(sentence=text % {**when, "title": title}, state="bad", url=last.url)
    if report.state not in ("ok", "warn"):
        return None
    if report.signed_in:
        text = _(
            "Your last test (%(when)s) got in, with the settings that your guide says and the password "
            "that you typed there. So the server is fine: it’s something that your app has differently."
        )
    else:
        text = _(
            "Your last test (%(when)s) reached our servers and went up to the sign-in, so they are fine. "
            "It didn’t try a password."
        )
    return TestAnswer(sentence=text % when, state="ok", url=last.url)


def often_said(guide: Guide, limit: int) -> list[Mapping[str, str]]:
    """The messages of an app that people meet most often, one of each meaning, with a word on each."""
    first = {message.meaning: message for message in reversed(guide.says)}
    ordered = sorted(first.values(), key=guide.says.index)
    return [{"text": message.text, "hint": str(WORDS[message.meaning].hint)} for message in ordered[:limit]]
