"""Every finding has its words, and its words say who can put it right."""

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.connection_tests.explanations import (
    EXPLANATIONS,
    FIXER_LABELS,
    FIXER_NAMES,
    SIDES,
    SKIPPED,
    STEP_RUNNING,
    STEP_TITLES,
    encryption,
    explain,
    mail,
    reach,
    run,
    sign_in,
)
from mailsetup.connection_tests.explanations.base import SERVER
from mailsetup.guides.clients import TOPICS
from mailsetup.probes.findings import CAUSES, SKIP_REASONS, Code, Fixer, Step

CODES = sorted(set(Code) - SKIP_REASONS - {Code.OK})
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
    assert sorted(EXPLANATIONS) == CODES
    assert sum(len(subject.EXPLANATIONS) for subject in SUBJECTS) == len(EXPLANATIONS)


@pytest.mark.parametrize("code", CODES)
def test_every_cause_says_what_happened_why_and_what_to_do(code: Code) -> None:
    words = explain(code, SENDING, {})
    for text in (words.title, words.happened, words.why, words.todo, words.staff):
        assert text
        assert "{" not in text
        assert not any(sentence in text for sentence in FORBIDDEN)
        assert "!" not in text


@pytest.mark.parametrize("code", CODES)
def test_who_can_fix_it_is_whom_the_advice_speaks_to(code: Code) -> None:
    """The tag and the advice stand on one card; "we" beside "change your password" would be two answers."""
    words, cause = EXPLANATIONS[code], CAUSES[code]
    todo = str(words.todo)
    nothing_to_change = "othing to change" in todo
    if cause.fixer is Fixer.CUSTOMER:
        assert not nothing_to_change
        assert not todo.startswith(("Test again", "Call support"))
    elif cause.fixer is Fixer.US:
        assert "says nothing about your mail" in str(words.why)
    elif cause.passing:
        assert nothing_to_change or "est again" in todo
    else:
        assert "support" in todo


def test_everybody_can_fix_something() -> None:
    assert [*Fixer] == ["customer", "provider", "dns", "network", "us"]
    assert {cause.fixer for cause in CAUSES.values()} == set(Fixer)
    assert set(FIXER_LABELS) == set(FIXER_NAMES) == set(Fixer)
    assert set(SIDES) == set(Fixer) - {Fixer.CUSTOMER}


def test_topics_are_parts_of_a_guide() -> None:
    assert {words.topic for words in EXPLANATIONS.values()} <= {"", SERVER, *TOPICS}


def test_the_topic_of_a_server_name_is_the_part_about_that_server() -> None:
    assert explain(Code.TCP_REFUSED, RECEIVING, {}).topic == "incoming"
    assert explain(Code.TCP_REFUSED, SENDING, {}).topic == "outgoing"
    assert explain(Code.AUTH_FAILED, SENDING, {}).topic == "password"


def test_a_certificate_without_names_is_still_somebody_elses() -> None:
    assert "proved it is another server." in str(explain(Code.CERT_WRONG_NAME, SENDING, {}).happened)


@pytest.mark.parametrize("code", [Code.CERT_EXPIRED, Code.CERT_NOT_YET, Code.CERT_INTERMEDIATE_EXPIRED])
def test_a_certificate_without_dates_leaves_no_gap_in_the_sentence(code: Code) -> None:
    happened = str(explain(code, SENDING, {}).happened)
    assert happened.endswith((" a day that has passed.", " a later day."))


@pytest.mark.parametrize("code", [code for code in CODES if CAUSES[code].fixer is Fixer.DNS])
def test_nobody_is_sent_to_a_step_for_what_the_dns_says(code: Code) -> None:
    assert EXPLANATIONS[code].topic == ""


def test_every_reason_for_skipping_has_words() -> None:
    assert set(SKIPPED) == SKIP_REASONS


def test_every_step_has_a_title_and_words_while_it_runs() -> None:
    assert set(STEP_TITLES) == set(STEP_RUNNING) == set(Step)
