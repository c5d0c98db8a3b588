"""Looks at one server, from a claim to its rows; at those somebody waits for, or that staff want tried."""

import asyncio
from datetime import datetime

from mailsetup.connection_tests.runner import vantage
from mailsetup.probes.findings import Status
from mailsetup.probes.look import look
from mailsetup.watch import notices, selectors, services
from mailsetup.watch.models import Trial
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


def look_for_notices(claimed_at: datetime) -> None:
    """Look once at each service of the notices that were taken then, and tell those whose services answer.

    Takes `probe_overall_seconds` at most, whatever the servers do.
    """
    waiting = selectors.claimed_notices(claimed_at)
    wanted = list(
        dict.fromkeys(service for each in waiting for service in selectors.failed_services(each.test))
    )
    reports = asyncio.run(look(wanted, vantage()))
    well = {
        service
        for service, report in zip(wanted, reports, strict=True)
        if all(step.status is not Status.FAILED for step in report.steps)
    }
    notices.give(claimed_at, well)


def try_rows(trial: Trial) -> None:
    """Look at the rows of `trial`; takes as long as a check at most."""
    services.record_trial(trial, asyncio.run(look(trial.planned(), vantage())))
