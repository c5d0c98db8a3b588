"""Every finding has its words, and its words say who can put it right."""

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.connection_tests.explanations import (
    EXPLANATIONS,
    SKIPPED,
    STEP_RUNNING,
    STEP_TITLES,
    Fixer,
    encryption,
    explain,
    mail,
    reach,
    run,
    sign_in,
)
from mailsetup.connection_tests.explanations.base import SERVER
from mailsetup.guides.clients import TOPICS
from mailsetup.probes.findings import SKIP_REASONS, Code, Step

CAUSES = sorted(set(Code) - SKIP_REASONS - {Code.OK})
SUBJECTS = (run, reach, encryption, sign_in, mail)
RECEIVING = ServerSettings(
    ServiceType.IMAP, "mail.example.com", 993, SocketType.SSL, username="anna@example.com"
)
SENDING = ServerSettings(
    ServiceType.SMTP, "mail.example.com", 587, SocketType.STARTTLS, username="anna@example.com"
)
# What we ask people not to do may be named, so these are looked for as advice, at the start of a sentence.
FORBIDDEN = ("Switch off", "Turn off", "Disable", "Trust the certificate", "Accept the certificate")


def test_every_cause_is_explained_once() -> None:
    assert sorted(EXPLANATIONS) == CAUSES
    assert sum(len(subject.EXPLANATIONS) for subject in SUBJECTS) == len(EXPLANATIONS)


@pytest.mark.parametrize("code", CAUSES)
def test_every_cause_says_what_happened_why_and_what_to_do(code: Code) -> None:
    words = explain(code, SENDING, {})
    for text in (words.title, words.happened, words.why, words.todo, words.staff):
        assert text
        assert "{" not in text
        assert not any(sentence in text for sentence in FORBIDDEN)
        assert "!" not in text


@pytest.mark.parametrize("code", CAUSES)
def test_who_can_fix_it_is_whom_the_advice_speaks_to(code: Code) -> None:
    """The tag and the advice stand on one card; "we" beside "change your password" would be two answers."""
    words = EXPLANATIONS[code]
    todo = str(words.todo)
    if "says nothing about your mail" in str(words.why):
        assert words.fixer is Fixer.PORTAL
    elif todo.startswith(("Test again in a few minutes", "Nothing to change.")) and "our side" not in todo:
        assert words.fixer is Fixer.NOBODY
    elif "If " in todo and "give support the reference" in todo:
        assert words.fixer is Fixer.EITHER
    elif "support" in todo:
        assert words.fixer is Fixer.PROVIDER
    else:
        assert words.fixer is Fixer.CUSTOMER


def test_everybody_can_fix_something() -> None:
    assert {words.fixer for words in EXPLANATIONS.values()} == set(Fixer)


def test_topics_are_parts_of_a_guide() -> None:
    assert {words.topic for words in EXPLANATIONS.values()} <= {"", SERVER, *TOPICS}


def test_the_topic_of_a_server_name_is_the_part_about_that_server() -> None:
    assert explain(Code.DNS_NXDOMAIN, RECEIVING, {}).topic == "incoming"
    assert explain(Code.DNS_NXDOMAIN, SENDING, {}).topic == "outgoing"
    assert explain(Code.AUTH_FAILED, SENDING, {}).topic == "password"


def test_a_certificate_without_names_is_still_somebody_elses() -> None:
    assert "proved it is another server." in str(explain(Code.CERT_WRONG_NAME, SENDING, {}).happened)


def test_every_reason_for_skipping_has_words() -> None:
    assert set(SKIPPED) == SKIP_REASONS


def test_every_step_has_a_title_and_words_while_it_runs() -> None:
    assert set(STEP_TITLES) == set(STEP_RUNNING) == set(Step)
