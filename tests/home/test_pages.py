"""The pages of one address, for its owner, a colleague, a stranger and the holder of a link."""

import plistlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Customer, Membership, User
from accounts.services import ensure_user, remove_member, undo_removal
from mailsetup.hosting import selectors
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.selectors import open_link
from tests.html import read
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db
GUIDE = "/setup/anna@example.com/windows-live-mail/imap/"
PAGES = [
    GUIDE,
    "/setup/anna@example.com/apple-mail-iphone/pop3/",
    "/setup/anna@example.com/thunderbird/imap/",
    "/setup/anna@example.com/other/pop3/",
    "/setup/anna@example.com/test/",
    "/setup/anna@example.com/compare/",
    "/setup/anna@example.com/files/mobileconfig/imap/",
]
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604"
)


@pytest.mark.parametrize("page", PAGES)
def test_owner_and_colleague_see_it_a_stranger_finds_nothing(
    page: str, owner: User, colleague: User, stranger: User, signed_in: Any
) -> None:
    assert signed_in(owner).get(page).status_code == 200
    assert signed_in(colleague).get(page).status_code == 200
    assert signed_in(stranger).get(page).status_code == 404


@pytest.mark.parametrize("page", [*PAGES, "/", "/setup/", "/test/", "/tests/"])
@pytest.mark.usefixtures("provider")
def test_without_signing_in_one_is_asked_to(page: str, client: Client) -> None:
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.usefixtures("provider")
def test_staff_without_a_domain_work_in_the_admin(signed_in: Any) -> None:
    staff = User.objects.create_superuser("support@hoster.example", "a long password of staff")
    assert signed_in(staff).get("/")["Location"] == "/admin/"


@pytest.mark.usefixtures("provider")
def test_somebody_without_a_domain_is_told_so(signed_in: Any) -> None:
    nobody = User.objects.create_user("new@customer.example", "a long password of nobody")
    answer = signed_in(nobody).get("/")
    assert "home/no_domain.html" in [template.name for template in answer.templates]


@pytest.mark.parametrize("path", ["/", "/test/"])
def test_somebody_who_was_removed_is_told_that_and_whom_to_ask(
    colleague: User, signed_in: Any, path: str
) -> None:
    removal = remove_member(colleague.memberships.get())

    page = read(signed_in(colleague).get(path)).text

    assert "You no longer belong to Lindqvist AB" in page
    assert "Ask an owner there to let you in again." in page
    assert "Just ordered" not in page
    undo_removal(removal)
    assert "You no longer belong" not in read(signed_in(colleague).get(path)).text


@pytest.mark.usefixtures("colleague")
def test_nobody_reads_that_somebody_else_was_removed(stranger: User, signed_in: Any) -> None:
    gone = ensure_user("gone@lindqvist.example")
    customer = Customer.objects.get(external_id="whmcs:1234")
    remove_member(Membership.objects.create(user=gone, customer=customer))
    stranger.memberships.all().delete()

    page = read(signed_in(stranger).get("/")).text

    assert "Lindqvist" not in page
    assert "Was there one before? Ask whoever invited you here." in page


def test_who_came_back_after_a_removal_and_has_no_domain_belongs_there(
    colleague: User, signed_in: Any
) -> None:
    membership = colleague.memberships.get()
    remove_member(membership)
    # As the admin does it, where a removal isn't told.
    Membership.objects.create(user=colleague, customer=membership.customer)
    selectors.domains_of(colleague).update(enabled=False)

    assert "You no longer belong" not in read(signed_in(colleague).get("/")).text


def test_a_disabled_domain_is_gone(owner: User, signed_in: Any) -> None:
    selectors.domains_of(owner).update(enabled=False)
    assert signed_in(owner).get(GUIDE).status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        "anna",
        "a@b@",
        "x" * 300 + "@example.com",
        "anna\x07@example.com",
        "anna@elsewhere.example",
        "å@example.com",
    ],
)
def test_an_address_that_cannot_be_is_refused_in_a_sentence_and_kept(
    owner: User, signed_in: Any, typed: str
) -> None:
    answer = signed_in(owner).get("/setup/", {"other": typed, "app": "thunderbird", "protocol": "imap"})
    assert answer.status_code == 422
    assert answer.context["address_error"].endswith(".")
    assert answer.context["other_address"] == typed.strip()


