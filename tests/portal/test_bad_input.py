"""Nasty input at every door: whatever comes in, the answer is a page of ours and never a 500."""

from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client

from accounts.models import Customer, User
from mailsetup.clientconfig import Protocol, resolve
from mailsetup.connection_tests import services
from mailsetup.connection_tests.models import ConnectionTest
from tests.provider import MakeLink, just_signed_in, setup_of

pytestmark = pytest.mark.django_db

# As text, to be quoted where it goes into an address.
NASTY = [
    "",
    " ",
    "\0",
    "a\0b@example.com",
    "²",  # a digit to str.isdigit(), no number to int()
    "x-²",
    "9" * 5000,  # more digits than int() takes
    "-1",
    "a" * 20_000,
    "anna@" + "a." * 200 + "com",
    "anna@example.com\r\nSet-Cookie: x=y",
    "ａｎｎａ@ｅｘａｍｐｌｅ.com",
    "anna@xn--\uffff.com",
    "anna@xn--a.example",
    "anna@" + "ß" * 100 + ".example",
    "\u202eanna@example.com",
    "💥@example.com",
    "../../etc/passwd",
    "..",
    ".@example.com",
    "%2e%2e%2f@example.com",
    "%EMAILDOMAIN%@example.com",
    "anna%00@example.com",
    "//evil.example/@example.com",
    "https://evil.example/",
    "javascript:alert(1)",
    "<script>alert(1)</script>@example.com",
    "{{ 7|add:7 }}@example.com",
    "' OR 1=1 --",
    "anna@[127.0.0.1]",
    "anna@127.0.0.1",
]
# Not even UTF-8.
BYTES = [b"\xff\xfe", b"\xc0\x80@example.com", b"\xed\xa0\x80", b"anna@\x80.com"]
QUOTED = [quote(text, safe="") for text in NASTY] + [quote_from_bytes(raw) for raw in BYTES]
METHODS = ["get", "head", "post", "put", "patch", "delete", "options", "trace"]


def ids(text: str) -> str:
    return text[:24] or "nothing"


@pytest.fixture
def browser(owner: User) -> Client:
    return just_signed_in(owner, raise_request_exception=False)


@pytest.fixture
def test_of_owner(owner: User) -> ConnectionTest:
    setup = setup_of(owner, "anna@example.com")
    config = resolve(setup.address, setup.hosting, Protocol.IMAP)
    return services.start_connection_test(setup, config, password="", key="", round_trip=False)


@pytest.fixture
def token(setup_link: MakeLink) -> str:
    return setup_link()[1]


@pytest.mark.parametrize("part", QUOTED, ids=ids)
def test_in_a_path(part: str, browser: Client, token: str) -> None:
    """Every place in an address of ours that takes a word."""
    for address in (
        f"/{part}",
        f"/setup/{part}/test/",
        f"/setup/{part}/other/imap/",
        f"/setup/anna@example.com/{part}/imap/",
        f"/setup/anna@example.com/other/{part}/",
        f"/setup/anna@example.com/files/{part}/imap/",
        f"/setup/anna@example.com/files/mobileconfig/{part}/",
        f"/setup/anna@example.com/tests/{part}/",
        f"/s/{part}/",
        f"/s/{part}/other/imap/",
        f"/s/{token}/{part}/imap/",
        f"/setup/anna@example.com/{part}/imap/print/",
        f"/setup/anna@example.com/other/{part}/send/",
        f"/s/{token}/tests/{part}/",
        f"/tests/{part}/",
        f"/accounts/invitations/{part}/",
        f"/accounts/view-as/{part}/",
        f"/accounts/people/customers/{part}/invite/",
    ):
        assert browser.get(address).status_code in (200, 301, 302, 400, 404, 405), address


@pytest.mark.parametrize("value", QUOTED, ids=ids)
def test_in_a_query(value: str, browser: Client, token: str, test_of_owner: ConnectionTest) -> None:
    """Every name that a page of ours reads from its address."""
    for address in (
        f"/?protocol={value}&app={value}",
        f"/setup/?other={value}&address={value}&app=other&protocol={value}",
        f"/setup/?address=anna@example.com&app={value}&protocol={value}",
        f"/test/?other={value}",
        f"/setup/anna@example.com/test/?protocol={value}&app={value}",
        f"/setup/anna@example.com/other/imap/?from={value}&profile={value}",
        f"/setup/anna@example.com/compare/?app={value}&protocol={value}&message={value}&incoming_port={value}",
        f"/s/{token}/?choose={value}&app={value}&protocol={value}",
        f"/s/{token}/?app=other&protocol={value}",
        f"/tests/{test_of_owner.reference}/?seen={value}",
        f"/mail/config-v1.1.xml?emailaddress={value}",
        f"/accounts/login/?next={value}",
    ):
        answer = browser.get(address)
        assert answer.status_code in (200, 204, 302, 400, 404, 422), address
        assert not answer.get("Location", "/").startswith(("//", "http", "javascript")), address


