"""Who may set up which address: what a sign-in and what a link open, and with what in hand."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from mailsetup.clientconfig import AddressError
from mailsetup.hosting import dns
from mailsetup.hosting.models import Domain
from mailsetup.hosting.selectors import UnknownDomain
from mailsetup.setup_links import services
from mailsetup.setup_links.selectors import LinkGone, open_link, setup_of_link, setup_of_user
from tests.provider import MakeLink, setup_of

pytestmark = pytest.mark.django_db
BRAND = "Northwind Hosting"


def test_an_owner_sets_up_every_address_of_their_domains(owner: User) -> None:
    setup = setup_of_user(owner, "Anna@example.net", display_name=BRAND)
    assert (str(setup.address), setup.user) == ("anna@example.net", owner)
    assert (setup.hosting.primary_domain, setup.hosting.display_name) == ("example.com", BRAND)
    assert setup.domain == Domain.objects.get(name="example.com")


@pytest.mark.parametrize("domain", ["elsewhere.example", "nobody.example", "found-by-mx.example"])
def test_what_is_not_theirs_is_as_unknown_as_what_is_not_there(
    owner: User, monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    found = ("in1.mx.hoster.example",) if domain == "found-by-mx.example" else ()
    monkeypatch.setattr(dns, "mx_hosts", lambda *_: found)
    with pytest.raises(UnknownDomain) as unknown:
        setup_of_user(owner, f"anna@{domain}", display_name=BRAND)
    assert unknown.value.args == (domain,)
    with pytest.raises(AddressError):
        setup_of_user(owner, domain, display_name=BRAND)


def test_a_link_sets_up_its_address_and_knows_its_own_token(setup_link: MakeLink) -> None:
    link, token = setup_link()
    setup = setup_of_link(link, token, display_name=BRAND)
    assert (str(setup.address), setup.link, setup.token, setup.user) == (link.address, link, token, None)
    assert (setup.domain, setup.hosting.display_name) == (link.domain, BRAND)
    assert setup.domain is not None


def test_opening_a_link_asks_the_database_once(owner: User, django_assert_num_queries: Any) -> None:
    behind, token = services.create_setup_link(setup_of(owner), lifetime=timedelta(hours=1))
    setup = setup_of_link(behind, token, display_name=BRAND)
    _link, token = services.create_setup_link(setup, lifetime=timedelta(hours=1))
    first, first_token = services.create_setup_link(setup_of(owner), lifetime=timedelta(hours=1))
    with django_assert_num_queries(2):
        assert open_link(token, "").made_behind == behind
        made = open_link(first_token, "")
        assert (made, made.created_by, made.domain) == (first, owner, first.domain)


def test_a_link_that_was_closed_says_so_and_takes_along_what_was_made_behind_it(owner: User) -> None:
    first, token = services.create_setup_link(setup_of(owner), lifetime=timedelta(hours=1))
    behind = setup_of_link(first, token, display_name=BRAND)
    _second, second_token = services.create_setup_link(behind, lifetime=timedelta(hours=1))
    services.revoke_setup_links([first])
    for closed in (token, second_token):
        with pytest.raises(LinkGone) as gone:
            open_link(closed, "")
        assert gone.value.reason == "revoked"


def test_of_two_phones_that_scan_a_code_at_once_one_gets_it(owner: User) -> None:
    token = services.create_one_device_link(setup_of(owner)).token
    first, second = open_link(token, ""), open_link(token, "")
    key = services.claim_setup_link(first)
    with pytest.raises(LinkGone) as gone:
        services.claim_setup_link(second)
    assert gone.value.reason == "used"
    with pytest.raises(LinkGone) as gone:
        open_link(token, "")
    assert gone.value.reason == "used"
    assert open_link(token, key or "") == first


def test_a_token_and_a_device_key_cannot_be_guessed(owner: User) -> None:
    """128 bits, which is 22 characters; longer would make a QR code finer and a link longer."""
    token = services.create_one_device_link(setup_of(owner)).token
    key = services.claim_setup_link(open_link(token, ""))
    assert (len(token), len(key or "")) == (22, 22)