@pytest.mark.parametrize("typed", ["anna", "a/b@example.com", "x@elsewhere.example"])
def test_the_test_of_an_address_that_cannot_be_is_refused_too(
    owner: User, signed_in: Any, typed: str
) -> None:
    answer = signed_in(owner).get("/test/", {"other": typed})
    assert answer.status_code == 422
    assert answer.context["address_error"].endswith(".")
    assert signed_in(owner).get("/test/")["Location"] == "/setup/anna@example.com/test/"


@pytest.mark.parametrize("typed", [" Anna@EXAMPLE.com ", "anna@example.com"])
def test_the_three_answers_lead_to_the_guide(owner: User, signed_in: Any, typed: str) -> None:
    answer = signed_in(owner).get("/setup/", {"other": typed, "app": "windows-live-mail", "protocol": "pop3"})
    assert answer["Location"] == "/setup/anna@example.com/windows-live-mail/pop3/"


def test_an_idn_address_is_handled(owner: User, signed_in: Any) -> None:
    domain = selectors.domains_of(owner).get()
    domain.aliases.create(name="xn--bcher-kva.example")
    answer = signed_in(owner).get("/setup/", {"other": "Anna@Bücher.example", "app": "other"}, follow=True)
    assert answer.status_code == 200
    assert "anna@bücher.example" in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["/setup/anna@example.com/nothing/imap/", "/setup/anna@example.com/thunderbird/smtp/"]
)
def test_no_such_guide(owner: User, signed_in: Any, page: str) -> None:
    assert signed_in(owner).get(page).status_code == 404


def test_a_profile_has_the_settings_and_no_password(owner: User, signed_in: Any) -> None:
    answer = signed_in(owner).get("/setup/anna@example.com/files/mobileconfig/pop3/")
    assert answer["Content-Type"] == "application/x-apple-aspen-config"
    mail = plistlib.loads(answer.content)["PayloadContent"][0]
    assert mail["EmailAccountType"] == "EmailTypePOP"
    assert not [key for key in mail if key.endswith("Password") and "SameAs" not in key]


