"""What the provider told us: servers and the services on them, domains and their other names, mailboxes."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from mailsetup.clientconfig import (
    AddressError,
    Authentication,
    ServerSettings,
    ServiceType,
    SocketType,
    display_domain,
    parse_domain,
)
from mailsetup.hosting import names, sentences


def choices(enum: Any) -> list[tuple[str, str]]:
    """The values of a plain enum as Django's choices; their words are the standards', not translated."""
    return [(member.value, member.value) for member in enum]


def a_labels(name: str) -> str:
    """A domain name typed by a person as it is stored; raises ValidationError."""
    try:
        return parse_domain(name)
    except AddressError:
        raise ValidationError({"name": sentences.domain_fault(name)}) from None


def valid_host_name(text: str) -> None:
    """For forms of staff; the provider's file is held to the same rules."""
    _validate(names.check_host_name, text)


def valid_user_name(text: str) -> None:
    _validate(names.check_user_name, text)


def valid_web_address(text: str) -> None:
    _validate(names.check_web_address, text)


def _validate(check: Callable[[str], None], text: str) -> None:
    try:
        check(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None


class Revision(models.Model):
    """One row, whose number grows with every change to servers, services, domains and aliases.

    Web processes keep what programs are told, and look here whether it is still so.
    """

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("revision")

    def __str__(self) -> str:
        return str(self.number)


class Server(models.Model):
    """A mail server of the provider and the ways into it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    software = models.CharField(_("software"), max_length=50, blank=True)
    webmail_url = models.CharField(
        _("webmail address"), max_length=300, blank=True, validators=[valid_web_address]
    )
    password_url = models.CharField(
        _("address to set a new password"),
        max_length=300,
        blank=True,
        validators=[valid_web_address],
        help_text=_("Shown where a mailbox's password was refused."),
    )
    caldav_url = models.CharField(
        _("calendar address (CalDAV)"), max_length=300, blank=True, validators=[valid_web_address]
    )
    carddav_url = models.CharField(
        _("address book address (CardDAV)"), max_length=300, blank=True, validators=[valid_web_address]
    )
    activesync_url = models.CharField(
        _("Exchange ActiveSync address"),
        max_length=300,
        blank=True,
        validators=[valid_web_address],
        help_text=_("Only if the server has it: phones that ask are told to use it."),
    )
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

    @property
    def answers_autodiscover(self) -> bool:
        """Whether `autodiscover.` of its domains should lead to it.

        SmarterMail answers there itself, with ActiveSync and MAPI, which nobody can say in its place
        (SmarterTools, portal.smartertools.com/kb/a2752).
        """
        return bool(self.activesync_url) or "smartermail" in self.software.lower()


class Service(models.Model):
    """One way into a server; `position` is the provider's order of preference."""

    server = models.ForeignKey(Server, models.CASCADE, related_name="services")
    position = models.PositiveSmallIntegerField(_("position"))
    type = models.CharField(_("type"), max_length=4, choices=choices(ServiceType))
    hostname = models.CharField(_("host name"), max_length=255, validators=[valid_host_name])
    port = models.PositiveIntegerField(
        _("port"), validators=[MinValueValidator(1), MaxValueValidator(65_535)]
    )
    socket_type = models.CharField(_("encryption"), max_length=8, choices=choices(SocketType))
    authentication = models.CharField(
        _("authentication"),
        max_length=20,
        choices=choices(Authentication),
        default=Authentication.PASSWORD_CLEARTEXT.value,
    )
    username = models.CharField(
        _("user name"), max_length=255, default="%EMAILADDRESS%", validators=[valid_user_name]
    )

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
        if Domain.objects.filter(name=self.name).exclude(pk=self.pk).exists():
            raise ValidationError({"name": sentences.domain_is_here(self.name)})
        if alias := DomainAlias.objects.filter(name=self.name).select_related("domain").first():
            raise ValidationError({"name": sentences.alias_is_here(self.name, alias.domain.name)})

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
            raise ValidationError({"name": sentences.domain_is_here(self.name)})
        others = DomainAlias.objects.filter(name=self.name).exclude(domain=self.domain_id)
        if alias := others.select_related("domain").first():
            raise ValidationError({"name": sentences.alias_is_here(self.name, alias.domain.name)})


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
