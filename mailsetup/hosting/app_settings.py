"""How long an answer from DNS is waited for and kept."""

from typing import Annotated

import msgspec
from msgspec import Meta


class HostingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # A mail program that asks for settings waits for this answer.
    mx_timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 1.0
    # Whoever asks about random names must not keep the threads that answer people: fewer than the web
    # server has.
    mx_waiting_limit: Annotated[int, Meta(ge=1, le=1000)] = 2
    mx_questions_per_second_limit: Annotated[int, Meta(ge=1, le=10_000)] = 20
    mx_found_cache_seconds: Annotated[int, Meta(ge=1, le=604_800)] = 3600
    mx_missing_cache_seconds: Annotated[int, Meta(ge=1, le=604_800)] = 600
    mx_cache_count: Annotated[int, Meta(ge=100, le=10_000_000)] = 10_000
