"""One profile for several addresses: of one's own, so many, and each encrypted."""

import plistlib
from typing import Any

import pytest
from django.test import Client
from msgspec import structs
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.hosting.models import Domain, Mailbox, Server
from tests.html import read

pytestmark = pytest.mark.django_db
PAGE = "/setup/several/"


@pytest.fixture
def bert(owner: User) -> None:
    Mailbox.objects.create(domain=Domain.objects.get(name="example.com"), local_part="bert")


def ask(browser: Client, *addresses: str, protocol: str = "imap") -> Any:
    return browser.get(PAGE, {"address": addresses, "protocol": protocol})


@pytest.mark.usefixtures("bert")
def test_the_ticked_ones_are_in_it(owner: User, signed_in: Any) -> None:
    browser = signed_in(owner)
    page = read(browser.get(PAGE))
    assert [box["value"] for box in page.all("input") if box["name"] == "address"] == [
        "anna@example.com",
        "bert@example.com",
    ]
    answer = ask(browser, "anna@example.com", "bert@example.com", protocol="pop3")
    assert answer["Content-Type"] == "application/x-apple-aspen-config"
    assert answer["Content-Disposition"] == 'attachment; filename="mail-2-addresses.mobileconfig"'
    assert "no-store" in answer["Cache-Control"]
    accounts = plistlib.loads(answer.content)["PayloadContent"]
    assert [each["EmailAddress"] for each in accounts] == ["anna@example.com", "bert@example.com"]
    assert {each["EmailAccountType"] for each in accounts} == {"EmailTypePOP"}


def test_an_address_of_somebody_else_is_not_there(owner: User, signed_in: Any, stranger: User) -> None:
    assert ask(signed_in(owner), "anna@example.com", "x@stranger.example").status_code == 404
    assert ask(signed_in(stranger), "anna@example.com").status_code == 404
    assert ask(signed_in(owner), "no address").status_code == 404
    assert Client().get(PAGE).status_code == 302


@pytest.mark.usefixtures("bert")
def test_what_can_not_be_done_is_said_and_the_ticks_stay(
    owner: User, signed_in: Any, settings: Settings
) -> None:
    browser = signed_in(owner)
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, profile_addresses_limit=1)
    many = ask(browser, "anna@example.com", "bert@example.com")
    assert many.status_code == 422
    assert "One profile holds 1 address at most." in many.content.decode()
    assert len([box for box in read(many).all("input") if "checked" in box.attributes]) == 2
    Server.objects.get().services.update(socket_type="plain")
    plain = ask(browser, "anna@example.com")
    assert plain.status_code == 422
    assert "has no encrypted server for IMAP" in plain.content.decode()
