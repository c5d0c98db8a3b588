"""How often somebody may test, how long a test may take, and how long it is kept."""

from typing import Annotated

from msgspec import Meta, Struct

AtLeastOne = Annotated[int, Meta(ge=1)]


class ConnectionTestSettings(Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # A mailbox password on its way to the worker is gone after this time, whether it was read or not.
    sealed_password_seconds: AtLeastOne = 120
    password_max_characters: AtLeastOne = 256
    # How long a test waits for a worker; the customer has left by then.
    test_queue_seconds: AtLeastOne = 60
    # The longest a run can take by its own deadlines; a test that is older has lost its worker.
    test_lost_seconds: AtLeastOne = 150
    # One address: so many tests in so many minutes, and so many at once.
    test_window_minutes: AtLeastOne = 15
    test_window_limit: AtLeastOne = 60
    test_unfinished_limit: AtLeastOne = 3
    # Many servers block an address after ten wrong passwords, and the block would hit the portal, so
    # all customers (facts: Dovecot's penalty, fail2ban, SmarterMail's abuse detection).
    test_rejected_limit: AtLeastOne = 8
    # The page asks fast while the first steps come in, slower for a run that takes its time, and says
    # after `worker_patience_seconds` that no worker has taken the test.
    poll_fast_milliseconds: AtLeastOne = 200
    poll_slow_milliseconds: AtLeastOne = 600
    poll_late_milliseconds: AtLeastOne = 2000
    worker_patience_seconds: AtLeastOne = 5
    # A worker says that it is alive; /readyz believes it for a while.
    worker_heartbeat_seconds: AtLeastOne = 10
    worker_silence_seconds: AtLeastOne = 35
    history_days: AtLeastOne = 90
    history_limit: AtLeastOne = 100
    recent_tests_limit: AtLeastOne = 3
