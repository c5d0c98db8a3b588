"""Deadlines, limits and sizes of a probe."""

from typing import Annotated

from msgspec import Meta, Struct

Seconds = Annotated[float, Meta(gt=0, le=600)]


class ProbeSettings(Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals.

    Deadlines are generous where servers wait on purpose.
    """

    # --- Deadlines of a whole test: this long, and as long again as a message may take to arrive.
    probe_overall_seconds: Seconds = 60
    probe_arrive_seconds: Seconds = 60

    # --- Deadlines of the steps, in their order
    probe_dns_seconds: Seconds = 4
    # The resolver keeps its own time; this much more lets it say itself that it ran out.
    probe_dns_grace_seconds: Seconds = 1
    probe_connect_seconds: Seconds = 6
    # Once one address answered, the others get this long before they count as silent.
    probe_connect_grace_seconds: Seconds = 1
    probe_tls_seconds: Seconds = 8
    # Postfix holds its greeting back for up to 6 seconds (postscreen).
    probe_greeting_seconds: Seconds = 12
    probe_command_seconds: Seconds = 10
    # Dovecot holds the answer to a wrong password back for up to 15 seconds.
    probe_sign_in_seconds: Seconds = 20
    # How long a new message may take to be announced after it was accepted, in IDLE.
    probe_push_seconds: Seconds = 20
    # Content filters look at a message before they take it.
    probe_send_seconds: Seconds = 30
    probe_arrival_poll_seconds: Seconds = 2
    # Half a second is usual, a quarter of a minute is felt.
    probe_delayed_seconds: Seconds = 15
    # A server that closes every connection does so at once, and one that waits for a handshake answers it at
    # once; one that is only slow is another case.
    probe_close_seconds: Seconds = 1
    probe_quit_seconds: Seconds = 1

    # What takes a connection of its own to see is asked so often: whether a server obeys what came before
    # encryption, which looks like an attack, and whether it takes old encryption.
    probe_server_traits_hours: Annotated[int, Meta(ge=1, le=8760)] = 24

    # --- Certificates
    # Programs renew a certificate weeks before it ends: with fewer days left it was forgotten.
    probe_certificate_expiry_days: Annotated[int, Meta(ge=0, le=365)] = 14
    # Intermediate certificates of verified chains, which tell a missing one from an unknown authority; a
    # provider's servers have a handful.
    probe_authorities_limit: Annotated[int, Meta(ge=1, le=10_000)] = 200
    # Reading the system's roots takes longer than all the rest of a test, so they are kept for a while.
    probe_roots_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 900

    # --- What a server may send
    # Two of each family show what a client may meet; more would be a burden on the server.
    probe_addresses_limit: Annotated[int, Meta(ge=1, le=20)] = 2
    # Most lines are short (RFC 5321 section 4.5.3.1.5: 512 bytes), lists of capabilities are longer.
    probe_line_max_bytes: Annotated[int, Meta(ge=1_000, le=10_000_000)] = 65_536
    # Over all connections of a test to one service.
    probe_service_max_bytes: Annotated[int, Meta(ge=10_000, le=100_000_000)] = 1_048_576
    probe_response_lines_limit: Annotated[int, Meta(ge=10, le=100_000)] = 200
    # A mailbox may have more folders than any other answer has lines; the limit of bytes still holds.
    probe_folders_limit: Annotated[int, Meta(ge=10, le=1_000_000)] = 10_000
    # The test message is smaller, with all that servers write above it; what is larger stays unread.
    probe_header_max_bytes: Annotated[int, Meta(ge=1000, le=1_000_000)] = 32_768
    # A rule may have put the test message into any folder.
    probe_other_folders_limit: Annotated[int, Meta(ge=0, le=1000)] = 20
    # From here on the next message may find no room.
    probe_full_percent: Annotated[int, Meta(ge=50, le=100)] = 95
    # The test message is among the last; headers of other mail are private.
    probe_newest_messages_limit: Annotated[int, Meta(ge=1, le=100)] = 5

    # --- What a test left behind that was killed: the next one of that mailbox deletes it
    # A younger message may be one of a test that still runs.
    probe_leftover_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 10
    # A search of all that a mailbox ever held would be a burden on the server.
    probe_leftover_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    probe_leftover_messages_limit: Annotated[int, Meta(ge=0, le=100)] = 20

    # --- What is kept of it, for support
    probe_text_max_characters: Annotated[int, Meta(ge=20, le=10_000)] = 300
    # Ten are many; Postfix itself gives up after fifty (hopcount_limit).
    probe_hops_limit: Annotated[int, Meta(ge=1, le=100)] = 20
    probe_evidence_items_limit: Annotated[int, Meta(ge=1, le=10_000)] = 100
    # An answer to EHLO or CAPABILITY has a dozen lines; a list of folders may have thousands.
    probe_transcript_answer_lines_limit: Annotated[int, Meta(ge=1, le=1000)] = 20
    probe_transcript_lines_limit: Annotated[int, Meta(ge=0, le=10_000)] = 200
    # Of one service.
    probe_transcript_max_bytes: Annotated[int, Meta(ge=0, le=1_000_000)] = 16_384
    probe_certificate_names_limit: Annotated[int, Meta(ge=1, le=1000)] = 20
    # A word or name that shares a piece of this length with the password is left out; shorter ones turn up
    # in too many innocent words.
    probe_password_fragment_characters: Annotated[int, Meta(ge=3, le=12)] = 4

    def __post_init__(self) -> None:
        if self.probe_leftover_minutes * 60 <= self.longest_test_seconds:
            raise ValueError(
                f"PROBE_LEFTOVER_MINUTES can't be used: it is {self.probe_leftover_minutes}, and a test may "
                f"take {self.longest_test_seconds:g} seconds (PROBE_OVERALL_SECONDS and PROBE_ARRIVE_SECONDS "
                "together)."
            )

    @property
    def longest_test_seconds(self) -> float:
        """How long a test may take by these deadlines, with a message that never arrives."""
        return self.probe_overall_seconds + self.probe_arrive_seconds
