"""Writes: a worker takes a server, keeps what it saw, and notes what has changed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import counting
from accounts.models import User
from mailsetup.clientconfig import Address, ServerSettings
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Server
from mailsetup.probes.findings import Code, Finding, ServiceReport, Status, Step
from mailsetup.watch import selectors
from mailsetup.watch.models import RecoveryNotice, Trial, WatchCheck, WatchedServer, WatchedService, WatchFlip
from mailsetup.watch.selectors import Target


class TooManyNotices(RuntimeError):
    """The person, or their customer's people together, wait for as many servers as may be."""


class RecipientHasEnough(RuntimeError):
    """As many of these mails wait for this mailbox, or went there within a day, as may, whoever asked."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to look at a server, until somebody else has it."""

    server_id: int
    at: datetime


def claim_due() -> list[Claim]:
    """Take the servers that are due, as far as there is room; no other worker gets the same ones.

    Each is due again soon, in case that its worker dies; a check that ends sets it to a later time.
    """
    now = timezone.now()
    if not settings.WATCH.watch_interval_minutes:
        return []
    _begin_with_new_servers(now)
    if not selectors.due(now).exists():
        return []
    with transaction.atomic():
        # Two workers count one after the other. SQLite has one writer anyway.
        list(WatchedServer.objects.select_for_update().order_by("pk"))
        room = settings.WATCH.watch_running_limit - selectors.running(now).count()
        claims = [Claim(pk, now) for pk in selectors.due(now).values_list("pk", flat=True)[: max(0, room)]]
        taken = WatchedServer.objects.filter(pk__in=[claim.server_id for claim in claims])
        taken.update(claimed_at=now, due_at=now + _until_next(again=True))
    return claims


def _begin_with_new_servers(now: datetime) -> None:
    new = selectors.in_use().filter(watch=None)
    WatchedServer.objects.bulk_create(
        (WatchedServer(server=each, due_at=now) for each in new), ignore_conflicts=True
    )


def _until_next(*, again: bool) -> timedelta:
    """How long until the next check; `again`: this one has not decided anything."""
    limits = settings.WATCH
    soon = min(limits.watch_recheck_minutes, limits.watch_interval_minutes)
    return timedelta(minutes=soon if again else limits.watch_interval_minutes)


def check_soon() -> None:
    """Let all servers be due, each once the workers have room for it."""
    WatchedServer.objects.update(due_at=timezone.now())


def begin_trial(
    user: User, server: Server | None, rows: Sequence[ServerSettings], form: Sequence[tuple[str, str]]
) -> Trial:
    """Note the `rows` that `user` wants tried, in place of the last ones; `form` is what they typed."""
    tried = rows[: settings.WATCH.watch_trial_rows_limit]
    values = {
        "server": server,
        "form": list(form),
        "services": [row.as_dict() for row in tried],
        "reports": None if tried else [],
        "started_at": timezone.now(),
    }
    return Trial.objects.update_or_create(user=user, defaults=values)[0]


def record_trial(trial: Trial, reports: Sequence[ServiceReport]) -> None:
    """Keep what was seen, unless others have been begun since."""
    steps = [[step.as_dict() for step in report.steps] for report in reports]
    Trial.objects.filter(pk=trial.pk, started_at=trial.started_at).update(reports=steps)


def is_open(claim: Claim) -> bool:
    """Whether the claim still holds and nobody has done its work: a task may come late, or twice."""
    return _rows_of(claim).exists()


def _rows_of(claim: Claim) -> QuerySet[WatchedServer]:
    open_rows = WatchedServer.objects.filter(pk=claim.server_id, claimed_at=claim.at)
    return open_rows.exclude(checked_at__gte=claim.at)


