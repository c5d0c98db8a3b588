"""What every answer says beside its body: who may keep it, what it may load, what leaves with a click."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import Customer, Invitation, Membership, Removal, User
from accounts.selectors import token_hash
from mailsetup.setup_links.models import SetupLink
from tests.provider import just_signed_in

PROVIDER: dict[str, Any] = {
    "customers": [{"id": "1", "name": "Lindqvist AB", "users": ["owner@lindqvist.example"]}],
    "servers": [
        {
            "name": "one",
            "services": [
                {"type": "imap", "hostname": "mail.example.com", "port": 993, "socket_type": "SSL"},
                {"type": "pop3", "hostname": "mail.example.com", "port": 995, "socket_type": "SSL"},
                {"type": "smtp", "hostname": "mail.example.com", "port": 587, "socket_type": "STARTTLS"},
            ],
        }
    ],
    "domains": [{"name": "example.com", "server": "one", "customer": "1", "mailboxes": ["anna@example.com"]}],
}
ADDRESS = "anna@example.com"


# --- Every route of the portal ------------------------------------------------------------------------

DISCOVERY = {
    "mail/config-v1.1.xml",
    ".well-known/autoconfig/mail/config-v1.1.xml",
    "v1.1/mail/config-v1.1.xml",
    ".well-known/mail-v1.xml",
}

# What these say is in tests/discovery/test_autodiscover.py.
AUTODISCOVER = {
    r"^autodiscover/autodiscover\.xml$",
    r"^autodiscover/autodiscover\.json$",
    r"^autodiscover/autodiscover\.json/v1\.0/(?P<address>[^/]+)$",
}

# tests/discovery/test_pacc.py
PACC = {".well-known/user-agent-configuration.json"}

# What comes back without signing in, and with.
PAGES = {
    "": (302, 200),
    "setup/": (302, 422),
    "setup/several/": (302, 200),
    "setup/<str:address>/test/": (302, 200),
    "setup/<str:address>/compare/": (302, 200),
    "setup/<str:address>/phone/": (302, 200),
    "setup/<str:address>/files/<slug:slug>/<slug:protocol>/": (302, 200),
    "setup/<str:address>/<slug:client>/<slug:protocol>/": (302, 200),
    "setup/<str:address>/<slug:client>/<slug:protocol>/steps.txt": (302, 200),
    "s/<str:token>/<slug:client>/<slug:protocol>/steps.txt": (200, 200),
    "setup/<str:address>/<slug:client>/<slug:protocol>/print/": (302, 200),
    "s/<str:token>/<slug:client>/<slug:protocol>/print/": (200, 200),
    "setup/<str:address>/<slug:client>/<slug:protocol>/send/": (302, 200),
    "s/<str:token>/<slug:client>/<slug:protocol>/send/": (404, 404),
    "s/<str:token>/": (200, 200),
    "s/<str:token>/test/": (200, 200),
    "s/<str:token>/compare/": (200, 200),
    "s/<str:token>/phone/": (200, 200),
    "s/<str:token>/tests/<reference:reference>/": (200, 200),
    "s/<str:token>/files/<slug:slug>/<slug:protocol>/": (200, 200),
    "s/<str:token>/<slug:client>/<slug:protocol>/": (200, 200),
    "test/": (302, 302),
    "tests/": (302, 200),
    "tests/<reference:reference>/": (404, 200),
    "tests/<reference:reference>/cancel/": (404, 302),
    "tests/<reference:reference>/notice/": (404, 302),
    "tests/<reference:reference>/share/": (404, 302),
    "tests/links/<int:link_id>/revoke/": (404, 404),
    "s/<str:token>/tests/<reference:reference>/cancel/": (302, 302),
    # The test of these pages still runs (tests/connection_tests/test_written.py has one that is over).
    "tests/<reference:reference>/report.<written:form>": (302, 404),
    "s/<str:token>/tests/<reference:reference>/report.<written:form>": (404, 404),
    "report/<str:key>/": (404, 404),
    # What staff see there is in tests/watch/test_page.py.
    "servers/": (404, 404),
    "servers/check/": (404, 404),
    "servers/try/": (404, 404),
    "accounts/name/": (302, 200),
    # What staff see there is in tests/support/.
    "desk/": (404, 404),
    "desk/tests/<reference:reference>/": (404, 404),
    "desk/tests/<reference:reference>/share/": (404, 404),
    "desk/tests/links/<int:link_id>/revoke/": (404, 404),
    "desk/addresses/<str:address>/": (404, 404),
    "desk/addresses/<str:address>/link/": (404, 404),
    "desk/addresses/<str:address>/test/": (404, 404),
    "desk/addresses/<str:address>/files/<slug:slug>/<slug:protocol>/": (404, 404),
    "desk/addresses/<str:address>/guides/<slug:client>/<slug:protocol>/": (404, 404),
    "desk/links/<int:link_id>/revoke/": (404, 404),
    "desk/domains/<str:name>/": (404, 404),
    "desk/customers/<int:customer_id>/": (404, 404),
    "desk/addresses/<str:address>/visit/": (404, 404),
    "desk/domains/<str:name>/visit/": (404, 404),
    "desk/customers/<int:customer_id>/visit/": (404, 404),
    "desk/invitations/<int:invitation_id>/send/": (404, 404),
    "accounts/sessions/<int:session_id>/end/": (302, 404),
    "accounts/people/": (302, 200),
    "accounts/people/customers/<int:customer_id>/invite/": (302, 422),
    "accounts/people/memberships/<int:membership_id>/role/": (302, 404),
    "accounts/people/memberships/<int:membership_id>/remove/": (302, 200),
    "accounts/people/removals/<int:removal_id>/undo/": (302, 302),
    "accounts/people/invitations/<int:invitation_id>/end/": (302, 302),
    "accounts/invitations/<str:token>/": (200, 200),
    "accounts/view-as/end/": (403, 403),
    "accounts/view-as/<int:user_id>/": (302, 404),
    "accounts/login/": (200, 302),
    "accounts/logout/": (302, 200),
    "accounts/inactive/": (200, 200),
    "accounts/signup/": (200, 302),
    "accounts/reauthenticate/": (302, 403),
    "accounts/email/": (302, 200),
    "accounts/confirm-email/": (302, 302),
    "accounts/password/change/": (302, 302),
    "accounts/password/set/": (302, 200),
    "accounts/password/reset/": (200, 200),
    "accounts/password/reset/done/": (200, 200),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (200, 200),
    "accounts/password/reset/key/done/": (200, 200),
    "accounts/login/code/": (200, 302),
    "accounts/login/code/confirm/": (302, 302),
    "accounts/2fa/": (302, 200),
    "accounts/2fa/authenticate/": (302, 302),
    "accounts/2fa/reauthenticate/": (302, 403),
    "accounts/2fa/totp/activate/": (302, 200),
    "accounts/2fa/totp/deactivate/": (302, 404),
    "accounts/2fa/recovery-codes/": (302, 404),
    "accounts/2fa/recovery-codes/generate/": (302, 200),
    "accounts/2fa/recovery-codes/download/": (302, 404),
    "accounts/2fa/webauthn/": (302, 200),
    "accounts/2fa/webauthn/add/": (302, 200),
    "accounts/2fa/webauthn/login/": (302, 302),
    "accounts/2fa/webauthn/reauthenticate/": (302, 403),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": (302, 404),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": (302, 404),
    "accounts/3rdparty/": (302, 200),
    "accounts/3rdparty/signup/": (302, 302),
    "accounts/3rdparty/login/cancelled/": (200, 200),
    "accounts/3rdparty/login/error/": (401, 401),
    "accounts/social/login/cancelled/": (301, 301),
    "accounts/social/login/error/": (301, 301),
    "accounts/social/signup/": (301, 301),
    "accounts/social/connections/": (301, 301),
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/": (404, 404),
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": (404, 404),
    "accounts/sessions/": (302, 200),
    "go/": (200, 200),
    "guide/<str:domain>/": (200, 200),
    "turn/": (204, 204),
    "healthz": (200, 200),
    "readyz": (503, 503),
}
POSTED = {
    "servers/check/",
    "desk/addresses/<str:address>/link/",
    "desk/addresses/<str:address>/test/",
    "desk/links/<int:link_id>/revoke/",
    "desk/addresses/<str:address>/visit/",
    "desk/domains/<str:name>/visit/",
    "desk/customers/<int:customer_id>/visit/",
    "desk/invitations/<int:invitation_id>/send/",
    "setup/<str:address>/phone/",
    "s/<str:token>/phone/",
    "accounts/sessions/<int:session_id>/end/",
    "accounts/people/customers/<int:customer_id>/invite/",
    "accounts/people/memberships/<int:membership_id>/role/",
    "accounts/people/removals/<int:removal_id>/undo/",
    "accounts/people/invitations/<int:invitation_id>/end/",
    "accounts/view-as/end/",
}
# Django makes them from the registered models; whoever is no staff is sent to sign in.
ADMIN = "admin/"


def routes(patterns: list[URLPattern | URLResolver], above: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = f"{above}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def routes_of(urlconf: str) -> set[str]:
    """Each once; what is taken in any case is written small."""
    return {re.sub(r"\[(\w)\w\]", r"\1", route) for route in routes(get_resolver(urlconf).url_patterns)}


def test_every_route_is_listed() -> None:
    listed = {route for route in routes_of("portal.urls") if not route.startswith(ADMIN)}
    assert listed == DISCOVERY | AUTODISCOVER | PACC | set(PAGES)
    elsewhere = Client().get("/nowhere/", headers={"host": "autoconfig.example.com"})
    assert routes_of(elsewhere.wsgi_request.urlconf) == DISCOVERY | AUTODISCOVER | PACC


# --- What has to be right for all of them -------------------------------------------------------------

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
DAY = 24 * 60 * 60
# SameSite and path of each cookie, whether scripts may read it, and how long it lasts at most.
COOKIES = {
    "sessionid": ("Lax", "/", True, 14 * DAY),
    "csrftoken": ("Lax", "/", False, 364 * DAY),
    "messages": ("Lax", "/", True, None),
    "setup_device": ("Lax", "/s/{link}/", True, DAY),
    "last_app": ("Lax", "/", True, 90 * DAY),
}


def check(response: HttpResponse, values: dict[str, str], *, secure: bool = False) -> None:
    headers = response.headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    for name, cookie in response.cookies.items():
        if cookie["max-age"] == 0:
            continue  # It is taken back, and empty.
        same_site, path, hidden, longest = COOKIES[name]
        assert cookie["samesite"] == same_site, name
        assert cookie["path"] == path.format(**values), name
        assert bool(cookie["httponly"]) is hidden, name
        assert bool(cookie["secure"]) is secure, name
        assert cookie["max-age"] == "" or (longest and cookie["max-age"] <= longest), name


def directives(response: HttpResponse) -> set[str]:
    return set(response.headers["Cache-Control"].split(", "))


# --- One of everything that a page can be about -------------------------------------------------------


@pytest.fixture
def owner(db: None, tmp_path: Path) -> User:
    (tmp_path / "provider.json").write_text(json.dumps(PROVIDER))
    call_command("provision", str(tmp_path / "provider.json"), stdout=StringIO())
    return User.objects.get(email="owner@lindqvist.example")


@pytest.fixture
def values(owner: User) -> dict[str, str]:
    """What stands in the addresses."""
    invitation = Invitation.objects.create(
        customer=Customer.objects.get(),
        email="new@lindqvist.example",
        token_hash=token_hash("invited"),
        expires_at=timezone.now() + timedelta(days=1),
    )
    printed = StringIO()
    # Of each mailbox one test runs at a time.
    call_command("setup_link", "bo@example.com", stdout=printed)
    link = printed.getvalue().strip().rstrip("/").rpartition("/")[2]
    return {
        "address": ADDRESS,
        "domain": "example.com",
        "form": "txt",
        "client": "thunderbird",
        "customer_id": str(invitation.customer_id),
        "invitation_id": str(invitation.pk),
        "key": "made-up",
        "link": link,
        "link_id": str(SetupLink.objects.filter(revoked_at=None).first().pk),  # type: ignore[union-attr]
        "name": "example.com",
        "membership_id": str(Membership.objects.get().pk),
        "pk": "1",
        "protocol": "imap",
        "provider_id": "none",
        "reference": start_test(just_signed_in(owner), f"/setup/{ADDRESS}/test/"),
        "reference_of_link": start_test(Client(), f"/s/{link}/test/"),
        "removal_id": str(
            Removal.objects.create(user=owner, customer=Customer.objects.get(), role="owner").pk
        ),
        # Nobody's; tests/accounts/test_sessions.py has some.
        "session_id": "0",
        "slug": "mobileconfig",
        "token": "invited",
        "uidb36": "1",
        "user_id": str(owner.pk),
    }


def start_test(browser: Client, path: str) -> str:
    answer = browser.post(path, {"protocol": "imap", "without": ""})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["location"].rstrip("/").rpartition("/")[2]


def path_of(route: str, values: dict[str, str]) -> str:
    if route.startswith("s/"):
        values = {**values, "token": values["link"], "reference": values["reference_of_link"]}
    filled = re.sub(r"\(\?P<(\w+)>.+?\)|<\w+:(\w+)>", lambda found: values[found[1] or found[2]], route)
    return f"/{filled.replace('^', '').replace('$', '')}"


def check_private(response: HttpResponse, values: dict[str, str]) -> None:
    check(response, values)
    assert {"private", "no-store"} <= directives(response)
    assert "public" not in directives(response)


def statuses_of(route: str, owner: User, values: dict[str, str]) -> tuple[int, int]:
    """The status of what comes back, both checked to be private."""
    method = "POST" if route in POSTED else "GET"
    answers = [
        browser.generic(method, path_of(route, values)) for browser in (Client(), just_signed_in(owner))
    ]
    for answer in answers:
        check_private(answer, values)
    return answers[0].status_code, answers[1].status_code


def test_a_page_is_for_its_reader_alone(owner: User, values: dict[str, str]) -> None:
    read = [route for route in PAGES if route not in POSTED]

    assert {route: statuses_of(route, owner, values) for route in read} == {
        route: PAGES[route] for route in read
    }


@pytest.mark.parametrize("route", sorted(POSTED))
def test_the_answer_to_a_form_is_for_its_reader_alone(
    route: str, owner: User, values: dict[str, str]
) -> None:
    assert statuses_of(route, owner, values) == PAGES[route]


def test_the_admin_is_for_staff_alone(db: None, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    staff = just_signed_in(User.objects.create_superuser("support@hoster.example"))
    values = {"object_id": "1", "content_type_id": "1", "app_label": "accounts", "url": "nowhere/"}
    for route in sorted(route for route in routes_of("portal.urls") if route.startswith(ADMIN)):
        without = Client().get(path_of(route, values))
        assert without.status_code == 302, route
        check_private(without, values)
        check_private(staff.get(path_of(route, values)), values)


# --- Mail programs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["testserver", "autoconfig.example.com"])
@pytest.mark.parametrize("route", sorted(DISCOVERY))
def test_what_a_program_gets_about_one_address_is_for_that_program_alone(
    route: str, host: str, owner: User
) -> None:
    for browser in (Client(), just_signed_in(owner)):
        response = browser.get(f"/{route}", {"emailaddress": ADDRESS}, headers={"host": host})

        assert response.status_code == 200
        check(response, {})
        assert directives(response) == {"private", "max-age=300"}
        assert not response.cookies
        assert ADDRESS in response.content.decode()


@pytest.mark.parametrize("host", ["testserver", "autodiscover.example.com"])
@pytest.mark.parametrize(
    "path", ["/autodiscover/autodiscover.xml", "/autodiscover/autodiscover.json?Protocol=AutodiscoverV1"]
)
def test_what_outlook_gets_is_kept_by_nobody(path: str, host: str, owner: User) -> None:
    for browser in (Client(), just_signed_in(owner)):
        response = browser.get(path, headers={"host": host})
        check_private(response, {})
        assert not response.cookies


@pytest.mark.parametrize("route", sorted(DISCOVERY))
def test_what_a_program_gets_about_a_domain_may_be_kept_for_all(route: str, owner: User) -> None:
    response = Client().get(f"/{route}", headers={"host": "autoconfig.example.com"})

    assert response.status_code == 200
    check(response, {})
    assert directives(response) == {"public", "max-age=300"}
    assert not response.cookies
    assert "Cookie" not in response.headers["Vary"]
    assert "anna" not in response.content.decode()


@pytest.mark.parametrize(
    ("host", "path", "method", "status"),
    [
        ("autoconfig.nowhere.example", "/mail/config-v1.1.xml", "GET", 404),
        ("autoconfig.example.com", "/", "GET", 404),
        ("autoconfig.example.com", "/mail/config-v1.1.xml", "POST", 405),
        ("testserver", "/nowhere/", "GET", 404),
        ("not a host", "/", "GET", 400),
    ],
)
def test_an_error_is_kept_by_nobody(host: str, path: str, method: str, status: int, owner: User) -> None:
    response = Client().generic(method, path, headers={"host": host})

    assert response.status_code == status
    check_private(response, {})


def test_a_page_about_something_broken_is_kept_by_nobody(
    owner: User, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_call: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("portal.health.problems", broken)
    response = visitor.get("/readyz")

    assert response.status_code == 500
    check_private(response, {})


# --- Cookies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_stay_with_the_portal(
    secure: bool, owner: User, values: dict[str, str], settings: Any
) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = secure
    owner.set_password("correct horse battery staple")
    owner.save()
    browser = Client()
    form = {"login": owner.email, "password": "correct horse battery staple"}
    answers = [
        browser.get("/accounts/login/", secure=secure),
        browser.post("/accounts/login/", form, secure=secure),
        browser.post(f"/setup/{ADDRESS}/phone/", secure=secure),
    ]
    one_device = urlsplit(answers[-1].context["link"]).path
    answers.append(Client().get(one_device, secure=secure))
    token = one_device.removeprefix("/s/").rstrip("/")

    for answer in answers:
        check(answer, {"link": token}, secure=secure)
    assert {name for answer in answers for name in answer.cookies} == {
        "csrftoken",
        "sessionid",
        "setup_device",
    }
    assert answers[1].cookies["sessionid"]["max-age"] == 14 * DAY
