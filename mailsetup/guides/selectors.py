"""Which mails with steps may go out, and how many are left today."""

import re
from datetime import datetime, time

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Customer, User
from mailsetup.clientconfig import Address
from mailsetup.guides.models import StepsMail
from mailsetup.setup_links.setups import Setup

# Names of people and offices; the other characters of RFC 5322 are there for who writes an advertisement.
_COMMON_NAME = re.compile(r"(?!www\b)[a-z0-9._+-]+")


def offers_mails(*, by_support: bool) -> bool:
    """Whether customers, or support, may send any at all: a limit of 0 is there to switch it off."""
    limits = settings.GUIDES
    theirs = (limits.steps_mails_per_day_limit, limits.customer_steps_mails_per_day_limit)
    own = (limits.staff_steps_mails_per_day_limit,) if by_support else theirs
    return all((*own, limits.recipient_steps_mails_per_day_limit))


def may_stand_in_mail(setup: Setup) -> bool:
    """Whether mail in the portal's name may name the address that is set up.

    People choose what is before the @, and no mailbox of that name need exist: what is not on record has to
    be short and common, so that it is no message of its own.
    """
    name = setup.address.local_part
    if setup.domain and setup.domain.mailboxes.filter(local_part=name).exists():
        return True
    return len(name) <= settings.GUIDES.steps_local_part_characters and bool(_COMMON_NAME.fullmatch(name))


def mails_left(sender: User, customer: Customer | None, *, by_support: bool) -> int:
    """How many mails with steps `sender` may still send today.

    The customer's people share what the customer has. What support sends counts for support alone.
    """
    limits, today = settings.GUIDES, _sent_today().filter(by_support=by_support)
    mine = today.filter(sent_by=sender).count()
    if by_support:
        return max(0, limits.staff_steps_mails_per_day_limit - mine)
    theirs = today.filter(customer=customer).count()
    left = (limits.steps_mails_per_day_limit - mine, limits.customer_steps_mails_per_day_limit - theirs)
    return max(0, min(left))


def recipient_has_room(recipient: Address) -> bool:
    """Whether the steps of anything may go to its mailbox once more today, whoever sends them."""
    sent = _sent_today().filter(recipient_mailbox=recipient.mailbox).count()
    return bool(sent < settings.GUIDES.recipient_steps_mails_per_day_limit)


def _sent_today() -> QuerySet[StepsMail]:
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return StepsMail.objects.filter(created_at__gte=midnight)