@transaction.atomic
def record_check(claim: Claim, seen: Sequence[tuple[Target, ServiceReport]]) -> None:
    """Keep the state of each service of a server, and what has changed.

    A service fails when two checks in a row failed, and works when one passed.
    """
    watched = _rows_of(claim).select_for_update().first()
    if watched is None:
        return
    now = timezone.now()
    rows = [_row_of(claim.server_id, target) for target, _report in seen]
    WatchedService.objects.filter(server=claim.server_id).exclude(pk__in=[row.pk for row in rows]).delete()
    flips: list[WatchFlip] = []
    results: set[Status] = set()
    for row, (_target, report) in zip(rows, seen, strict=True):
        decisive = _decisive(report)
        if decisive.code is Code.NOT_TESTABLE_HERE:
            # The fault is on our side, so nothing is known about theirs.
            continue
        results.add(decisive.status)
        flips.extend(_apply(row, decisive, report, now))
        row.save()
    if results:
        passed = Status.FAILED not in results
        WatchCheck.objects.create(server_id=claim.server_id, checked_at=now, passed=passed)
    watched.checked_at = now
    watched.due_at = claim.at + _until_next(again=any(row.suspected for row in rows))
    watched.save()
    WatchFlip.objects.bulk_create(flips)


def take_untold() -> list[WatchFlip]:
    """What staff have not been told, as told from now on; nothing where they were told something just now.

    To be called within a transaction, in which they are told. Two workers never get the same.
    """
    untold = WatchFlip.objects.filter(told_at=None)
    if not untold.exists():
        return []
    now = timezone.now()
    flips = list(
        untold.select_for_update(of=("self",)).select_related("server").order_by("happened_at", "pk")
    )
    just_now = now - timedelta(minutes=settings.WATCH.watch_mail_minutes)
    if WatchFlip.objects.filter(told_at__gt=just_now).exists():
        return []
    WatchFlip.objects.filter(pk__in=[flip.pk for flip in flips]).update(told_at=now)
    return flips


def _row_of(server_id: int, target: Target) -> WatchedService:
    service = target.service
    row, _created = WatchedService.objects.update_or_create(
        server_id=server_id,
        type=service.type.value,
        pattern=target.pattern,
        port=service.port,
        socket_type=service.socket_type.value,
        defaults={"hostname": service.hostname, "domain": target.domain},
    )
    return row


def _decisive(report: ServiceReport) -> Finding:
    """The step that failed, else the encryption, which has the certificate."""
    failed = [step for step in report.steps if step.status is Status.FAILED]
    return failed[0] if failed else _encryption(report)


def _encryption(report: ServiceReport) -> Finding:
    return next(step for step in report.steps if step.step is Step.TLS)


def _apply(
    row: WatchedService, decisive: Finding, report: ServiceReport, now: datetime
) -> Iterator[WatchFlip]:
    """Bring `row` up to date, and yield what is new about it."""
    failed_before = row.state == WatchedService.State.FAILS
    if decisive.status is Status.FAILED:
        yield from _note_failure(row, decisive, now)
    else:
        yield from _note_success(row, now)
    recovered = failed_before and row.state == WatchedService.State.WORKS
    yield from _note_certificate(row, _encryption(report), now, told=recovered)


def _note_failure(row: WatchedService, decisive: Finding, now: datetime) -> Iterator[WatchFlip]:
    row.step, row.code = decisive.step.value, decisive.code.value
    if row.suspected:
        row.state, row.since = WatchedService.State.FAILS, row.failed_at
        yield _flip(row, WatchFlip.Kind.FAILED, row.failed_at or now)
    row.failed_at = row.failed_at or now


def _note_success(row: WatchedService, now: datetime) -> Iterator[WatchFlip]:
    if row.state == WatchedService.State.FAILS:
        yield _flip(row, WatchFlip.Kind.RECOVERED, now)
    if row.state != WatchedService.State.WORKS:
        row.state, row.since = WatchedService.State.WORKS, now
    row.step, row.code, row.failed_at = "", "", None


def _note_certificate(row: WatchedService, tls: Finding, now: datetime, *, told: bool) -> Iterator[WatchFlip]:
    """`told`: that the service works again is news enough, its new certificate is why."""
    if tls.evidence.get("not_after"):
        row.certificate_ends = date.fromisoformat(tls.evidence["not_after"])
    if tls.code is Code.CERT_EXPIRES_SOON and not row.expires_soon:
        row.expires_soon = True
        yield _flip(row, WatchFlip.Kind.EXPIRING, now)
    elif tls.status is Status.PASSED and row.expires_soon:
        row.expires_soon = False
        if not told:
            yield _flip(row, WatchFlip.Kind.RENEWED, now)