class TestSetupLink:
    def test_it_opens_everything_of_its_address_without_an_account(
        self, setup_link: MakeLink, client: Client
    ) -> None:
        _link, token = setup_link()
        for page in (
            "",
            "windows-live-mail/pop3/",
            "thunderbird/imap/",
            "test/",
            "compare/",
            "files/mobileconfig/imap/",
        ):
            assert client.get(f"/s/{token}/{page}").status_code == 200, page

    def test_its_token_is_not_stored(self, setup_link: MakeLink) -> None:
        link, token = setup_link()
        assert token not in str(SetupLink.objects.filter(pk=link.pk).values())

    @pytest.mark.usefixtures("provider")
    def test_a_forged_one_is_not_found(self, client: Client) -> None:
        assert client.get("/s/forged/").status_code == 404

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"expires_at": timezone.now() - timedelta(seconds=1)}, "expired"),
            ({"revoked_at": timezone.now()}, "revoked"),
        ],
    )
    def test_an_old_one_is_gone(self, setup_link: MakeLink, client: Client, fields: Any, reason: str) -> None:
        link, token = setup_link()
        SetupLink.objects.filter(pk=link.pk).update(**fields)
        for page in ("", "thunderbird/imap/", "files/mobileconfig/imap/"):
            answer = client.get(f"/s/{token}/{page}")
            assert (answer.status_code, answer.context["reason"]) == (410, reason)

    def test_a_code_belongs_to_the_phone_that_scanned_it(self, setup_link: MakeLink) -> None:
        _link, token = setup_link(one_device=True)
        phone, somebody = Client(), Client()
        assert phone.get(f"/s/{token}/").status_code == 200
        assert phone.get(f"/s/{token}/thunderbird/imap/").status_code == 200
        answer = somebody.get(f"/s/{token}/")
        assert (answer.status_code, answer.context["reason"]) == (410, "used")

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"expires_at": timezone.now() - timedelta(seconds=1)}, "expired"),
            ({"revoked_at": timezone.now()}, "revoked"),
        ],
    )
    def test_no_code_made_behind_a_link_outlives_it(
        self, setup_link: MakeLink, fields: Any, reason: str
    ) -> None:
        """Otherwise whoever holds a link makes the next one before it ends, for ever."""
        link, token = setup_link()
        for _again in range(3):
            answer = Client().post(f"/s/{token}/phone/")
            token = re.search(r"/s/([\w-]+)/", answer.context["link"])[1]
        assert open_link(token, "")
        SetupLink.objects.filter(pk=link.pk).update(**fields)
        assert Client().get(f"/s/{token}/").context["reason"] == reason

    def test_of_two_browsers_at_once_one_gets_the_code(
        self, setup_link: MakeLink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both have read the link before either has claimed it."""
        _link, token = setup_link(one_device=True)

        def read_and_be_overtaken(token: str, device_key: str) -> SetupLink:
            link = open_link(token, device_key)
            SetupLink.objects.filter(pk=link.pk).update(device_hash="of the other browser")
            return link

        monkeypatch.setattr("mailsetup.setup_links.selectors.open_link", read_and_be_overtaken)
        answer = Client().get(f"/s/{token}/thunderbird/imap/")
        assert (answer.status_code, answer.context["reason"]) == (410, "used")

    def test_a_page_that_is_not_there_does_not_use_up_a_code(self, setup_link: MakeLink) -> None:
        _link, token = setup_link(one_device=True)
        phone = Client()
        assert phone.get(f"/s/{token}/no-such-app/imap/").status_code == 404
        assert phone.get(f"/s/{token}/").status_code == 200

    @pytest.mark.parametrize(
        ("made_on", "protocol", "agent", "opened"),
        [
            ("windows-live-mail", "pop3", IPHONE, "apple-mail-iphone/pop3/"),
            ("apple-mail-iphone", "pop3", IPHONE, "apple-mail-iphone/pop3/"),
            ("outlook-mobile", "imap", IPHONE, "outlook-mobile/imap/"),
            ("outlook-mobile", "imap", ANDROID, "outlook-mobile/imap/"),
            ("", "", IPHONE, "apple-mail-iphone/imap/"),
            ("windows-live-mail", "pop3", ANDROID, ""),
            ("", "", "", ""),
            ("an-app-of-before", "imap", "", ""),
        ],
    )
    def test_a_code_opens_the_guide_that_it_was_made_on_or_the_phones_own(
        self, setup_link: MakeLink, client: Client, made_on: str, protocol: str, agent: str, opened: str
    ) -> None:
        """The profile is one tap away, and never comes by itself."""
        _link, token = setup_link(one_device=True, client=made_on, protocol=protocol)
        answer = client.get(f"/s/{token}/", headers={"user-agent": agent}, follow=True)
        page = answer.content.decode()
        if not opened:
            assert not answer.redirect_chain
            assert "Which mail app?" in page
            return
        assert answer.redirect_chain == [(f"/s/{token}/{opened}", 302)]
        assert 'http-equiv="refresh"' not in page
        if opened.startswith("apple"):
            assert f"/s/{token}/files/mobileconfig/{protocol or 'imap'}/" in page

    def test_a_new_code_is_made_on_request(self, owner: User, signed_in: Any) -> None:
        browser = signed_in(owner)
        asked = browser.get("/setup/anna@example.com/phone/?app=thunderbird&protocol=pop3").content.decode()
        assert "Make a code" in asked
        assert 'name="app" value="thunderbird"' in asked
        assert not SetupLink.objects.exists(), "looking makes none"
        answer = browser.post("/setup/anna@example.com/phone/", {"app": "thunderbird", "protocol": "pop3"})
        assert (SetupLink.objects.get().client, SetupLink.objects.get().protocol) == ("thunderbird", "pop3")
        token = re.search(r"/s/([\w-]+)/", answer.context["link"])[1]
        assert open_link(token, "").address == "anna@example.com"
        assert "<svg" in answer.content.decode()


def test_the_guide_needs_four_queries(owner: User, signed_in: Any, django_assert_num_queries: Any) -> None:
    browser = signed_in(owner)
    browser.get(GUIDE)
    with django_assert_num_queries(4):  # session, user, domain with its server, the server's services
        browser.get(GUIDE)
