"""IPv4 and IPv6 beside each other: how far each came in a test, and what follows from that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mailsetup.connection_tests.explanations import explain
from mailsetup.connection_tests.report import State
from mailsetup.probes.findings import CAUSES, Code, Finding, Fixer, Status, Step

_FAMILIES = ("IPv4", "IPv6")
Findings = Mapping[Step, Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How one thing went, in words; `code` is empty where it went well."""

    state: State
    title: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedAddress:
    """One address; `encryption` is None where it was not tried over this one."""

    address: str
    connection: Mark
    time: str
    encryption: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FamiliesOfService:
    """What was tried of one service: the addresses of each family, IPv4 first, and what follows."""

    title: str
    tried: tuple[tuple[TriedAddress, ...], ...]
    judgement: str


def families_of(title: str, findings: Findings) -> FamiliesOfService | None:
    """`findings` are those of the service that is called `title`; None before it was connected to."""
    connect = findings.get(Step.CONNECT)
    tried = connect.evidence.get("tried") if connect else None
    if not tried:
        return None
    return FamiliesOfService(
        title=title,
        tried=tuple(
            tuple(_tried(address, findings) for address in tried if _family(address) == family)
            for family in _FAMILIES
        ),
        judgement=judge(findings),
    )


def _tried(address: str, findings: Findings) -> TriedAddress:
    evidence = findings[Step.CONNECT].evidence
    outcome, encryption = Code(evidence["tried"][address]), _encryption(findings).get(address)
    milliseconds = evidence.get("took_ms", {}).get(address) if outcome is Code.OK else None
    return TriedAddress(
        address=address,
        connection=_connection(outcome),
        time="" if milliseconds is None else _("%(ms)s ms") % {"ms": milliseconds},
        encryption=None if encryption is None else _mark(encryption, _("Encryption")),
    )


def judgements(services: Sequence[FamiliesOfService]) -> list[str]:
    """What follows, said once where it is the same for all of `services`."""
    said = {service.judgement for service in services}
    if len(said) == 1:
        return list(said)
    return [f"{service.title}: {service.judgement}" for service in services]


def judge(findings: Findings) -> str:
    """What follows from how far the two families of addresses came at one service."""
    connect = findings[Step.CONNECT].evidence
    outcomes = {
        family: {Code(code) for address, code in connect["tried"].items() if _family(address) == family}
        for family in _FAMILIES
    }
    connects = [family for family in _FAMILIES if Code.OK in outcomes[family]]
    if len(connects) == 2:
        return f"{_both_connect(findings)} {_who_uses_which(connect)}".strip()
    absent = [family for family in _FAMILIES if not outcomes[family]]
    untested = [family for family in _FAMILIES if outcomes[family] == {Code.NOT_TESTABLE_HERE}]
    failing = [family for family in _FAMILIES if family not in (*connects, *absent, *untested)]
    if connects and failing:
        return _one_of_two(connects[0], failing[0])
    if connects and absent:
        return _there_is_one(connects[0])
    if len(failing) == 2:
        return _("Neither connects, so it doesn’t matter which of them an app uses.")
    said = [_("No %(family)s address was found.") % {"family": family} for family in absent]
    said += [
        _("%(family)s was not tested: there is none where the test ran.") % {"family": family}
        for family in untested
    ]
    said += [_("%(family)s connects.") % {"family": family} for family in connects]
    said += [_("%(family)s doesn’t connect.") % {"family": family} for family in failing]
    return " ".join(said)


def _both_connect(findings: Findings) -> str:
    """The same answer only where encryption fails alike: what comes after it is asked over one of the two."""
    encryption = {_family(address): code for address, code in _encryption(findings).items()}
    if len(encryption) < 2:
        return _("Both connect; encryption was not tried over both.")
    well = [family for family in _FAMILIES if encryption[family] is Code.OK]
    if len(well) == 2:
        text = _("Encryption works over both; the rest was asked over %(family)s only.")
        return text % {"family": _family(findings[Step.CONNECT].evidence["address"])}
    if len(well) == 1:
        (bad,) = set(_FAMILIES) - set(well)
        text = _("Encryption works over %(well)s and not over %(bad)s: the two aren’t set up alike.")
        return text % {"well": well[0], "bad": bad}
    if encryption["IPv4"] is not encryption["IPv6"]:
        return _("Both connect, and encryption fails in two ways: the two aren’t set up alike.")
    if CAUSES[encryption["IPv4"]].fixer in (Fixer.CUSTOMER, Fixer.PROVIDER):
        return _("Both give the same answer, so the network isn’t the cause.")
    return _("Both give the same answer.")


def _who_uses_which(connect: Mapping[str, Any]) -> str:
    """What an app gets that tries both (RFC 8305), as the probe worked it out."""
    family = connect.get("app_gets", {}).get("family")
    return _("Most apps would use %(family)s here.") % {"family": family} if family else ""


def _one_of_two(connects: str, fails: str) -> str:
    if connects == "IPv4":
        return _(
            "Only IPv4 connects. Most apps try IPv6 first, lose a moment and use IPv4; "
            "whoever has IPv6 alone can’t connect."
        )
    text = _("Only %(connects)s connects, so whoever has %(fails)s alone can’t connect.")
    return text % {"connects": connects, "fails": fails}


def _there_is_one(family: str) -> str:
    if family == "IPv4":
        return _("No IPv6 address was found, so every app uses IPv4.")
    return _("No IPv4 address was found, so whoever has IPv4 alone can’t connect.")


def _encryption(findings: Findings) -> dict[str, Code]:
    """What came of encryption at each address at which it was tried to the end."""
    tls, connect = findings.get(Step.TLS), findings[Step.CONNECT].evidence
    if tls is None or tls.status is Status.SKIPPED or "address" not in connect:
        return {}
    # A warning there is about something else, such as the other family, and a command smuggled in before
    # encryption is tried over the one address alone.
    apart = tls.status is not Status.FAILED or tls.code is Code.STARTTLS_COMMAND_INJECTION
    own = Code.OK if apart else tls.code
    other = tls.evidence.get("other_family")
    return {connect["address"]: own} | ({other["address"]: Code(other["code"])} if other else {})


def _connection(outcome: Code) -> Mark:
    if outcome is Code.NOT_TESTABLE_HERE:
        return Mark(state="skip", title=_("Not tested from here"), code=outcome.value)
    return _mark(outcome, _("Connects"))


def _mark(outcome: Code, well: str) -> Mark:
    if outcome is Code.OK:
        return Mark(state="ok", title=well, code="")
    return Mark(state="bad", title=str(explain(outcome, None, {}).title), code=outcome.value)


def _family(address: str) -> str:
    return "IPv6" if ":" in address else "IPv4"
