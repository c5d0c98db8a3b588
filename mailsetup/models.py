"""The whole schema of the product on one page."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from mailsetup.clientconfig import (
    AddressError,
    Authentication,
    ServerSettings,
    ServiceType,
    SocketType,
    parse_domain,
)
from mailsetup.clientconfig.address import display_domain
from mailsetup.findings import Code, Status, Step, StepResult, Verdict


def choices(enum: Any) -> list[tuple[str, str]]:
    """The values of a plain enum as Django's choices; their words are the standards', not translated."""
    return [(member.value, member.value) for member in enum]


def a_labels(name: str) -> str:
    """A domain name typed by a person as it is stored; raises ValidationError."""
    try:
        return parse_domain(name)
    except AddressError as error:
        raise ValidationError({"name": str(error)}) from None


class Server(models.Model):
    """A mail server of the provider and the ways into it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    software = models.CharField(_("software"), max_length=50, blank=True)
    webmail_url = models.CharField(_("webmail address"), max_length=300, blank=True)
    mx_patterns = models.JSONField(
        _("MX patterns"), default=list, blank=True, help_text=_("Such as *.mx.hoster.example.")
    )
    alias_uses_primary = models.BooleanField(
        _("alias domains sign in with the primary domain"),
        default=True,
        help_text=_("An address in an alias domain gets the primary domain's server and user names."),
    )

    class Meta:
        verbose_name = _("server")
        verbose_name_plural = _("servers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """One way into a server; `position` is the provider's order of preference."""

    server = models.ForeignKey(Server, models.CASCADE, related_name="services")
    position = models.PositiveSmallIntegerField(_("position"))
    type = models.CharField(_("type"), max_length=4, choices=choices(ServiceType))
    hostname = models.CharField(_("host name"), max_length=255)
    port = models.PositiveIntegerField(_("port"))
    socket_type = models.CharField(_("encryption"), max_length=8, choices=choices(SocketType))
    authentication = models.CharField(
        _("authentication"),
        max_length=20,
        choices=choices(Authentication),
        default=Authentication.PASSWORD_CLEARTEXT.value,
    )
    username = models.CharField(_("user name"), max_length=255, default="%EMAILADDRESS%")

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["server", "position"], name="one_service_a_position"),
            models.CheckConstraint(
                condition=~models.Q(type="smtp", port=25), name="no_submission_on_port_25"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.hostname}:{self.port}"

    def as_settings(self) -> ServerSettings:
        return ServerSettings(
            type=ServiceType(self.type),
            hostname=self.hostname,
            port=self.port,
            socket_type=SocketType(self.socket_type),
            authentication=Authentication(self.authentication),
            username=self.username,
        )


class Domain(models.Model):
    """A customer's mail domain, as lower-case A-labels."""

    name = models.CharField(_("name"), max_length=253, unique=True)
    server = models.ForeignKey(Server, models.PROTECT, related_name="domains", verbose_name=_("server"))
    customer = models.ForeignKey(
        Customer, models.SET_NULL, related_name="domains", null=True, blank=True, verbose_name=_("customer")
    )
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        self.name = a_labels(self.name)
        if DomainAlias.objects.filter(name=self.name).exists():
            raise ValidationError({"name": _("This name is already an alias of a domain.")})

    @property
    def display_name(self) -> str:
        return display_domain(self.name)


class DomainAlias(models.Model):
    """Another name for a domain: the same mailboxes under it."""

    domain = models.ForeignKey(Domain, models.CASCADE, related_name="aliases")
    name = models.CharField(_("name"), max_length=253, unique=True)

    class Meta:
        verbose_name = _("domain alias")
        verbose_name_plural = _("domain aliases")
        ordering = ["name"]

    def __str__(self) -> str:
        return display_domain(self.name)

    def clean(self) -> None:
        self.name = a_labels(self.name)
        if Domain.objects.filter(name=self.name).exists():
            raise ValidationError({"name": _("This name is already a domain of its own.")})


class Mailbox(models.Model):
    """A known mailbox. Optional: guides and tests work for every address of a domain."""

    domain = models.ForeignKey(Domain, models.CASCADE, related_name="mailboxes")
    local_part = models.CharField(_("part before the @"), max_length=64)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["local_part"]
        constraints = [models.UniqueConstraint(fields=["domain", "local_part"], name="one_mailbox_a_name")]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        return f"{self.local_part}@{self.domain.name}"


class SetupLink(models.Model):
    """A link that opens guides, downloads and the test for one address without an account.

    Only the hash of its token is stored. A link of one device (a QR code) belongs to the browser
    that opened it first, which carries the device key whose hash is `device_hash`.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    address = models.CharField(_("address"), max_length=254)
    domain = models.ForeignKey(Domain, models.CASCADE, related_name="setup_links", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    # A code made behind a link opens nothing once that link is over.
    made_behind = models.ForeignKey("self", models.CASCADE, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    one_device = models.BooleanField(_("for one device"), default=False)
    device_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("set-up link")
        verbose_name_plural = _("set-up links")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.address

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


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
    protocol = models.CharField(_("protocol"), max_length=4, choices=choices(ServiceType))
    client = models.CharField(_("mail app"), max_length=40, blank=True)
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
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("connection test")
        verbose_name_plural = _("connection tests")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.reference

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds(), 2)

    def planned(self) -> list[ServerSettings]:
        return [
            ServerSettings(
                type=ServiceType(service["type"]),
                hostname=service["hostname"],
                port=service["port"],
                socket_type=SocketType(service["socket_type"]),
                authentication=Authentication(service["authentication"]),
                username=service["username"],
            )
            for service in self.services
        ]


class ConnectionTestStep(models.Model):
    """What one step of one service found."""

    test = models.ForeignKey(ConnectionTest, models.CASCADE, related_name="steps")
    service = models.PositiveSmallIntegerField(_("service"))
    step = models.CharField(_("step"), max_length=12, choices=choices(Step))
    status = models.CharField(_("status"), max_length=8, choices=choices(Status))
    code = models.CharField(_("code"), max_length=32, choices=choices(Code))
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

    def as_result(self) -> StepResult:
        return StepResult(
            step=Step(self.step),
            status=Status(self.status),
            code=Code(self.code),
            ms=self.ms,
            evidence=self.evidence,
        )


class SealedPassword(models.Model):
    """A mailbox password on its way to the worker: sealed, read once, gone after two minutes."""

    LIFETIME = timedelta(seconds=120)

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
