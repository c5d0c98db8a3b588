"""Answers are kept until something changes, and are the same as those that are made anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from mailsetup.clientconfig import AddressError, Hosting, parse_address
from mailsetup.discovery import answers, documents
from mailsetup.discovery.answers import AUTOCONFIG, Question
from mailsetup.discovery.index import follower
from mailsetup.hosting import selectors
from mailsetup.hosting.models import Domain, Server, Service
from tests.formats import hostings

PATH = "/mail/config-v1.1.xml"
ANNA = {"emailaddress": "anna@example.com"}
MX = "a.mx.hoster.example"
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


@pytest.fixture
def led_by_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The MX record of moved.example names a server of the provider's, and nowhere.example has none."""
    records = {"moved.example": (MX,)}
    monkeypatch.setattr(selectors, "_cached_mx_hosts", lambda name: records.get(name, ()))


@pytest.mark.django_db
@pytest.mark.usefixtures("indexed", "led_by_dns")
@pytest.mark.parametrize("host", ["autoconfig.example.com", "autoconfig.moved.example"])
@pytest.mark.parametrize("local_part", ["", "anna"])
def test_a_second_question_asks_no_database(
    client: Client, django_assert_num_queries: Any, host: str, local_part: str
) -> None:
    domain = host.removeprefix("autoconfig.")
    query = {"emailaddress": f"{local_part}@{domain}"} if local_part else {}
    first = client.get(PATH, query, headers={"host": host})
    with django_assert_num_queries(0):
        again = client.get(PATH, query, headers={"host": host})
    assert (first.status_code, again.content) == (200, first.content)


@pytest.mark.django_db
@pytest.mark.usefixtures("indexed", "led_by_dns")
def test_a_name_that_is_nobodys_is_remembered_as_that(client: Client, django_assert_num_queries: Any) -> None:
    assert client.get(PATH, {"emailaddress": "x@nowhere.example"}).status_code == 404
    with django_assert_num_queries(0):
        assert client.get(PATH, {"emailaddress": "y@nowhere.example"}).status_code == 404
    with pytest.raises(selectors.UnknownDomain):
        answers.known(Question.of("", "emailaddress=z@nowhere.example"))


@pytest.mark.django_db
@pytest.mark.usefixtures("indexed", "led_by_dns")
def test_a_change_by_staff_is_seen_at_the_next_look_by_a_name_that_dns_led_here(client: Client) -> None:
    for name in ("moved.example", "nowhere.example"):
        client.get(PATH, {"emailaddress": f"x@{name}"})
    server = Server.objects.get()
    Service.objects.update(hostname="new.example.com")
    server.save()
    Domain.objects.create(name="nowhere.example", server=server)
    assert b"new.example.com" not in client.get(PATH, {"emailaddress": "x@moved.example"}).content
    follower.look()
    for name in ("moved.example", "nowhere.example"):
        assert b"new.example.com" in client.get(PATH, {"emailaddress": f"x@{name}"}).content


@pytest.mark.django_db
@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(("before", "after", "statuses"), [((), (MX,), (404, 200)), ((MX,), (), (200, 404))])
def test_what_dns_says_now_is_seen_within_a_minute(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    time_machine: TimeMachineFixture,
    before: tuple[str, ...],
    after: tuple[str, ...],
    statuses: tuple[int, int],
) -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    time_machine.move_to(start, tick=False)
    follower.index = None
    follower.look()
    query = {"emailaddress": "x@moved.example"}
    monkeypatch.setattr(selectors, "_cached_mx_hosts", lambda _name: before)
    assert client.get(PATH, query).status_code == statuses[0]
    monkeypatch.setattr(selectors, "_cached_mx_hosts", lambda _name: after)
    for seconds, status in ((59, statuses[0]), (60, statuses[1])):
        time_machine.move_to(start + timedelta(seconds=seconds), tick=False)
        follower.look()
        assert client.get(PATH, query).status_code == status


@pytest.mark.django_db
@pytest.mark.usefixtures("indexed", "led_by_dns")
def test_names_that_somebody_invents_take_only_so_much_memory_and_none_of_the_others(
    client: Client, settings: Settings
) -> None:
    settings.DISCOVERY = msgspec.structs.replace(settings.DISCOVERY, discovery_answers_count=2)
    for number in range(5):
        assert client.get(PATH, {"emailaddress": f"x@nowhere{number}.example"}).status_code == 404
    assert client.get(PATH, {"emailaddress": "x@moved.example"}).status_code == 200
    assert answers.known(Question.of("", "emailaddress=x@moved.example")) is not None
    assert answers.known(Question.of("", "emailaddress=x@nowhere4.example")) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("provider", "led_by_dns")
def test_nothing_is_kept_where_nobody_looks_for_changes(client: Client) -> None:
    """Rather no answer from memory than an old one: the index is away while the database is."""
    for address in ("anna@example.com", "x@moved.example"):
        assert client.get(PATH, {"emailaddress": address}).status_code == 200
        assert answers.known(Question.of("", f"emailaddress={address}")) is None


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
