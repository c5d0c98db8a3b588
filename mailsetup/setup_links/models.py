"""Links that open the pages of one address without an account."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from mailsetup.hosting.models import Domain


class SetupLink(models.Model):
    """A link that opens guides, downloads and the test for one address without an account.

    Only the hash of its token is stored. A link of one device (a QR code) belongs to the browser
    that opened it first, which carries the device key whose hash is `device_hash`. A link to one guide
    (on paper, in a mail) opens that guide alone, for whoever holds it and as often as they like.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    address = models.CharField(_("address"), max_length=254)
    domain = models.ForeignKey(Domain, models.CASCADE, related_name="setup_links", null=True, blank=True)
    # Whose the domain was. A link opens only while domain, customer and maker are what they were, and is
    # gone with them.
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True)
    # A code made behind a link opens nothing once that link is over.
    made_behind = models.ForeignKey("self", models.CASCADE, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    # Which guide a phone is to show, where it is known.
    client = models.CharField(_("app"), max_length=50, blank=True)
    protocol = models.CharField(_("protocol"), max_length=4, blank=True)
    # What a person types in place of the link, until somebody has.
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    # Of a link to one guide: what its token and code are worked out from, together with SECRET_KEY. So it can
    # be shown once more, and nobody who reads the database can use it.
    seed = models.CharField(max_length=22, blank=True, editable=False)
    one_device = models.BooleanField(_("for one device"), default=False)
    device_hash = models.CharField(max_length=64, blank=True, editable=False)
    # A QR code has to be scanned soon, and whoever has scanned it keeps the link for longer. Of any other
    # link somebody chose the end, and it stays.
    prolonged_when_opened = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("set-up link")
        verbose_name_plural = _("set-up links")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["code_hash"], condition=~models.Q(code_hash=""), name="one_link_a_code"
            )
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def opens_one_guide(self) -> bool:
        return bool(self.seed)

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at
