"""What a probe may find. Codes only: `connection_tests.explanations` turns them into sentences for people.

Everybody may come in; nothing here opens a socket or loads what does.
"""

from mailsetup.probes.findings.causes import CAUSES, Cause, Fixer
from mailsetup.probes.findings.codes import REFUSED_CREDENTIALS, SKIP_REASONS, Code, gravity
from mailsetup.probes.findings.reports import ServiceReport, Verdict, causes_of, verdict_of
from mailsetup.probes.findings.steps import PLANNED_STEPS, Finding, Status, Step, steps_of
from mailsetup.probes.findings.transcript import Side, TranscriptLine

__all__ = [
    "CAUSES",
    "PLANNED_STEPS",
    "REFUSED_CREDENTIALS",
    "SKIP_REASONS",
    "Cause",
    "Code",
    "Finding",
    "Fixer",
    "ServiceReport",
    "Side",
    "Status",
    "Step",
    "TranscriptLine",
    "Verdict",
    "causes_of",
    "gravity",
    "steps_of",
    "verdict_of",
]
