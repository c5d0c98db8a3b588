"""What every web process knows of all domains before anybody asks, and how it learns of a change."""

from xml.sax.saxutils import escape

import pytest
from django.db import connection

from mailsetup.clientconfig import Address, parse_address
from mailsetup.discovery import answers, documents
from mailsetup.discovery.answers import AUTOCONFIG, Question
from mailsetup.discovery.index import Follower, follower, load
from mailsetup.formats import FORMATS
from mailsetup.hosting import selectors
from mailsetup.hosting.models import Domain, DomainAlias, Server, Service
from mailsetup.hosting.selectors import UnknownDomain
from tests.formats.test_autodiscover import ASKED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]


def from_the_database(question: Question) -> bytes:
    if question.address is None:
        hosting = selectors.find_domain_hosting(question.domain, display_name="Northwind Hosting")
        return documents.for_domain(AUTOCONFIG, hosting)
    hosting, _domain = selectors.find_hosting(question.address, display_name="Northwind Hosting")
    return documents.for_config(AUTOCONFIG, documents.config_for_address(question.address, hosting))


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("domain", ["example.com", "example.net"])
@pytest.mark.parametrize("local_part", ["", "anna", "o'br&ien", "anna+shop"])
def test_what_is_known_is_what_the_database_says(domain: str, local_part: str) -> None:
    """Of a domain and of an alias, with an address and without; and it asks nothing."""
    question = Question(domain, parse_address(f"{local_part}@{domain}") if local_part else None)
    expected = from_the_database(question)
    with connection.execute_wrapper(nothing_is_asked):
        found = answers.known(question)
    assert found is not None
    assert found.body == expected


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("address", ["anna@example.com", "anna@example.net", "o'br&ien@example.com"])
def test_autodiscovers_answer_is_known_too(address: str) -> None:
    asked = ASKED.replace("anna@example.com", escape(address)).encode()
    config = answers.config_for_stranger(parse_address(address), display_name="Northwind Hosting")
    expected = FORMATS["autodiscover"].render(config)
    with connection.execute_wrapper(nothing_is_asked):
        assert answers.known_settings(asked) == expected


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        ASKED.replace("anna@", "anna+shop@").encode(),
        ASKED.replace("example.com", "stranger.example").encode(),
        ASKED.replace("/outlook/", "/mobilesync/").replace("2006a", "2006").encode(),
    ],
)
def test_what_needs_more_than_the_index_is_left_to_the_door(body: bytes) -> None:
    assert answers.known_settings(body) is None


def nothing_is_asked(*_arguments: object) -> None:
    raise AssertionError("the database was asked")


@pytest.mark.usefixtures("indexed")
def test_strangers_and_switched_off_domains_are_not_in_it() -> None:
    Domain.objects.create(name="off.example", server=Server.objects.get(), enabled=False)
    follower.look()
    assert answers.known(Question("stranger.example")) is None
    assert answers.known(Question("off.example")) is None


@pytest.mark.usefixtures("indexed")
def test_a_server_that_may_not_be_offered_is_as_unknown_as_a_stranger() -> None:
    Service.objects.update(socket_type="plain")
    Server.objects.get().save()
    follower.look()
    for address in (None, Address("anna", "example.com")):
        with pytest.raises(UnknownDomain):
            answers.known(Question("example.com", address))


def test_any_change_to_servers_and_names_is_noticed_and_nothing_else_is() -> None:
    following = Follower()
    following.look()
    server = Server.objects.get()

    def new() -> Domain:
        return Domain.objects.get(name="new.example")

    changes = [
        lambda: server.save(),
        lambda: server.services.all()[0].delete(),
        lambda: Domain.objects.create(name="new.example", server=server),
        lambda: DomainAlias.objects.create(name="alias.example", domain=new()),
        lambda: new().delete(),
    ]
    for change in changes:
        before = following.index
        following.look()
        assert following.index is before, "nothing has changed"
        change()
        following.look()
        assert following.index is not before
    assert "new.example" not in load().names
