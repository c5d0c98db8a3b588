"""Connection tests as a person sees them: the run, its steps, its password on the way, its worker."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from mailsetup.clientconfig import Protocol, ServerSettings
from mailsetup.hosting.models import Domain, choices
from mailsetup.probes.findings import Code, Finding, Side, Status, Step, TranscriptLine, Verdict
from mailsetup.setup_links.models import SetupLink


class ConnectionTest(models.Model):
    """One run of "Test my connection", as the customer and support see it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")

    reference = models.CharField(_("reference"), max_length=9, unique=True)
    address = models.CharField(_("address"), max_length=254, db_index=True)
    domain = models.ForeignKey(
        Domain, models.SET_NULL, null=True, blank=True, related_name="connection_tests"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    setup_link = models.ForeignKey(SetupLink, models.SET_NULL, null=True, blank=True)
    # Whose the domain was when the test was started: it may move, and then leaves its tests behind.
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="+", editable=False
    )
    # The provider's own name of the mail server, or the host name where only MX records led to it.
    server = models.CharField(_("server"), max_length=255, blank=True, db_index=True, editable=False)
    protocol = models.CharField(_("protocol"), max_length=4, choices=choices(Protocol))
    client = models.CharField(_("mail app"), max_length=40, blank=True)
    # One without a password goes up to the sign-in.
    signs_in = models.BooleanField(_("with a password"), default=True)
    round_trip = models.BooleanField(_("with a test message"), default=False)
    # The two services as they were when the test was started: receiving, sending.
    services = models.JSONField(_("services"), default=list)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    verdict = models.CharField(
        _("verdict"), max_length=8, choices=choices(Verdict), default=Verdict.NOT_RUN.value
    )
    causes = models.JSONField(_("causes"), default=list)
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    # Whose sign of life says whether the test still runs.
    worker = models.CharField(_("worker"), max_length=100, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("connection test")
        verbose_name_plural = _("connection tests")
        ordering = ["-created_at"]
        indexes = [
            # The desk begins with those that failed lately.
            models.Index(
                fields=["-created_at"], name="failed_tests", condition=models.Q(verdict=Verdict.FAILED.value)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds(), 2)

    def planned(self) -> list[ServerSettings]:
        return [ServerSettings.from_dict(service) for service in self.services]


class ConnectionTestStep(models.Model):
    """What one step of one service found."""

    test = models.ForeignKey(ConnectionTest, models.CASCADE, related_name="steps")
    service = models.PositiveSmallIntegerField(_("service"))
    step = models.CharField(_("step"), max_length=12, choices=choices(Step))
    status = models.CharField(_("status"), max_length=8, choices=choices(Status))
    code = models.CharField(_("code"), max_length=32)
    ms = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["test", "service", "step"], name="one_result_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.code}"

    def as_finding(self) -> Finding:
        return stored_finding(self.step, self.status, self.code, self.ms, self.evidence)


def stored_finding(step: str, status: str, code: str, ms: int | None, evidence: Any) -> Finding:
    """What a step found, from its columns; a name of a code that is no more is in the evidence."""
    known = Code(code)
    gone = {} if known == code else {"code": code}
    return Finding(Step(step), Status(status), known, ms, {**evidence, **gone})


class Transcript(models.Model):
    """What went over the wire in the test of one service, for support alone: no customer's page reads it.

    A line is [milliseconds, side, text], as `probes.findings.TranscriptLine` has them.
    """

    test = models.ForeignKey(ConnectionTest, models.CASCADE, related_name="transcripts")
    service = models.PositiveSmallIntegerField(_("service"))
    # As the worker's machine knows it; what stands between it and the internet may change it.
    local_address = models.CharField(_("address of the worker"), max_length=45, blank=True)
    lines = models.JSONField(_("lines"), default=list)

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        ordering = ["service"]
        constraints = [
            models.UniqueConstraint(fields=["test", "service"], name="one_transcript_a_service"),
        ]

    def __str__(self) -> str:
        return f"{self.test_id}, {self.service}"

    def as_lines(self) -> list[TranscriptLine]:
        return [TranscriptLine(ms, Side(side), text) for ms, side, text in self.lines]


class ReportLink(models.Model):
    """A link by which somebody reads one result without an account. Only the hash of its token is stored."""

    test = models.ForeignKey(ConnectionTest, models.CASCADE, related_name="report_links")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)

    class Meta:
        verbose_name = _("link to a report")
        verbose_name_plural = _("links to reports")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return str(self.test_id)


class SealedPassword(models.Model):
    """A mailbox password on its way to the worker: sealed, read once, gone soon after.

    A deleted row stays on the disk for a while, and in backups for longer, so the row alone has to be
    worthless: half of what opens it travels in the worker's task.
    """

    test = models.OneToOneField(ConnectionTest, models.CASCADE, primary_key=True)
    ciphertext = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.test_id)


class WorkerHeartbeat(models.Model):
    """When a worker was last seen alive; /readyz asks."""

    name = models.CharField(max_length=100, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
