"""Steps of guides that somebody had mailed to an address."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from mailsetup.setup_links.models import SetupLink


class StepsMail(models.Model):
    """The steps of a guide went to an address: it counts for the day, and is on record for complaints.

    `sent_by` is whoever pressed the button: in a support visit the member of staff, not the customer. The
    record outlives them, with the address that they had. The line that they added is in the mail alone.
    """

    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sender_address = models.CharField(_("sent by"), max_length=254)
    by_support = models.BooleanField(_("by support"), default=False)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+")
    address = models.CharField(_("address"), max_length=254)
    recipient = models.CharField(_("sent to"), max_length=254)
    # Without a sub-address: what is counted, however it was written.
    recipient_mailbox = models.CharField(max_length=254, db_index=True, editable=False)
    client = models.CharField(_("app"), max_length=50)
    protocol = models.CharField(_("protocol"), max_length=4)
    link = models.ForeignKey(SetupLink, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("mail with steps")
        verbose_name_plural = _("mails with steps")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.recipient
