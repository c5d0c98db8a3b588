"""How often servers are looked at without anybody asking, and how long what was found is kept."""

from typing import Annotated

import msgspec
from msgspec import Meta


class WatchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # 0 switches the watch off.
    watch_interval_minutes: Annotated[int, Meta(ge=0, le=1440)] = 60
    # A server that is just being restarted refuses for a moment.
    watch_recheck_minutes: Annotated[int, Meta(ge=1, le=1440)] = 5
    # The threads of the workers are for customers' tests: dead servers may hold so many of them.
    watch_running_limit: Annotated[int, Meta(ge=1, le=1000)] = 4
    watch_turn_seconds: Annotated[int, Meta(ge=1, le=600)] = 5
    # A rack that loses its power takes a hundred servers with it.
    watch_mail_minutes: Annotated[int, Meta(ge=1, le=1440)] = 5
    # The page shows a day.
    watch_checks_days: Annotated[int, Meta(ge=2, le=365)] = 7
    watch_flips_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    watch_flips_limit: Annotated[int, Meta(ge=1, le=1000)] = 50
    # How long after a test people may hear that its servers work again: somebody mends them, or nobody does.
    watch_notice_days: Annotated[int, Meta(ge=1, le=30)] = 3
    # Of each person and each customer in a day; 0 takes the offer away.
    watch_notices_limit: Annotated[int, Meta(ge=0, le=1000)] = 5
    watch_customer_notices_limit: Annotated[int, Meta(ge=0, le=10_000)] = 20
    # Of each mailbox in a day, where it isn't the one that they sign in with; 0 takes the field away.
    watch_recipient_notices_limit: Annotated[int, Meta(ge=0, le=1000)] = 3
    # A server that comes back has a hundred customers' names, and is not to be met by all of them at once.
    watch_notice_services_limit: Annotated[int, Meta(ge=2, le=1000)] = 8
    # What staff let workers try before they save a server, and how long what was typed is kept.
    watch_trial_rows_limit: Annotated[int, Meta(ge=1, le=100)] = 20
    watch_trial_hours: Annotated[int, Meta(ge=1, le=168)] = 24
