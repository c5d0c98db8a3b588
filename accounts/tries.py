"""How many tries somebody has left, for a password or a code.

It is said of addresses that nobody has, too: allauth counts those in the same way.
"""

import time

from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext


def for_password(request: HttpRequest, email: str) -> int:
    """After a wrong password for `email`: how many more are looked at before the pause."""
    # As allauth.account.adapter names it.
    return _before_the_pause(request, f"{get_current_site(request).domain}:{email.lower()}")


def for_second_step(request: HttpRequest, user_id: int) -> int:
    """After a wrong code of an app: how many more are looked at before the pause."""
    # As allauth.mfa.base.internal.flows names it.
    return _before_the_pause(request, f"mfa-auth-user-{user_id}")


def for_sign_in_code(request: HttpRequest) -> int:
    """While a wrong code is looked at that was mailed to sign in with: how many are left after it."""
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    return _of_code(stage.state if stage else {})


def for_address_code(request: HttpRequest) -> int:
    """While a wrong code is looked at that was mailed to a new address: how many are left after it."""
    return _of_code(request.session.get(EMAIL_VERIFICATION_CODE_SESSION_KEY, {}))


def before_the_pause(left: int) -> str:
    """A sentence about tries that a pause follows."""
    if left:
        return _left(left)
    minutes = settings.ACCOUNTS.sign_in_pause_minutes
    return ngettext(
        "That was the last try for %(minutes)s minute.",
        "That was the last try for %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}


def before_a_new_code(left: int) -> str:
    """A sentence about tries after which another code is needed; "" after the last, which ends the page."""
    return _left(left) if left else ""


def _left(left: int) -> str:
    return ngettext("You have %(left)s try left.", "You have %(left)s tries left.", left) % {"left": left}


def _of_code(state: dict[str, int]) -> int:
    return max(settings.ACCOUNTS.code_tries_limit - state.get("failed_attempts", 0) - 1, 0)


def _before_the_pause(request: HttpRequest, key: str) -> int:
    left = []
    for rate in ratelimit.get_rates(app="allauth.account", action="login_failed"):
        kept = cache.get(
            ratelimit.get_cache_key(
                request, app="allauth.account", action="login_failed", rate=rate, key=key
            ),
            [],
        )
        _allowed, counted = ratelimit.apply_rate(kept, time.time(), rate, dry_run=True)
        left.append(rate.amount - len(counted))
    return max(min(left, default=0), 0)
