"""Limits and lifetimes of accounts and of sign-in."""

from typing import Annotated

import msgspec
from msgspec import Meta


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    invitation_days: Annotated[int, Meta(ge=1, le=365)] = 7
    # Keeps an account from being used to send mail to strangers.
    invitations_per_hour_limit: Annotated[int, Meta(ge=1, le=1000)] = 20
    # Long enough to notice the wrong name, short enough to be remembered.
    removal_undo_minutes: Annotated[int, Meta(ge=1, le=1440)] = 30
    # Each sends a code to an address that may be a stranger's.
    address_changes_per_hour_limit: Annotated[int, Meta(ge=1, le=1000)] = 10
    # Nobody sets up mail every day, so a session lasts.
    session_days: Annotated[int, Meta(ge=1, le=365)] = 14
    # Support sees every customer.
    staff_session_hours: Annotated[int, Meta(ge=1, le=720)] = 8
    support_visit_minutes: Annotated[int, Meta(ge=1, le=1440)] = 30
    sign_in_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    # Ten a minute for a network address come on top, as allauth has them.
    sign_in_tries_limit: Annotated[int, Meta(ge=1, le=100)] = 5
    sign_in_pause_minutes: Annotated[int, Meta(ge=1, le=1440)] = 5
    # A code of eight characters is guessed by nobody; a few wrong ones are a slip.
    code_tries_limit: Annotated[int, Meta(ge=1, le=10)] = 3
    sign_in_code_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    fresh_sign_in_seconds: Annotated[int, Meta(ge=0, le=86_400)] = 300
    reauthentication_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 300
    # Fewer than eight characters are no password (NIST SP 800-63B section 5.1.1.2).
    password_min_characters: Annotated[int, Meta(ge=8, le=100)] = 10
    mail_timeout_seconds: Annotated[int, Meta(ge=1, le=600)] = 20
    mail_retry_seconds: Annotated[int, Meta(ge=1, le=3600)] = 5
    mail_retries_limit: Annotated[int, Meta(ge=0, le=100)] = 7
    mail_expires_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    # A person's browser says about 100, an app's 300; patterns over more of it take time.
    user_agent_characters: Annotated[int, Meta(ge=100, le=10_000)] = 500
    password_reset_days: Annotated[int, Meta(ge=1, le=30)] = 3
    # An authenticator app shows a new code every 30 seconds; one step to either side is what RFC 6238
    # section 5.2 recommends for clocks that are a little wrong.
    totp_tolerance_seconds: Annotated[int, Meta(ge=0, le=300, multiple_of=30)] = 30

    def __post_init__(self) -> None:
        if self.sign_in_code_minutes > self.sign_in_minutes:
            raise ValueError(
                f"SIGN_IN_CODE_MINUTES can't be used: it is {self.sign_in_code_minutes}, and a code lives "
                f"no longer than its sign-in (SIGN_IN_MINUTES is {self.sign_in_minutes})."
            )
