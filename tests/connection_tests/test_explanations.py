"""Every finding has its three parts."""

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.connection_tests.explanations import EXPLANATIONS, SKIPPED, STEP_RUNNING, STEP_TITLES, explain
from mailsetup.probes.findings import SKIP_REASONS, Code, Step

SERVICE = ServerSettings(
    ServiceType.SMTP, "mail.example.com", 587, SocketType.STARTTLS, username="anna@example.com"
)
# What we ask people not to do may be named, so these are looked for as advice, at the start of a sentence.
FORBIDDEN = ("Switch off", "Turn off", "Disable", "Trust the certificate", "Accept the certificate")


@pytest.mark.parametrize("code", sorted(set(Code) - SKIP_REASONS - {Code.OK}))
def test_every_cause_says_what_happened_why_and_what_to_do(code: Code) -> None:
    words = explain(code, SERVICE, {})
    for text in (words.title, words.happened, words.why, words.todo):
        assert text
        assert "{" not in text
        assert not any(sentence in text for sentence in FORBIDDEN)
        assert "!" not in text


def test_every_reason_for_skipping_has_words() -> None:
    assert set(SKIPPED) == SKIP_REASONS
    assert set(EXPLANATIONS).isdisjoint(SKIP_REASONS)


def test_every_step_has_a_title_and_words_while_it_runs() -> None:
    assert set(STEP_TITLES) == set(STEP_RUNNING) == set(Step)


def test_the_topic_of_a_server_name_is_the_lane_it_was_found_in() -> None:
    assert explain(Code.DNS_NXDOMAIN, SERVICE, {}).topic == "outgoing"
