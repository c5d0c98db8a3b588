"""How often somebody may test, how long a test may take, and how long it is kept."""

from typing import Annotated

import msgspec
from msgspec import Meta


class ConnectionTestSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # Whether it was read or not.
    sealed_password_seconds: Annotated[int, Meta(ge=1, le=600)] = 120
    password_max_characters: Annotated[int, Meta(ge=1, le=10_000)] = 256
    # The customer has left by then.
    test_queue_seconds: Annotated[int, Meta(ge=1, le=600)] = 60
    # Longer than a run can take by its own deadlines.
    test_lost_seconds: Annotated[int, Meta(ge=1, le=3600)] = 150
    # Many servers block an address after ten wrong passwords, and the block would hit the portal, so
    # all customers (facts: Dovecot's penalty, fail2ban, SmarterMail's abuse detection). What is counted
    # in this time is counted for the mailbox, for the person or link, for the customer, for the server.
    test_window_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    mailbox_unfinished_limit: Annotated[int, Meta(ge=1, le=1000)] = 1
    mailbox_tests_limit: Annotated[int, Meta(ge=1, le=10_000)] = 60
    mailbox_rejected_limit: Annotated[int, Meta(ge=1, le=1000)] = 8
    person_unfinished_limit: Annotated[int, Meta(ge=1, le=1000)] = 3
    person_tests_limit: Annotated[int, Meta(ge=1, le=10_000)] = 60
    person_rejected_limit: Annotated[int, Meta(ge=1, le=1000)] = 8
    customer_unfinished_limit: Annotated[int, Meta(ge=1, le=1000)] = 8
    customer_tests_limit: Annotated[int, Meta(ge=1, le=100_000)] = 240
    customer_rejected_limit: Annotated[int, Meta(ge=1, le=1000)] = 16
    # Tests of one server run in so many threads of the workers, so that a slow one leaves room for others.
    server_running_limit: Annotated[int, Meta(ge=1, le=10_000)] = 64
    server_turn_seconds: Annotated[int, Meta(ge=1, le=60)] = 1
    server_rejected_limit: Annotated[int, Meta(ge=1, le=100_000)] = 60
    # A server that turns so many tests away within the pause is left alone until it is over.
    server_refusals_limit: Annotated[int, Meta(ge=1, le=1000)] = 5
    server_pause_seconds: Annotated[int, Meta(ge=1, le=3600)] = 120
    # Faster until there is the first step, fast while others come in, slower for a run that takes its time.
    poll_first_milliseconds: Annotated[int, Meta(ge=50, le=60_000)] = 100
    poll_fast_milliseconds: Annotated[int, Meta(ge=100, le=60_000)] = 200
    poll_slow_milliseconds: Annotated[int, Meta(ge=100, le=60_000)] = 600
    # A crowd's pages take turns: this long after one of them the next one asks, whichever it is.
    poll_turn_milliseconds: Annotated[int, Meta(ge=0, le=10_000)] = 20
    poll_late_milliseconds: Annotated[int, Meta(ge=100, le=60_000)] = 2000
    # So long a page waits for an answer, and at most so long between two questions while there is none.
    poll_away_milliseconds: Annotated[int, Meta(ge=1000, le=60_000)] = 5000
    # So long after somebody stops a test its worker learns of it at the latest.
    cancel_look_milliseconds: Annotated[int, Meta(ge=50, le=60_000)] = 500
    worker_patience_seconds: Annotated[int, Meta(ge=1, le=3600)] = 5
    worker_heartbeat_seconds: Annotated[int, Meta(ge=1, le=3600)] = 5
    # So long after a worker has been killed its tests say that they were interrupted.
    worker_silence_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 15
    history_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    # As long as somebody takes who helps in the evening; the report says when it ends.
    report_link_days: Annotated[int, Meta(ge=1, le=365)] = 7
    # Of one person to one result; the oldest makes room for another.
    report_links_limit: Annotated[int, Meta(ge=1, le=100)] = 5
    history_limit: Annotated[int, Meta(ge=1, le=10_000)] = 100
    recent_tests_limit: Annotated[int, Meta(ge=1, le=100)] = 3

    def __post_init__(self) -> None:
        if self.sealed_password_seconds < self.test_queue_seconds:
            raise ValueError(
                f"SEALED_PASSWORD_SECONDS can't be used: it is {self.sealed_password_seconds}, and a test "
                f"may wait {self.test_queue_seconds} for its worker (TEST_QUEUE_SECONDS)."
            )
        if self.worker_silence_seconds <= self.worker_heartbeat_seconds:
            raise ValueError(
                f"WORKER_SILENCE_SECONDS can't be used: it is {self.worker_silence_seconds}, and a worker "
                f"says only every {self.worker_heartbeat_seconds} seconds (WORKER_HEARTBEAT_SECONDS) that it "
                "is alive."
            )
