"""The mail to whoever wanted to hear that a server works again."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import tasks
from accounts.brands import installation_brand, portal_url
from mailsetup.clientconfig import ServerSettings, display_domain
from mailsetup.connection_tests.report import display_address
from mailsetup.watch import selectors, services
from mailsetup.watch.models import RecoveryNotice


@transaction.atomic
def give(claimed_at: datetime, well: Collection[ServerSettings]) -> None:
    """Tell those of one look whose services are all `well`; each once, and nobody else."""
    for notice in services.finish_look(claimed_at, well):
        _mail(notice)


def _mail(notice: RecoveryNotice) -> None:
    names = dict.fromkeys(
        display_domain(service.hostname) for service in selectors.failed_services(notice.test)
    )
    hostnames = _(" and ").join(names)
    words = {
        "brand": installation_brand(),
        "hostnames": hostnames,
        # Whoever gets it at another address may not know what it is about, nor whose the mailbox is: they get
        # no reference, and are asked to follow no link to where one types a password.
        "sender": notice.user.email if notice.recipient else "",
        "address": display_address(notice.test.address),
        "reference": notice.test.reference,
        "at": date_format(timezone.localtime(), "DATETIME_FORMAT"),
        "url": portal_url() + reverse("mailsetup:test", kwargs={"reference": notice.test.reference}),
    }
    tasks.send_later(
        subject=_("%(hostnames)s answers again") % {"hostnames": hostnames},
        body=render_to_string("email/recovery.txt", words),
        to=notice.to,
    )
