"""The last state of each server and its services, its checks of some days, what has changed, who waits."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Server, choices
from mailsetup.probes.findings import Step


class WatchedServer(models.Model):
    """When a server is looked at next, and who looks at the moment.

    A check is under way while `claimed_at` is later than `checked_at`, unless its worker has died since.
    """

    server = models.OneToOneField(
        Server, models.CASCADE, primary_key=True, related_name="watch", verbose_name=_("server")
    )
    due_at = models.DateTimeField(_("next check"), default=timezone.now, db_index=True)
    claimed_at = models.DateTimeField(_("begun"), null=True, blank=True)
    checked_at = models.DateTimeField(_("last check"), null=True, blank=True)

    class Meta:
        verbose_name = _("watched server")
        verbose_name_plural = _("watched servers")
        ordering = ["server"]

    def __str__(self) -> str:
        return str(self.server)


class WatchedService(models.Model):
    """One way into a server, and whether it works.

    It is known by what the provider's file says, for the rows there are made anew with each change.
    """

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        WORKS = "works", _("works")
        FAILS = "fails", _("fails")

    server = models.ForeignKey(Server, models.CASCADE, related_name="watched_services")
    type = models.CharField(_("type"), max_length=4, choices=choices(ServiceType))
    # As the provider's file has it, and as it was asked: with this domain in place of the placeholder.
    pattern = models.CharField(_("host name in the file"), max_length=255)
    hostname = models.CharField(_("host name"), max_length=510)
    domain = models.CharField(_("checked with"), max_length=253, blank=True)
    port = models.PositiveIntegerField(_("port"))
    socket_type = models.CharField(_("encryption"), max_length=8, choices=choices(SocketType))

    state = models.CharField(_("state"), max_length=7, choices=State, default=State.UNKNOWN)
    since = models.DateTimeField(_("since"), null=True, blank=True)
    # The first of the failed checks that may become a failure, or have.
    failed_at = models.DateTimeField(_("first failed check"), null=True, blank=True)
    step = models.CharField(_("step"), max_length=12, choices=choices(Step), blank=True)
    code = models.CharField(_("code"), max_length=32, blank=True)
    certificate_ends = models.DateField(_("certificate ends"), null=True, blank=True)
    expires_soon = models.BooleanField(_("certificate ends soon"), default=False)

    class Meta:
        verbose_name = _("watched service")
        verbose_name_plural = _("watched services")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["server", "type", "pattern", "port", "socket_type"], name="watched_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.hostname}:{self.port}"

    def as_settings(self) -> ServerSettings:
        return ServerSettings(
            type=ServiceType(self.type),
            hostname=self.hostname,
            port=self.port,
            socket_type=SocketType(self.socket_type),
        )

    @property
    def suspected(self) -> bool:
        """Whether the last check failed and the next one decides."""
        return self.failed_at is not None and self.state != self.State.FAILS


class WatchCheck(models.Model):
    """That a server was looked at, and whether all of it answered as it should."""

    server = models.ForeignKey(Server, models.CASCADE, related_name="+")
    checked_at = models.DateTimeField(_("checked"), default=timezone.now, db_index=True)
    passed = models.BooleanField(_("passed"))

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["checked_at"]

    def __str__(self) -> str:
        return f"{self.server_id} {self.checked_at:%Y-%m-%d %H:%M}"


class WatchFlip(models.Model):
    """Something about a service has changed: what staff are told, once."""

    class Kind(models.TextChoices):
        FAILED = "failed", _("began to fail")
        RECOVERED = "recovered", _("works again")
        EXPIRING = "expiring", _("certificate ends soon")
        RENEWED = "renewed", _("certificate renewed")

    server = models.ForeignKey(Server, models.CASCADE, related_name="flips")
    kind = models.CharField(_("what happened"), max_length=9, choices=Kind)
    type = models.CharField(_("type"), max_length=4, choices=choices(ServiceType))
    hostname = models.CharField(_("host name"), max_length=510)
    port = models.PositiveIntegerField(_("port"))
    step = models.CharField(_("step"), max_length=12, choices=choices(Step), blank=True)
    code = models.CharField(_("code"), max_length=32, blank=True)
    certificate_ends = models.DateField(_("certificate ends"), null=True, blank=True)
    # Of a service that works again, since when it did not.
    failed_at = models.DateTimeField(_("failed since"), null=True, blank=True)
    happened_at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    told_at = models.DateTimeField(_("told staff"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("flip")
        verbose_name_plural = _("flips")
        ordering = ["-happened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.type} {self.hostname}:{self.port}"


class RecoveryNotice(models.Model):
    """Somebody is to hear, once and by mail, when the services that failed in a test answer again.

    Without a `recipient` the mail goes to the address that they sign in with at that time. While it is under
    way `claimed_at` says since when a worker looks.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    test = models.ForeignKey(ConnectionTest, models.CASCADE, related_name="recovery_notices")
    recipient = models.CharField(_("to another address"), max_length=254, blank=True)
    # Without a sub-address: what is counted, however it was written.
    recipient_mailbox = models.CharField(max_length=254, blank=True, db_index=True, editable=False)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    due_at = models.DateTimeField(_("next look"), db_index=True)
    claimed_at = models.DateTimeField(_("begun"), null=True, blank=True)
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of a recovery")
        verbose_name_plural = _("notices of recoveries")
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["user", "test"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.test}"

    @property
    def to(self) -> str:
        return self.recipient or self.user.email


class Trial(models.Model):
    """The rows of a server's form, tried before they are saved: of each member of staff the last.

    `form` is what was typed, name and text, so that nobody types it again; no password is in it. `reports`
    has the steps of each of `services`, once a worker has looked.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("user")
    )
    server = models.ForeignKey(Server, models.CASCADE, null=True, related_name="+")
    form = models.JSONField(_("form"))
    services = models.JSONField(_("services"))
    reports = models.JSONField(_("reports"), null=True)
    started_at = models.DateTimeField(_("started"))

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"

    def planned(self) -> list[ServerSettings]:
        return [ServerSettings.from_dict(service) for service in self.services]
