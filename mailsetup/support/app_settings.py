"""How much the desk takes and shows."""

from typing import Annotated

import msgspec
from msgspec import Meta


class SupportSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # The longest address (RFC 5321 section 4.5.3.1.3) has 254.
    desk_search_max_characters: Annotated[int, Meta(ge=20, le=1000)] = 254
    # With each character the number of names that are nearly the same grows by 75.
    desk_near_max_characters: Annotated[int, Meta(ge=0, le=63)] = 40
    # Of each kind.
    desk_matches_limit: Annotated[int, Meta(ge=1, le=100)] = 8
    desk_tests_limit: Annotated[int, Meta(ge=1, le=100)] = 8
    # As long as a day at the desk, so that the night's trouble is there in the morning and gone by evening.
    desk_alike_hours: Annotated[int, Meta(ge=1, le=168)] = 12
    # Of one office three are soon together; a server of ours that fails has more within the hour.
    desk_alike_count: Annotated[int, Meta(ge=2, le=10_000)] = 3
    desk_alike_limit: Annotated[int, Meta(ge=0, le=20)] = 3
    # The desk's start takes some milliseconds for each thousand.
    desk_alike_tests_limit: Annotated[int, Meta(ge=10, le=100_000)] = 2000
    desk_opened_limit: Annotated[int, Meta(ge=0, le=50)] = 5
    desk_mailboxes_limit: Annotated[int, Meta(ge=1, le=10_000)] = 100
    desk_visits_limit: Annotated[int, Meta(ge=1, le=1000)] = 20
    # Of people, of domains and of invitations.
    desk_customer_rows_limit: Annotated[int, Meta(ge=1, le=10_000)] = 100
