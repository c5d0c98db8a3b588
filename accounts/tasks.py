"""Mail goes out by the worker: a page that waits for a mail server tells by its time whom it knows."""

import logging
from functools import partial
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.views.decorators.debug import sensitive_variables
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


# A mail server that is away is asked again for as long as a code in the mail would still be good.
@shared_task(
    ignore_result=True,
    autoretry_for=(OSError,),  # of which those of SMTP are a kind
    retry_backoff=settings.ACCOUNTS.mail_retry_seconds,
    max_retries=settings.ACCOUNTS.mail_retries_limit,
    expires=settings.ACCOUNTS.mail_expires_minutes * 60,
)
@sensitive_variables()
def deliver(*, subject: str, body: str, html: str = "", to: str, sender: str = "", **_later: Any) -> None:
    """Send one mail; `html` is its other form, if it has one. Without `to` it goes to nobody."""
    if not to:
        return
    message = EmailMultiAlternatives(subject, body, sender or None, [to])
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


@sensitive_variables()
def send_later(*, subject: str, body: str, html: str = "", to: str, sender: str = "") -> None:
    """Hand one mail to the worker after the transaction.

    Where the broker takes nothing the log says so, and the page what it always says: it must not tell whether
    there was anything to send.
    """
    mail = {"subject": subject, "body": body, "html": html, "to": to, "sender": sender}
    transaction.on_commit(partial(_hand_over, mail))


def _hand_over(mail: dict[str, str]) -> None:
    try:
        # A code or a link may stand in it, so monitors and logs see nothing of it.
        deliver.apply_async(kwargs=mail, kwargsrepr="{…}")  # type: ignore[call-arg]  # the stub knows two names
    except (OperationalError, OSError) as error:
        logger.error("The broker did not take a mail: %s", error)
