"""Which apps won't have a server's encryption although our test has it: what each does, and what then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailsetup.connection_tests.explanations.base import Text
from mailsetup.guides.clients import GUIDES, Guide, Refusal, ServerTrait
from mailsetup.probes.findings import Code, Finding, Step

# Apple's own, for certificates that were issued from that day on (article 103769).
_LONG_LIVED_DAYS = 825
_LONG_LIVED_SINCE = date(2019, 7, 1)

_REASONS: dict[ServerTrait, Text] = {
    ServerTrait.NO_REVOCATION_LIST: gettext_lazy(
        "The server’s certificate doesn’t say where a list of withdrawn ones is, and the app wants one."
    ),
    ServerTrait.OLD_TLS_ONLY: gettext_lazy("The server only knows outdated encryption."),
    ServerTrait.NEW_TLS_ONLY: gettext_lazy(
        "The server only takes today’s encryption, as it should, and the app may know an older kind alone."
    ),
    ServerTrait.LONG_LIVED: gettext_lazy("The server’s certificate lasts longer than the app allows."),
    ServerTrait.NOT_FOR_SERVERS: gettext_lazy("The certificate doesn’t say that it’s made for servers."),
}
_RENEW = gettext_lazy("Give support the reference, so that we can renew the certificate.")
_TODO: dict[ServerTrait, Text] = {
    ServerTrait.NO_REVOCATION_LIST: gettext_lazy(
        "Your settings are right. If it warns or refuses, don’t switch the check off: use %(instead)s."
    ),
    ServerTrait.OLD_TLS_ONLY: gettext_lazy("Give support the reference, so that we can renew the server."),
    ServerTrait.NEW_TLS_ONLY: gettext_lazy(
        "If it can’t connect, update Windows, or use %(instead)s. Your settings are right."
    ),
    ServerTrait.LONG_LIVED: _RENEW,
    ServerTrait.NOT_FOR_SERVERS: _RENEW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRefusal:
    """One app that refuses a server, or may.

    `everywhere`: not on some system alone. `evidence` says where we know it from, and is for support.
    """

    slug: str
    trait: ServerTrait
    sure: bool
    everywhere: bool
    title: str
    reason: str
    todo: str
    evidence: str


def refusals(findings: Iterable[Finding]) -> list[AppRefusal]:
    """Each app once for each reason, those that people use most first."""
    traits = {trait for finding in findings if finding.step is Step.TLS for trait in _traits(finding)}
    return [
        _explain(guide, refusal)
        for guide in GUIDES.values()
        for refusal in guide.refuses
        if refusal.trait in traits
    ]


def _traits(finding: Finding) -> set[ServerTrait]:
    """What the encryption of a service is like, as far as that was seen."""
    evidence = finding.evidence
    found = {
        ServerTrait.NO_REVOCATION_LIST: evidence.get("revocation_list") is False,
        ServerTrait.OLD_TLS_ONLY: finding.code is Code.TLS_OLD_ONLY,
        ServerTrait.NEW_TLS_ONLY: evidence.get("old_tls") is False,
        ServerTrait.LONG_LIVED: _is_long_lived(evidence),
        ServerTrait.NOT_FOR_SERVERS: evidence.get("for_servers") is False,
    }
    return {trait for trait, is_so in found.items() if is_so}


def _is_long_lived(evidence: Mapping[str, Any]) -> bool:
    issued = evidence.get("issued")
    return (
        issued is not None
        and date.fromisoformat(issued) >= _LONG_LIVED_SINCE
        and evidence.get("valid_days", 0) > _LONG_LIVED_DAYS
    )


def _explain(guide: Guide, refusal: Refusal) -> AppRefusal:
    app = _("%(app)s on %(system)s") % {"app": guide.name, "system": refusal.on} if refusal.on else guide.name
    title = _("%(app)s refuses this server") if refusal.sure else _("%(app)s may refuse this server")
    instead = GUIDES[guide.instead].name if guide.instead else _("another app")
    return AppRefusal(
        slug=guide.slug,
        trait=refusal.trait,
        sure=refusal.sure,
        everywhere=not refusal.on,
        title=title % {"app": app},
        reason=str(_REASONS[refusal.trait]),
        todo=str(_TODO[refusal.trait]) % {"instead": instead},
        evidence=refusal.evidence,
    )
