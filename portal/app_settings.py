"""Limits of the web process and of what it talks to."""

from typing import Annotated

import msgspec
from msgspec import Meta


class PortalSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # The portal has small forms only.
    request_body_max_bytes: Annotated[int, Meta(ge=10_000, le=100_000_000)] = 1_048_576
    # A body that comes more slowly than this is nobody's who waits for a page.
    request_seconds: Annotated[float, Meta(gt=0, le=600)] = 10
    people_threads_count: Annotated[int, Meta(ge=1, le=1000)] = 8
    # Mail programs ask without signing in, and some of their questions wait for DNS.
    programs_threads_count: Annotated[int, Meta(ge=1, le=1000)] = 4
    # Fewer than either kind has. A family or an office behind one address still gets its pages in turn.
    sender_threads_count: Annotated[int, Meta(ge=1, le=1000)] = 2
    # All threads share one processor, so whoever goes on after a refusal takes time from the others.
    refused_wait_seconds: Annotated[float, Meta(ge=0, le=60)] = 0.25
    # What comes when so many are there gets 503 at once.
    requests_limit: Annotated[int, Meta(ge=1, le=100_000)] = 500
    sender_requests_limit: Annotated[int, Meta(ge=1, le=100_000)] = 50
    turn_first_milliseconds: Annotated[int, Meta(ge=100, le=60_000)] = 400
    # The gate says it from memory, but each question takes some of the time of those who are served.
    turn_milliseconds: Annotated[int, Meta(ge=100, le=60_000)] = 1500
    # A year is usual. Browsers keep it that long, so it is tried with an hour before.
    hsts_seconds: Annotated[int, Meta(ge=0, le=63_072_000)] = 0
    # A page that follows a connection test asks five times a second: not each time is worth a write.
    session_activity_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 300
    session_activity_count: Annotated[int, Meta(ge=100, le=10_000_000)] = 10_000

    # Each page carries the logo, and a guide has 60 kB in all.
    brand_logo_max_bytes: Annotated[int, Meta(ge=1, le=1_000_000)] = 16_384

    # A crowd of addresses and names must not push each other's counts out; an entry is about 500 bytes.
    rate_limits_count: Annotated[int, Meta(ge=1000, le=10_000_000)] = 100_000

    database_lock_seconds: Annotated[int, Meta(ge=1, le=300)] = 20
    database_pool_min_count: Annotated[int, Meta(ge=0, le=1000)] = 1
    # A thread of the worker keeps its connection while a test runs: as many as there are threads.
    database_pool_max_count: Annotated[int, Meta(ge=1, le=1000)] = 64
    database_pool_wait_seconds: Annotated[int, Meta(ge=1, le=300)] = 10

    # Whoever presses "Test" must learn at once that the broker is down.
    broker_connect_seconds: Annotated[int, Meta(ge=1, le=60)] = 2
    broker_answer_seconds: Annotated[int, Meta(ge=1, le=300)] = 10
    broker_polling_seconds: Annotated[float, Meta(gt=0, le=10)] = 0.1
    # At least, as of nice(1): nobody waits for a step of a test as they wait for a page.
    worker_nice_steps: Annotated[int, Meta(ge=0, le=19)] = 5

    def __post_init__(self) -> None:
        if self.database_pool_min_count > self.database_pool_max_count:
            raise ValueError(
                f"DATABASE_POOL_MIN_COUNT can't be used: it is {self.database_pool_min_count} and "
                f"DATABASE_POOL_MAX_COUNT is {self.database_pool_max_count}."
            )