def _flip(row: WatchedService, kind: WatchFlip.Kind, happened_at: datetime) -> WatchFlip:
    return WatchFlip(
        server_id=row.server_id,
        kind=kind,
        type=row.type,
        hostname=row.hostname,
        port=row.port,
        step=row.step,
        code=row.code,
        certificate_ends=row.certificate_ends,
        failed_at=row.failed_at,
        happened_at=happened_at,
    )


# --- Notices of a recovery -----------------------------------------------------------------------------


def ask_for_notice(user: User, test: ConnectionTest, recipient: Address | None = None) -> None:
    """Let `user` hear when the services that failed in `test` answer; who asked already stays as they are.

    `recipient` is another address than the one that they sign in with. Raises TooManyNotices, and
    RecipientHasEnough.
    """
    with transaction.atomic():
        # Two presses at once are counted one after the other.
        counting.wait_for_turn(f"notices to user {user.pk}", f"notices of customer {test.customer_id}")
        if selectors.notice_of(user, test):
            return
        if not selectors.has_room_for_notice(user, test):
            raise TooManyNotices
        if recipient:
            # The same for one mailbox, which anybody may name.
            counting.wait_for_turn(f"notices to {recipient.mailbox}")
            if not selectors.recipient_has_room(recipient):
                raise RecipientHasEnough
        RecoveryNotice.objects.create(
            user=user,
            test=test,
            recipient=str(recipient or ""),
            recipient_mailbox=recipient.mailbox if recipient else "",
            due_at=timezone.now() + _until_next(again=True),
        )


def take_back_notice(user: User, test: ConnectionTest) -> None:
    """`user` wants to hear nothing any more; what they have heard counts on."""
    RecoveryNotice.objects.filter(user=user, test=test, told_at=None).delete()


def claim_notices() -> datetime | None:
    """Take the notices that are due, as many as one look has room for; its name, or None if there is none.

    One look at a time, whatever becomes of its worker: they take no thread from customers' tests but one.
    """
    now = timezone.now()
    if not selectors.due_notices(now).exists():
        return None
    with transaction.atomic():
        counting.wait_for_turn("look for notices")
        lost = now - timedelta(seconds=2 * settings.PROBES.probe_overall_seconds)
        if RecoveryNotice.objects.filter(claimed_at__gt=lost).exists():
            return None
        taken = RecoveryNotice.objects.filter(pk__in=_with_room_in_one_look(now))
        taken.update(claimed_at=now, due_at=now + _until_next(again=True))
    return now


def _with_room_in_one_look(now: datetime) -> list[int]:
    """Those who wait for the same services take no room from others."""
    limit = settings.WATCH.watch_notice_services_limit
    services: set[ServerSettings] = set()
    taken = []
    for notice in selectors.due_notices(now).select_related("test").prefetch_related("test__steps"):
        together = services.union(selectors.failed_services(notice.test))
        if len(together) <= limit:
            services = together
            taken.append(notice.pk)
    return taken


def finish_look(claimed_at: datetime, well: Collection[ServerSettings]) -> list[RecoveryNotice]:
    """The notices to be given, as given from now on, where all is `well`; to be called within a transaction.

    Whoever may not see the test any more hears nothing, then or later.
    """
    waiting = selectors.claimed_notices(claimed_at).select_for_update(of=("self",))
    recovered = [notice for notice in waiting if set(selectors.failed_services(notice.test)) <= set(well)]
    given = [notice for notice in recovered if selectors.may_hear_of(notice)]
    RecoveryNotice.objects.filter(claimed_at=claimed_at).update(claimed_at=None)
    RecoveryNotice.objects.filter(pk__in=[notice.pk for notice in given]).update(told_at=timezone.now())
    RecoveryNotice.objects.filter(pk__in=[each.pk for each in recovered], told_at=None).delete()
    return given
