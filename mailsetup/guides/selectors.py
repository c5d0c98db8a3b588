"""How many mails with steps are left today."""

from datetime import datetime, time

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Customer, User
from mailsetup.guides.models import StepsMail


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


def recipient_has_room(recipient: str) -> bool:
    """Whether the steps of anything may go to this address once more today, whoever sends them."""
    sent = _sent_today().filter(recipient=recipient).count()
    return bool(sent < settings.GUIDES.recipient_steps_mails_per_day_limit)


def _sent_today() -> QuerySet[StepsMail]:
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return StepsMail.objects.filter(created_at__gte=midnight)
