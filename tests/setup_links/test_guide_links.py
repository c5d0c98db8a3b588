"""Links to one guide, for paper and mails: what they open, for whom, how long, and what is stored of them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from msgspec import structs
from pytest_django.fixtures import Settings

from accounts.models import Customer, Membership, User
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Domain
from mailsetup.setup_links import services
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.selectors import code_of, token_hash, token_of
from tests.connection_tests.runs import findings, finished
from tests.html import Element, read
from tests.provider import MakeLink, setup_of, support_looking_as
from tests.setup_links.camera import scan

pytestmark = pytest.mark.django_db
PRINT = "/setup/anna@example.com/windows-live-mail/pop3/print/"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def printed(browser: Client, path: str = PRINT) -> Element:
    return read(browser.post(path, follow=True)).one("article", "sheet")


def scanned(sheet: Element) -> str:
    drawing = sheet.one("div", "qr").one("svg")
    return scan(drawing.one("path")["d"], drawing["viewbox"])


def code_on(sheet: Element) -> str:
    return sheet.one("code", "nowrap").text


# --- What it opens ---------------------------------------------------------------------------------------


def test_the_camera_and_the_thumb_open_the_guide_that_was_printed(owner: User, signed_in: Any) -> None:
    sheet = printed(signed_in(owner))
    url, code = scanned(sheet), code_on(sheet)
    assert f"testserver/go/ , code {code} " in sheet.text
    for phone in (Client(), Client()):  # paper is not for one device
        scan_opens = phone.get(url, follow=True)
        assert scan_opens.redirect_chain[-1][0].endswith("/windows-live-mail/pop3/")
        assert "anna@example.com" in scan_opens.content.decode()
        typed = phone.post("/go/", {"code": code.lower()}, follow=True)
        assert typed.redirect_chain[-1][0].endswith("/windows-live-mail/pop3/")
    assert Client().get(url).status_code == 302, "typing the code left the QR code as it was"


def test_it_opens_this_guide_and_nothing_else_of_the_address(owner: User, signed_in: Any) -> None:
    url = scanned(printed(signed_in(owner)))
    guide = f"{url}windows-live-mail/pop3/"
    anybody = Client()
    for inside in (
        guide,
        f"{guide}steps.txt",
        f"{guide}print/",
        f"{url}files/mobileconfig/pop3/",
        f"{url}test/?protocol=pop3&app=windows-live-mail",
    ):
        assert anybody.get(inside).status_code == 200, inside
    for outside in (
        f"{url}windows-live-mail/imap/",
        f"{url}thunderbird/pop3/",
        f"{url}thunderbird/pop3/print/",
        f"{url}files/mobileconfig/imap/",
        f"{url}phone/",
        f"{guide}send/",
    ):
        assert anybody.get(outside).status_code == 404, outside
        assert anybody.post(outside).status_code in (404, 405), outside
    assert anybody.get(url, {"choose": "", "app": "thunderbird"})["Location"] in guide
    page = read(anybody.get(guide))
    hrefs = set(page.links().values()) | {form["action"] for form in page.all("form")}
    own = {part for part in hrefs if part.startswith("/s/")}
    assert all(anybody.get(part).status_code in (200, 302) for part in own), own
    assert not [part for part in hrefs if part.startswith("/setup/")]


def test_its_test_belongs_to_it(owner: User, signed_in: Any) -> None:
    url = scanned(printed(signed_in(owner)))
    helper = Client()
    started = helper.post(f"{url}test/", {"protocol": "pop3", "without": "1", "app": "windows-live-mail"})
    page = helper.get(started["Location"])
    assert (started.status_code, page.status_code) == (302, 200)
    finished(ConnectionTest.objects.get(), findings())
    assert helper.get(f"{started['Location']}report.txt").status_code == 200
    assert Client().get(started["Location"].replace("/s/", "/s/x")).status_code == 404


def test_the_sheet_of_such_a_link_shows_its_own_code_and_makes_no_other(owner: User, signed_in: Any) -> None:
    sheet = printed(signed_in(owner))
    path = scanned(sheet).removeprefix("http://testserver")
    behind = printed(Client(), f"{path}windows-live-mail/pop3/print/")
    assert (scanned(behind), code_on(behind)) == (scanned(sheet), code_on(sheet))
    assert SetupLink.objects.count() == 1


def test_looking_makes_nothing(owner: User, signed_in: Any) -> None:
    browser = signed_in(owner)
    for path in (PRINT, PRINT.replace("print", "send"), PRINT.removesuffix("print/")):
        browser.get(path)
        browser.head(path)
    assert not SetupLink.objects.exists()
    assert "code" not in read(browser.get(PRINT)).one("article", "sheet").text


# --- How long, how many ----------------------------------------------------------------------------------


def test_it_opens_to_the_end_of_the_last_day_on_the_paper(
    clock: time_machine.Traveller, owner: User, signed_in: Any
) -> None:
    sheet = printed(signed_in(owner))
    url, code = scanned(sheet), code_on(sheet)
    assert "This guide online, until 9 March 2026" in sheet.text
    assert f"code {code} , until 9 March 2026" in sheet.text
    clock.move_to(datetime(2026, 3, 9, 23, 58, 59, tzinfo=UTC))
    assert Client().get(url).status_code == 302
    assert Client().post("/go/", {"code": code}).status_code == 302
    clock.move_to(datetime(2026, 3, 9, 23, 59, tzinfo=UTC))
    assert Client().get(url).status_code == 410
    assert Client().post("/go/", {"code": code}).status_code == 422


def test_who_prints_again_today_gets_the_same_code_and_tomorrow_a_new_one(
    clock: time_machine.Traveller, owner: User, colleague: User, signed_in: Any
) -> None:
    first = code_on(printed(signed_in(owner)))
    assert code_on(printed(signed_in(owner))) == first
    assert SetupLink.objects.count() == 1
    assert code_on(printed(signed_in(colleague))) != first, "it ends with whoever made it"
    assert code_on(printed(signed_in(owner), PRINT.replace("pop3", "imap"))) != first
    assert code_on(printed(signed_in(owner), PRINT.replace("anna@", "office@"))) != first
    clock.move_to(NOON + timedelta(days=1))
    sheet = printed(signed_in(owner))
    assert code_on(sheet) != first
    assert "until 10 March 2026" in sheet.text
    assert Client().post("/go/", {"code": first}).status_code == 302, "the older paper still says March 9"


def test_a_revoked_one_is_not_shown_again(owner: User, signed_in: Any) -> None:
    first = code_on(printed(signed_in(owner)))
    services.revoke_setup_links(SetupLink.objects.all())
    assert Client().post("/go/", {"code": first}).status_code == 422
    assert code_on(printed(signed_in(owner))) != first


def test_nor_one_of_before_the_domain_changed_hands(owner: User, signed_in: Any) -> None:
    first = code_on(printed(signed_in(owner)))
    other = Customer.objects.get(external_id="whmcs:9")
    Membership.objects.create(user=owner, customer=other)
    Domain.objects.filter(name="example.com").update(customer=other)
    sheet = printed(signed_in(owner))
    assert code_on(sheet) != first
    assert Client().get(scanned(sheet)).status_code == 302


def test_one_person_makes_so_many_a_day(
    clock: time_machine.Traveller, owner: User, colleague: User, signed_in: Any, settings: Settings
) -> None:
    settings.SETUP_LINKS = structs.replace(settings.SETUP_LINKS, guide_links_per_day_limit=2)
    paths = [PRINT.replace("anna@", f"{name}@") for name in ("a", "b", "c")]
    browser = signed_in(owner)
    for path in paths[:2]:
        assert code_on(printed(browser, path))
    answer = browser.post(paths[2], follow=True)
    assert "You’ve made many codes today, so this sheet has none." in answer.content.decode()
    assert not read(answer).one("article", "sheet").all("div", "qr")
    assert SetupLink.objects.count() == 2
    assert code_on(printed(browser, paths[0])), "what is there is shown all the same"
    assert code_on(printed(signed_in(colleague), paths[2]))
    clock.move_to(NOON + timedelta(days=1))
    assert code_on(printed(browser, paths[2]))


def test_behind_a_link_it_ends_with_that_link(clock: time_machine.Traveller, setup_link: MakeLink) -> None:
    first, token = setup_link(hours=30)
    sheet = printed(Client(), f"/s/{token}/windows-live-mail/pop3/print/")
    assert f"until {date_format(timezone.localtime(first.expires_at), 'DATETIME_FORMAT')}" in sheet.text
    url = scanned(sheet)
    assert Client().get(url).status_code == 302
    services.revoke_setup_links([first])
    assert Client().get(url).status_code == 410


def test_the_test_of_a_link_to_one_guide_is_of_that_guide(
    owner: User, signed_in: Any, no_broker: dict[int, str]
) -> None:
    url = scanned(printed(signed_in(owner)))
    phone = Client()
    guide = phone.get(url)["Location"]
    start = f"{url.removeprefix('http://testserver')}test/"
    page = read(phone.get(start))
    assert [field["value"] for field in page.all("input") if field.attributes.get("name") == "protocol"] == [
        "pop3"
    ]
    assert phone.post(start, {"protocol": "imap", "without": "1"}).status_code == 422
    test = phone.post(start, {"protocol": "pop3", "app": "thunderbird", "without": "1"})["Location"]
    ConnectionTest.objects.update(state="done")
    back = [link["href"] for link in read(phone.get(test)).one("main").all("a")]
    assert guide in back
    assert {phone.get(link).status_code for link in back if link.startswith("/s/")} <= {200, 302}


# --- What is stored --------------------------------------------------------------------------------------


def test_the_database_alone_opens_nothing(owner: User, signed_in: Any, settings: Settings) -> None:
    sheet = printed(signed_in(owner))
    url, code = scanned(sheet), code_on(sheet).replace("-", "")
    token = url.rstrip("/").rpartition("/")[2]
    stored = json.dumps(list(SetupLink.objects.values()), default=str)
    assert code not in stored
    assert token not in stored
    # A code is short enough to try all: without SECRET_KEY its hash can't be tried.
    assert token_hash(code) not in stored
    link = SetupLink.objects.get()
    assert (token_of(link), code_of(link)) == (token, code)
    settings.SECRET_KEY = "another key, which a thief has to guess"
    assert token_of(link) != token
    assert code_of(link) != code


def test_a_new_key_ends_codes_leaves_links_and_shows_nothing_dead(
    owner: User, signed_in: Any, settings: Settings
) -> None:
    before = printed(signed_in(owner))
    settings.SECRET_KEY = "another key"
    assert Client().get(scanned(before)).status_code == 302
    assert Client().post("/go/", {"code": code_on(before)}).status_code == 422
    after = printed(signed_in(owner))
    behind = printed(
        Client(), f"{scanned(before).removeprefix('http://testserver')}windows-live-mail/pop3/print/"
    )
    for sheet in (after, behind):
        assert Client().get(scanned(sheet)).status_code == 302
        assert Client().post("/go/", {"code": code_on(sheet)}).status_code == 302


def test_the_hash_of_a_phones_code_has_the_key_too(owner: User, settings: Settings) -> None:
    code = services.create_one_device_link(setup_of(owner)).code
    assert SetupLink.objects.get().code_hash not in ("", token_hash(code))
    settings.SECRET_KEY = "another key"
    with pytest.raises(services.UnknownCode):
        services.redeem_code(code, visitor="")


def test_a_guide_links_token_is_as_long_as_any(owner: User) -> None:
    link = services.ensure_guide_link(setup_of(owner), client="thunderbird", protocol="imap")
    assert (len(token_of(link)), len(link.seed), len(code_of(link))) == (22, 22, 8)


# --- Support ---------------------------------------------------------------------------------------------


def test_in_a_visit_no_sheet_has_a_code_not_even_the_customers_own(owner: User, signed_in: Any) -> None:
    code = code_on(printed(signed_in(owner)))
    SetupLink.objects.update(created_at=SetupLink.objects.get().created_at - timedelta(seconds=1))
    support = support_looking_as(owner)
    for answer, status in ((support.get(PRINT), 200), (support.post(PRINT), 403)):
        assert answer.status_code == status
        assert code not in answer.content.decode()
        page = read(answer)
        assert "In the support view the sheet has no code" in page.text
        assert not page.one("article", "sheet").all("div", "qr")
    assert SetupLink.objects.count() == 1


def test_another_ones_sheet_is_not_there(stranger: User, signed_in: Any) -> None:
    browser = signed_in(stranger)
    assert (browser.get(PRINT).status_code, browser.post(PRINT).status_code) == (404, 404)
    assert not SetupLink.objects.exists()
