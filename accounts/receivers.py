"""What follows when somebody signs up, in or out."""

import logging
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed, email_changed, user_signed_up
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import selectors, services
from accounts.access import VISIT_SESSION_KEY
from accounts.adapters import INVITATION_SESSION_KEY, invitation_in, welcome
from accounts.models import SupportVisit, User

logger = logging.getLogger(__name__)


@receiver(user_signed_up)
def join_the_customer(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Somebody who signed up by an invitation belongs to its customer at once."""
    invitation = invitation_in(request)
    if invitation is None or not services.owns_address(user, invitation.email):
        return
    services.accept_invitation(invitation, user)
    welcome(request, invitation.customer)
    del request.session[INVITATION_SESSION_KEY]


@receiver(authentication_step_completed)
def end_the_claim(sender: object, user: User, method: str, email: str | None = None, **kwargs: Any) -> None:
    """Whoever signs in by a code has shown whose address it is; allauth counts it as verified after this."""
    if method == "code" and email:
        services.end_a_claim(user, email)


@receiver(email_changed)
def leave_the_old_address(
    sender: object,
    request: HttpRequest,
    user: User,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **kwargs: Any,
) -> None:
    """Whoever came in by the old address, perhaps by a mailbox that is no longer theirs, is signed out."""
    if from_email_address is None or from_email_address.email == to_email_address.email:
        return
    services.remember_former_address(user, from_email_address.email, now=to_email_address.email)
    logger.info("user %s has another address", user.pk)
    if services.end_other_sessions(user, request.session.session_key):
        messages.info(request, _("Everywhere else you’re signed out."))


@receiver(user_logged_in)
def note_the_sign_in(sender: object, user: User, **kwargs: Any) -> None:
    logger.info("user %s signed in", user.pk)


@receiver(user_login_failed)
def note_the_failure(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    """By the account's number: people type their password where the address goes."""
    user = selectors.user_with(str(credentials.get("email") or ""))
    logger.warning("a sign-in failed: %s", f"user {user.pk}" if user else "nobody has this address")


@receiver(user_logged_out)
def end_the_visit(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Support signed out while looking as a customer: that ends the visit as well."""
    visit_id = request.session.get(VISIT_SESSION_KEY)
    visit = None if visit_id is None else SupportVisit.objects.filter(pk=visit_id).first()
    if visit is not None:
        services.end_support_visit(visit)
