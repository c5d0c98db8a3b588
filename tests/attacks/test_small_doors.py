"""Small things that told a stranger something, or let somebody in by the side."""

import ipaddress
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from mailsetup.hosting.models import Domain, Server, Service
from mailsetup.probes.wire.network import is_reachable_by_rule
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.services import create_one_device_link
from tests.provider import setup_of

pytestmark = pytest.mark.django_db


def test_codes_do_not_pile_up(owner: User) -> None:
    tokens = [create_one_device_link(setup_of(owner)).token for _ in range(12)]
    other = create_one_device_link(setup_of(owner, "bert@example.com")).token
    statuses = [Client().get(f"/s/{token}/").status_code for token in (*tokens, other)]
    assert statuses == [410, 410] + [200] * 11


def test_a_code_that_a_phone_has_opened_stays(owner: User) -> None:
    phone, token = Client(), create_one_device_link(setup_of(owner)).token
    phone.get(f"/s/{token}/")
    for _ in range(20):
        create_one_device_link(setup_of(owner))
    assert phone.get(f"/s/{token}/").status_code == 200
    assert SetupLink.objects.filter(revoked_at=None).count() == 11


def test_discovery_does_not_tell_whether_a_mailbox_with_a_plus_exists(provider: None) -> None:
    def ask() -> bytes:
        path = "/mail/config-v1.1.xml?emailaddress=anna%2Bshop@example.com"
        return Client().get(path, headers={"Host": "autoconfig.example.com"}).content

    without = ask()
    assert b"<username>anna@example.com</username>" in without
    Domain.objects.get(name="example.com").mailboxes.create(local_part="anna+shop")
    assert ask() == without


def test_a_clouds_own_services_are_not_public() -> None:
    assert not is_reachable_by_rule(ipaddress.ip_address("168.63.129.16"), ())
    assert not is_reachable_by_rule(ipaddress.ip_address("::ffff:168.63.129.16"), ())
    assert is_reachable_by_rule(ipaddress.ip_address("168.63.129.17"), ())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", 0),
        ("port", 65_536),
        ("port", 99_999),
        ("hostname", "mail example.com"),
        ("hostname", "mail.example.com\r\nX: y"),
        ("username", "anna\0"),
        ("username", "anna\r\nNOOP"),
    ],
)
def test_staff_store_no_service_that_a_provider_could_not(provider: None, field: str, value: Any) -> None:
    service = Service.objects.first()
    assert service is not None
    service.full_clean()
    setattr(service, field, value)
    with pytest.raises(ValidationError, match=field):
        service.full_clean()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x\n", "data:text/html,x"])
def test_a_webmail_address_runs_nothing(provider: None, address: str) -> None:
    server = Server.objects.get()
    server.full_clean()
    server.webmail_url = address
    with pytest.raises(ValidationError, match="A web address starts with https://"):
        server.full_clean()
