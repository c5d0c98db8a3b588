"""How long a set-up link opens, to the second, and what ends it before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from mailsetup.hosting.models import Domain
from mailsetup.setup_links import services
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.selectors import LinkGone, UnknownLink, open_link, token_hash
from tests.provider import MakeLink, setup_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_a_link_opens_until_its_last_second(clock: time_machine.Traveller, setup_link: MakeLink) -> None:
    link, token = setup_link(hours=24)
    clock.move_to(link.expires_at - SECOND)
    assert open_link(token, "") == link
    clock.move_to(link.expires_at)
    with pytest.raises(LinkGone, match="expired"):
        open_link(token, "")
    assert link.expires_at == NOON + timedelta(hours=24)


@pytest.mark.parametrize(("hours", "lives"), [((), 24), (("--hours", "2160"), 2160)])
def test_the_command_makes_links_that_live_as_long_as_the_setting_says(
    clock: time_machine.Traveller, provider: None, hours: tuple[str, ...], lives: int
) -> None:
    call_command("setup_link", "anna@example.com", *hours)
    assert SetupLink.objects.get().expires_at == NOON + timedelta(hours=lives)


def test_a_code_waits_a_quarter_of_an_hour_to_be_scanned(clock: time_machine.Traveller, owner: User) -> None:
    token = services.create_one_device_link(setup_of(owner)).token
    clock.move_to(NOON + timedelta(minutes=15) - SECOND)
    assert open_link(token, "").one_device
    clock.move_to(NOON + timedelta(minutes=15))
    with pytest.raises(LinkGone, match="expired"):
        open_link(token, "")


def test_the_phone_that_scanned_a_code_keeps_it_for_a_day(clock: time_machine.Traveller, owner: User) -> None:
    token = services.create_one_device_link(setup_of(owner)).token
    scanned = NOON + timedelta(minutes=10)
    clock.move_to(scanned)
    phone = Client()
    assert phone.get(f"/s/{token}/").status_code == 200
    assert SetupLink.objects.get().opened_at == scanned
    cookie = phone.cookies["setup_device"]
    assert (cookie["max-age"], cookie["path"]) == (24 * 3600, f"/s/{token}/")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    clock.move_to(scanned + timedelta(hours=24) - SECOND)
    assert phone.get(f"/s/{token}/").status_code == 200
    clock.move_to(scanned + timedelta(hours=24))
    answer = phone.get(f"/s/{token}/")
    assert (answer.status_code, answer.context["reason"]) == (410, "expired")


@pytest.mark.parametrize("hours", [1, 48])
def test_a_link_for_one_device_ends_when_it_was_chosen_to_also_once_it_is_opened(
    clock: time_machine.Traveller, setup_link: MakeLink, hours: int
) -> None:
    _link, token = setup_link(hours=hours, one_device=True)
    clock.move_to(NOON + timedelta(minutes=30))
    phone = Client()
    assert phone.get(f"/s/{token}/").status_code == 200
    assert SetupLink.objects.get().expires_at == NOON + timedelta(hours=hours)
    assert phone.cookies["setup_device"]["max-age"] == hours * 3600 - 30 * 60
    clock.move_to(NOON + timedelta(hours=hours) - SECOND)
    assert phone.get(f"/s/{token}/").status_code == 200
    clock.move_to(NOON + timedelta(hours=hours))
    answer = phone.get(f"/s/{token}/")
    assert (answer.status_code, answer.context["reason"]) == (410, "expired")


def test_a_code_that_was_typed_is_kept_for_a_day_like_one_that_was_scanned(
    clock: time_machine.Traveller, owner: User
) -> None:
    code = services.create_one_device_link(setup_of(owner)).code
    clock.move_to(NOON + timedelta(minutes=10))
    token = services.redeem_code(code, visitor="192.0.2.1")
    phone = Client()
    assert phone.get(f"/s/{token}/").status_code == 200
    clock.move_to(NOON + timedelta(hours=24))
    assert phone.get(f"/s/{token}/").status_code == 200


def test_the_key_of_another_phone_opens_nothing(owner: User) -> None:
    token = services.create_one_device_link(setup_of(owner)).token
    key = services.claim_setup_link(open_link(token, ""))
    assert key is not None
    assert SetupLink.objects.get().device_hash == token_hash(key)
    assert open_link(token, key)
    for other in ("", key[:-1], token):
        with pytest.raises(LinkGone, match="used"):
            open_link(token, other)


def test_a_link_for_everybody_is_bound_to_no_browser(setup_link: MakeLink) -> None:
    link, token = setup_link()
    assert services.claim_setup_link(link) is None
    assert not Client().get(f"/s/{token}/").cookies


def test_a_link_for_everybody_notes_when_it_was_first_opened(
    clock: time_machine.Traveller, setup_link: MakeLink
) -> None:
    _link, token = setup_link()
    Client().head(f"/s/{token}/")
    assert SetupLink.objects.get().opened_at is None, "a preview opens nothing"
    Client().get(f"/s/{token}/")
    clock.move_to(NOON + timedelta(minutes=1))
    Client().get(f"/s/{token}/")
    assert SetupLink.objects.get().opened_at == NOON


def test_a_link_says_who_made_it_for_what(owner: User) -> None:
    link, _token = services.create_setup_link(setup_of(owner, "anna@example.net"), lifetime=SECOND)
    assert (link.address, link.created_by) == ("anna@example.net", owner)
    assert link.domain == Domain.objects.get(name="example.com")
    assert not link.one_device


def test_no_link_opens_a_domain_that_is_switched_off(setup_link: MakeLink) -> None:
    _link, token = setup_link()
    Domain.objects.filter(name="example.com").update(enabled=False)
    with pytest.raises(UnknownLink):
        open_link(token, "")
    assert Client().get(f"/s/{token}/").status_code == 404


def test_closing_links_counts_those_that_were_open_and_leaves_the_others_alone(setup_link: MakeLink) -> None:
    first, second, other = (setup_link()[0] for _ in range(3))
    assert services.revoke_setup_links([first, second]) == 2
    assert services.revoke_setup_links([first]) == 0
    other.refresh_from_db()
    assert other.revoked_at is None


def test_links_made_one_behind_the_other_hang_on_the_first(setup_link: MakeLink) -> None:
    first, token = setup_link()
    for _again in range(3):
        token = Client().post(f"/s/{token}/phone/").context["link"].split("/s/")[1].rstrip("/")
    assert set(SetupLink.objects.exclude(pk=first.pk).values_list("made_behind", flat=True)) == {first.pk}
