"""What somebody writes into a Host header is in no mail."""

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from tests.accounts.conftest import person

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
ANNA = "anna@lindqvist.example"


@pytest.fixture(autouse=True)
def anna() -> None:
    person(ANNA)


@pytest.mark.parametrize(
    "host", ["testserver:1234", "testserver:@evil.example", "testserver:65536", "evil.example"]
)
def test_a_forged_host_sends_no_mail(host: str) -> None:
    browser = Client(raise_request_exception=False)
    assert browser.post(RESET, {"email": ANNA}, headers={"Host": host}).status_code in (400, 404)
    assert mail.outbox == []


@pytest.mark.parametrize("host", ["testserver", "testserver:80", "testserver:443"])
def test_the_portals_own_ports_are_answered(host: str) -> None:
    assert Client().post(RESET, {"email": ANNA}, headers={"Host": host}).status_code == 302
    assert "://testserver" in mail.outbox[-1].body


def test_the_port_of_the_portals_address_is_its_own(settings: Settings) -> None:
    settings.PORTAL_URL = "https://testserver:8443"
    assert Client().post(RESET, {"email": ANNA}, headers={"Host": "testserver:8443"}).status_code == 302
    assert "://testserver:8443/" in mail.outbox[-1].body
