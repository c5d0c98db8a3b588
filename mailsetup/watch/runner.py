"""Looks at one server: from a claim to its rows."""

import asyncio

from mailsetup.connection_tests.runner import vantage
from mailsetup.probes.look import look
from mailsetup.watch import selectors, services
from mailsetup.watch.services import Claim


def check(claim: Claim) -> None:
    """Look at the server of `claim`, unless that was done or somebody else does it.

    Takes `probe_overall_seconds` at most, whatever the server does.
    """
    if not services.is_open(claim):
        return
    targets = selectors.targets_of(claim.server_id)
    reports = asyncio.run(look([target.service for target in targets], vantage()))
    services.record_check(claim, list(zip(targets, reports, strict=True)))