@pytest.mark.parametrize("text", NASTY, ids=ids)
def test_in_a_form(text: str, owner: User, browser: Client, token: str, no_broker: dict[int, str]) -> None:
    """Every form of ours, each field nasty."""
    customer = Customer.objects.get(external_id="whmcs:1234")
    membership = customer.memberships.get(user=owner)
    fields = {"protocol": text, "password": text, "round_trip": text, "app": text}
    for address, answers in (
        ("/setup/anna@example.com/test/", fields),
        ("/setup/anna@example.com/test/", {**fields, "protocol": "imap"}),
        (f"/s/{token}/test/", {**fields, "protocol": "pop3", "without": text}),
        (f"/s/{token}/phone/", {"anything": text}),
        (f"/s/{token}/other/imap/print/", {"anything": text}),
        ("/setup/anna@example.com/other/imap/send/", {"to": text, "line": text, "link": text}),
        ("/setup/anna@example.com/other/imap/send/", {"to": "b@elsewhere.example", "line": text}),
        ("/go/", {"code": text}),
        (f"/accounts/people/customers/{customer.pk}/invite/", {"email": text, "role": "member"}),
        (f"/accounts/people/customers/{customer.pk}/invite/", {"email": "new@example.com", "role": text}),
        (f"/accounts/people/memberships/{membership.pk}/role/", {"role": text}),
    ):
        assert browser.post(address, answers).status_code in (200, 302, 404, 422, 429), address
    assert Client(raise_request_exception=False).post(
        "/accounts/login/", {"login": text, "password": text}
    ).status_code in (200, 302, 429)


@pytest.mark.parametrize("method", METHODS)
def test_any_method(method: str, browser: Client, token: str, test_of_owner: ConnectionTest) -> None:
    for address in (
        "/",
        "/setup/",
        "/setup/anna@example.com/test/",
        "/setup/anna@example.com/phone/",
        "/setup/anna@example.com/other/imap/",
        "/setup/anna@example.com/files/mobileconfig/imap/",
        "/setup/anna@example.com/other/imap/print/",
        "/setup/anna@example.com/other/imap/send/",
        f"/s/{token}/",
        f"/tests/{test_of_owner.reference}/",
        "/tests/",
        "/mail/config-v1.1.xml",
        "/healthz",
        "/accounts/people/",
    ):
        assert getattr(browser, method)(address).status_code < 500, address


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff" * 100, "application/x-www-form-urlencoded"),
        (b"protocol=imap&password=%FF%00%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(2000)), "application/x-www-form-urlencoded"),
        (b"x" * (1024 * 1024 + 1), "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"{}", "application/json"),
    ],
)
def test_a_body_that_is_no_form(body: bytes, kind: str, browser: Client) -> None:
    answer = browser.post("/setup/anna@example.com/test/", data=body, content_type=kind)
    assert answer.status_code in (302, 400, 413, 422)


@pytest.mark.parametrize(
    "header",
    ["accept", "accept-language", "cookie", "referer", "user-agent", "hx-request", "hx-current-url",
     "sec-ch-ua-platform", "x-forwarded-for", "x-forwarded-proto", "origin", "if-modified-since"],
)  # fmt: skip
def test_in_a_header(header: str, browser: Client, token: str) -> None:
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    for text in ("\0", "²", "x" * 5000, "a=b; c", "\xff", "*/*;q=²", "zz-" * 2000):
        for address in (f"/s/{token}/", "/mail/config-v1.1.xml?emailaddress=anna@example.com"):
            assert browser.get(address, headers={header: text}).status_code in (200, 400), (address, text)
        answer = strict.post(f"/s/{token}/test/", headers={header: text})
        assert answer.status_code in (400, 403), text


@pytest.mark.parametrize(
    "host",
    ["", "testserver:x", "a b", "\0", "ü.example", "[::1", "autoconfig." + "a" * 300, "autoconfig..", "..",
     "autoconfig.example.com:99999999", "autoconfig.1.2.3.4", "[::1]:80", "autoconfig.xn--a.example"],
)  # fmt: skip
def test_in_the_host_name(host: str, provider: None) -> None:
    client = Client(raise_request_exception=False)
    for address in ("/mail/config-v1.1.xml", "/", "/accounts/login/"):
        answer = client.get(address, headers={"host": host})
        assert answer.status_code in (200, 302, 400, 404), address


@pytest.mark.parametrize("text", NASTY, ids=ids)
def test_in_a_search_of_the_admin(text: str, admin_browser: Client) -> None:
    for table in (
        "hosting/domain", "hosting/mailbox", "hosting/server", "connection_tests/connectiontest",
        "setup_links/setuplink", "guides/stepsmail",
        "accounts/user", "accounts/customer", "accounts/invitation",
    ):  # fmt: skip
        assert admin_browser.get(f"/admin/{table}/", {"q": text}).status_code in (200, 302, 400), table


@pytest.fixture
def admin_browser(provider: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    staff = User.objects.create(email="staff@hoster.example", is_staff=True, is_superuser=True)
    client = Client(raise_request_exception=False)
    client.force_login(staff)
    return client


def test_a_reference_with_a_nul_never_reaches_the_database(browser: Client, monkeypatch: Any) -> None:
    """PostgreSQL refuses to compare with a NUL, SQLite does not mind."""

    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")

    monkeypatch.setattr("mailsetup.connection_tests.selectors.tests_of", refuse)
    assert browser.get("/tests/%00/").status_code == 404


@pytest.mark.parametrize("seen", ["queued-²", "queued-" + "9" * 5000])
def test_a_count_that_is_no_number_counts_as_none(
    seen: str, browser: Client, test_of_owner: ConnectionTest
) -> None:
    page = f"/tests/{test_of_owner.reference}/"
    assert browser.get(page, {"seen": seen}).status_code == 200


@pytest.mark.parametrize("email", ["anna@xn--\uffff.com", "anna@" + "ß" * 70 + ".example"])
def test_nobody_is_invited_at_an_address_that_mail_cannot_be_sent_to(
    email: str, browser: Client, mailoutbox: list[object]
) -> None:
    customer = Customer.objects.get(external_id="whmcs:1234")
    page = f"/accounts/people/customers/{customer.pk}/invite/"
    answer = browser.post(page, {"email": email, "role": "member"})
    assert answer.status_code == 422
    assert not customer.invitations.exists()
    assert not mailoutbox
