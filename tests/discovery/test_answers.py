"""Answers are kept for seconds, and are the same as those that are made anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from time_machine import TimeMachineFixture

from mailsetup.clientconfig import AddressError, Hosting, parse_address
from mailsetup.discovery import answers, documents
from mailsetup.discovery.answers import AUTOCONFIG, Question
from mailsetup.hosting import selectors
from mailsetup.hosting.models import Domain, Service
from tests.formats import hostings

PATH = "/mail/config-v1.1.xml"
ANNA = {"emailaddress": "anna@example.com"}
# All that a local part may have (RFC 5322 atext), with and without dots and a sub-address.
LOCAL_PARTS = st.from_regex(
    r"[a-z0-9!#$%&'*=?^_`{|}~-]{1,10}(\.[a-z0-9&'<>-]{1,5})?(\+[a-z0-9]{1,5})?", fullmatch=True
)


@given(LOCAL_PARTS, st.sampled_from([hostings.DOMAIN, hostings.ALIAS]), st.booleans())
def test_what_is_filled_in_is_what_would_be_rendered(
    local_part: str, hosting: Hosting, by_name: bool
) -> None:
    text = f"{local_part}@{hosting.domain}"
    try:
        address = parse_address(text)
    except AddressError:
        return
    if by_name:
        hosting = replace(
            hosting, services=(replace(hostings.IMAP, username="%EMAILLOCALPART%"), hostings.SMTP)
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selectors, "find_hosting", lambda *_, **__: (hosting, None))
        patch.setattr(answers, "known", lambda _question: None)
        found = answers.answer(Question.of("", f"emailaddress={quoted(text)}"), display_name="x")
    assert found.body == documents.for_config(AUTOCONFIG, documents.config_for_address(address, hosting))


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize(
    ("host", "query", "domain", "address"),
    [
        ("autoconfig.example.com", "", "example.com", None),
        ("AutoConfig.Example.com:8080", "", "example.com", None),
        ("autodiscover.example.com", "emailaddress=", "example.com", None),
        ("example.com", "other=1", "example.com", None),
        ("portal.example", "emailaddress=anna%40example.com", "example.com", "anna@example.com"),
        ("portal.example", "emailaddress=a+b@example.com", "example.com", "a+b@example.com"),
        ("portal.example", "emailaddress=x@a.test&emailaddress=anna@b.test", "b.test", "anna@b.test"),
        ("portal.example", "emailaddress=EVOLUTIONUSER@example.com", "example.com", None),
    ],
)
def test_a_question_is_about_a_domain_or_an_address(
    host: str, query: str, domain: str, address: str | None
) -> None:
    question = Question.of(host, query)
    assert (question.domain, str(question.address) if question.address else None) == (domain, address)


@pytest.mark.parametrize(
    ("host", "query"),
    [
        ("", ""),
        ("localhost", ""),
        ("192.0.2.1", ""),
        ("x.test", "emailaddress=a"),
        ("x.test", "a=1&" * 21 + "a=1"),
    ],
)
def test_what_is_no_question_is_an_error(host: str, query: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # AddressError among them
        Question.of(host, query)


@pytest.mark.django_db
@pytest.mark.parametrize("query", [ANNA, {}])
def test_a_second_question_asks_no_database(
    provider: None, client: Client, django_assert_num_queries: Any, query: dict[str, str]
) -> None:
    host = {"host": "autoconfig.example.com"}
    first = client.get(PATH, query, headers=host).content
    with django_assert_num_queries(0):
        assert client.get(PATH, query, headers=host).content == first


@pytest.mark.django_db
def test_strangers_are_remembered_apart_and_as_shortly(
    provider: None, client: Client, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "_cached_mx_hosts", lambda _name: ())
    assert client.get(PATH, {"emailaddress": "x@nowhere.example"}).status_code == 404
    with django_assert_num_queries(0):
        assert client.get(PATH, {"emailaddress": "y@nowhere.example"}).status_code == 404
    with pytest.raises(selectors.UnknownDomain):
        answers.known(Question.of("", "emailaddress=z@nowhere.example"))


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "seen"), [(4, False), (5, True)])
def test_what_staff_change_is_seen_within_seconds(
    provider: None, client: Client, time_machine: TimeMachineFixture, seconds: int, seen: bool
) -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    time_machine.move_to(start, tick=False)
    assert client.get(PATH, ANNA).status_code == 200
    Service.objects.update(hostname="new.example.com")
    time_machine.move_to(start + timedelta(seconds=seconds), tick=False)
    assert (b"new.example.com" in client.get(PATH, ANNA).content) is seen

    Domain.objects.update(enabled=False)
    time_machine.move_to(start + timedelta(seconds=seconds + 10), tick=False)
    assert client.get(PATH, ANNA).status_code == 404


@pytest.mark.django_db
def test_a_program_that_has_the_answer_is_told_so(provider: None, client: Client) -> None:
    first = client.get(PATH, ANNA)
    again = client.get(PATH, ANNA, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["ETag"].startswith('"')
    other = client.get(PATH, {"emailaddress": "bo@example.com"}, headers={"if-none-match": first["ETag"]})
    assert (other.status_code, other["ETag"] == first["ETag"]) == (200, False)


@pytest.mark.django_db
def test_a_head_has_the_headers_alone(provider: None, client: Client) -> None:
    got, headed = client.get(PATH, ANNA), client.head(PATH, ANNA)
    assert headed.content == b""
    assert {**headed.headers} == {**got.headers}


@pytest.mark.django_db
def test_a_script_of_another_site_may_read_it_and_nothing_else(provider: None, client: Client) -> None:
    asked = client.options(
        PATH, headers={"origin": "https://webmail.example", "host": "autoconfig.example.com"}
    )
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, "*")
    assert asked["Access-Control-Allow-Methods"] == asked["Allow"] == "GET, HEAD, OPTIONS"
    assert client.get(PATH, ANNA)["Access-Control-Allow-Origin"] == "*"
    assert client.post(PATH).status_code == 405
    assert "Access-Control-Allow-Origin" not in client.get("/accounts/login/")


@pytest.mark.django_db
def test_an_alias_is_found_by_its_own_name(provider: None, client: Client) -> None:
    body = client.get(PATH, {"emailaddress": "anna@example.net"}).content
    assert ET.fromstring(body).findtext("emailProvider/domain") == "example.net"
