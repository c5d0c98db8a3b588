"""Every cause is provoked, named at its step, shown first, and documented; none is missing on any side."""

import base64
import re
import ssl
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mailsetup.connection_tests.explanations import EXPLANATIONS
from mailsetup.probes.findings import CAUSES, SKIP_REASONS, Code, Status, Step, causes_of
from tests.architecture.rooms import ROOT
from tests.faults import ADDRESS, PASSWORD, Authority, ServerThread
from tests.probes.planted import ELSEWHERE, PLANTED, Planted
from tests.probes.prober import Prober
from tests.probes.stage import OTHER_HOST, Stage

ALL_CAUSES = [code for code in Code if code not in SKIP_REASONS | {Code.OK}]
AFTER_PASSWORD = (Step.SIGN_IN, Step.MAILBOX, Step.PUSH, Step.SEND, Step.ARRIVE)
# Refused by what the server offers, so that it never gets the password.
BY_OFFER = {Code.NO_USABLE_MECH, Code.AUTH_NOT_OFFERED, Code.IMAP_LOGINDISABLED}
SECRETS = [
    PASSWORD.encode(),
    base64.b64encode(PASSWORD.encode()),
    base64.b64encode(f"\0{ADDRESS}\0{PASSWORD}".encode()),
]


@pytest.fixture(scope="module")
def other_tls(authority: Authority) -> ssl.SSLContext:
    return authority.good(OTHER_HOST)


@pytest.fixture
def stage(
    prober: Prober,
    servers: ServerThread,
    authority: Authority,
    other_tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    with ExitStack() as running:
        yield Stage(prober, other_tls, servers, authority, monkeypatch, running)


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: f"{fault.code}: {fault.how}")
def test_a_planted_fault_is_named(stage: Stage, fault: Planted) -> None:
    shown = fault.plant(stage)

    cause = CAUSES[fault.code]
    found = [step for step in shown.reports[shown.faulty].steps if step.code is fault.code]
    assert found, [step for step in shown.findings if step.status is not Status.PASSED]
    assert {step.step for step in found} <= set(cause.steps)
    assert {step.status for step in found} <= set(cause.severities)
    assert causes_of(shown.findings)[0] is fault.code, "the root cause is shown first"
    # One failure at most for each service: nothing is tried after it.
    for report in shown.reports:
        assert sum(step.status is Status.FAILED for step in report.steps) <= 1
    other = shown.reports[1 - shown.faulty]
    assert not [step for step in other.steps if step.status is Status.FAILED], "the other service works"

    failed = Status.FAILED in {step.status for step in found}
    before = failed and (found[0].step not in AFTER_PASSWORD or fault.code in BY_OFFER)
    if before:
        assert not [secret for secret in SECRETS if secret in shown.sent]
        assert stage.maildrop.attempts == []


def test_every_cause_is_provoked_has_its_facts_and_its_words() -> None:
    assert list(CAUSES) == ALL_CAUSES, "in the same order"
    assert set(EXPLANATIONS) == set(ALL_CAUSES)
    provoked = {fault.code for fault in PLANTED}
    assert provoked | set(ELSEWHERE) == set(ALL_CAUSES)
    assert not provoked & set(ELSEWHERE)
    for _how, test in ELSEWHERE.values():
        assert (ROOT / test).is_file()


def test_every_cause_is_documented_as_it_is() -> None:
    page = (ROOT / "docs/causes.md").read_text(encoding="utf-8").partition("## Apps that refuse")[0]
    assert re.findall(r"^\| `[a-z0-9_]+` \|.*$", page, re.MULTILINE) == rows()


def rows() -> list[str]:
    """The table of docs/causes.md."""
    ways: dict[Code, list[str]] = {code: [] for code in ALL_CAUSES}
    for fault in PLANTED:
        ways[fault.code].append(fault.how)
    for code, (how, test) in ELSEWHERE.items():
        ways[code].append(f"{how} (`{test}`)")
    return [
        f"| `{code}` | {_steps(code)} | {' or '.join(CAUSES[code].severities)} | "
        f"{CAUSES[code].fixer} | {'passes' if CAUSES[code].passing else 'stays'} | "
        f"{'; '.join(ways[code])} |"
        for code in ALL_CAUSES
    ]


def _steps(code: Code) -> str:
    steps = CAUSES[code].steps
    return "any" if steps == tuple(Step) else ", ".join(steps) or "–"
