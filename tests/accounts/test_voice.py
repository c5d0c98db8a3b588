"""No page, message or mail of an account speaks as django-allauth or Django do.

What they would say is read from the packages themselves, so an update that says something new fails here
until it is said in our words, or until somebody writes down why nobody can meet it.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core import mail
from django.http import HttpResponse
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.adapters import AccountAdapter, MFAAdapter, SocialAccountAdapter
from accounts.models import Customer, User
from tests.accounts import originals
from tests.accounts.authenticator import code_for, enrol
from tests.accounts.conftest import PASSWORD, person, signed_in, signed_in_by_code
from tests.accounts.test_address import ask_for_code, type_code
from tests.architecture.rooms import ROOT

ALLAUTH, DJANGO = originals.package("allauth"), originals.package("django")
TEMPLATES = {
    name: texts
    for name, texts in originals.of_templates(ALLAUTH / "templates").items()
    if name.startswith(("account/", "allauth/", "mfa/", "socialaccount/", "usersessions/"))
}
# Apps of allauth that are installed here.
MODULES = {
    f"{app}/{name}": texts
    for app in ("account", "core", "mfa", "socialaccount", "usersessions")
    for name, texts in originals.of_modules(ALLAUTH / app).items()
    if not name.startswith("providers/") or name.startswith(("providers/base", "providers/openid_connect"))
}

BY_LINK, BY_PHONE = "addresses are confirmed by code", "nobody signs in by telephone"
NO_TRUST, NO_USER_NAME = "no browser is trusted for longer", "nobody has a user name"
FRAME = "every page that extends it fills its blocks"
# Why nobody meets the templates that are not replaced.
NEVER_RENDERED = {
    "account/base_confirm_code.html": "our pages extend another one",
    "account/confirm_password_reset_code.html": "a new password is chosen by link",
    "account/confirm_phone_verification_code.html": BY_PHONE,
    "account/email.html": "everybody has one address",
    "account/email/password_reset_code_message.txt": "a new password is chosen by link",
    "account/email/password_reset_code_subject.txt": "a new password is chosen by link",
    "account/email_confirm.html": BY_LINK,
    "account/messages/phone_verification_sent.txt": BY_PHONE,
    "account/messages/phone_verified.txt": BY_PHONE,
    "account/phone_change.html": BY_PHONE,
    "account/signup_by_passkey.html": "nobody signs up by a passkey",
    "account/snippets/already_logged_in.html": "our pages don't include it",
    "account/snippets/warn_no_email.html": "our pages don't include it",
    "account/verification_sent.html": BY_LINK,
    "account/verified_email_required.html": "no view asks for it",
    "mfa/recovery_codes/base.html": FRAME,
    "mfa/totp/base.html": FRAME,
    "mfa/trust.html": NO_TRUST,
    "mfa/webauthn/signup_form.html": "nobody signs up by a passkey",
    "socialaccount/snippets/login.html": "our pages don't include it",
}
RENDERED = [name for name in TEMPLATES if name not in NEVER_RENDERED]
ADMIN, LABEL = "its admin is taken out", "the field has a label of ours"
# Where the texts of allauth's modules are, and why nobody reads them; adapters' error messages stand below.
NEVER_SAID = {
    "account/admin.py": ADMIN,
    "account/apps.py": ADMIN,
    "account/models.py": ADMIN,
    "mfa/apps.py": ADMIN,
    "mfa/models.py": ADMIN,
    "socialaccount/apps.py": ADMIN,
    "socialaccount/models.py": ADMIN,
    "usersessions/apps.py": ADMIN,
    "usersessions/models.py": ADMIN,
    **dict.fromkeys(
        ("Email", "Email address", "Code", "Password", "Authenticator code", "Passwordless"), LABEL
    ),
    **dict.fromkeys(("Current Password", "New Password", "New Password (again)"), LABEL),
    "Enabling passwordless operation allows you to sign in using just this key, but imposes additional "
    "requirements such as biometrics or PIN protection.": LABEL,
    "You must type the same password each time.": "accounts.fields says it",
    **dict.fromkeys(("Master key", "Backup key", "Key nr. {number}"), "accounts.adapters names keys"),
    **dict.fromkeys(
        ("Use a security key", "Use authenticator app or code", "Use your password"),
        "accounts.adapters names these ways",
    ),
    "Forgot your password?": "templates/account/password_reset_help_text.html takes its place",
    "Password (again)": "sign-up asks once",
    **dict.fromkeys(("Email (again)", "Email address confirmation"), "sign-up asks once"),
    "You must type the same email each time.": "sign-up asks once",
    **dict.fromkeys(("Email (optional)", "Remember Me"), "our settings leave it out"),
    **dict.fromkeys(("Username", "Username (optional)", "Username or email", "Login"), NO_USER_NAME),
    **dict.fromkeys(("Phone", "Email or phone", "Username or phone", "Username, email or phone"), BY_PHONE),
    "Enter a phone number including country code (e.g. +1 for the US).": BY_PHONE,
}
# Error messages by their keys.
NEVER_AN_ERROR = {
    "invalid_login": "a form without a password",
    "invalid_or_expired_key": "allauth's headless API",
    "max_email_addresses": "everybody has one address",
    "phone_password_mismatch": BY_PHONE,
    "phone_taken": BY_PHONE,
    "same_as_current": "the form that changes a phone number",
    "select_only_one": "a form with a phone number",
    "unknown_email": "nobody is told who is known",
    "unknown_phone": BY_PHONE,
    "unverified_primary_email": "allauth's headless API",
    "username_blacklisted": NO_USER_NAME,
    "username_password_mismatch": NO_USER_NAME,
    "username_taken": NO_USER_NAME,
    "add_email_blocked": "a code confirms an address, with a second step too",
    "cannot_delete_authenticator": "everybody may",
}
ADAPTERS = (
    (AccountAdapter, DefaultAccountAdapter),
    (MFAAdapter, DefaultMFAAdapter),
    (SocialAccountAdapter, DefaultSocialAccountAdapter),
)


# --- What there is ------------------------------------------------------------------------------------------


def test_originals_are_found() -> None:
    said = set().union(*TEMPLATES.values(), *MODULES.values())
    assert {
        "Incorrect code.", "Password successfully changed.", "New Password (again)", "Account Already Exists",
        "Your email has been changed from %(from_email)s to %(to_email)s.",
        "Signed out of all other sessions.",
    } <= said  # fmt: skip


def test_every_template_is_ours_or_never_rendered() -> None:
    theirs = {
        name for name in TEMPLATES if not get_template(name).origin.name.startswith(f"{ROOT}/templates/")
    }

    assert theirs == set(NEVER_RENDERED)


def test_every_error_message_is_ours_or_never_shown() -> None:
    theirs = {
        key
        for adapter, default in ADAPTERS
        for key, message in default.error_messages.items()
        if str(adapter.error_messages[key]) == str(message)
    }

    assert theirs == set(NEVER_AN_ERROR)


def test_every_other_text_of_its_modules_is_accounted_for() -> None:
    messages = {
        " ".join(str(said).split()) for _ours, theirs in ADAPTERS for said in theirs.error_messages.values()
    }
    left = {text for name, texts in MODULES.items() if name not in NEVER_SAID for text in texts} - messages

    assert left == {known for known in NEVER_SAID if known not in MODULES}
    assert {known for known in NEVER_SAID if known.endswith(".py")} <= set(MODULES)


# --- What is said -------------------------------------------------------------------------------------------

# Two words or more, and the same in our voice.
OURS_TOO = {
    "Email address",
    "Last used %(last_used)s",
    "New password",
    "Recovery codes",
    "Sign in",
    "Sign out",
}


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Each text that would be somebody else's, with anything in the place of its values."""
    of_django = [
        *originals.of_modules(DJANGO / "forms").values(),
        *originals.of_modules(DJANGO / "contrib" / "auth").values(),
        originals.of_modules(DJANGO / "core")["validators.py"],
    ]
    for text in set().union(*TEMPLATES.values(), *MODULES.values(), *of_django) - OURS_TOO:
        literal = re.split(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|<[^>]+>", text)
        if " " in text.strip() and len("".join(literal)) > 8:
            yield text, re.compile(".{0,80}?".join(map(re.escape, literal)))


PATTERNS = list(patterns())


def theirs_in(said: str) -> list[str]:
    """The texts in a page, a message or a mail that are not in our voice."""
    text = " ".join(
        html.unescape(re.sub(r"<(?:script|style).*?</(?:script|style)>|<[^>]+>", " ", said)).split()
    )
    return [original for original, pattern in PATTERNS if pattern.search(text)]


class Listener:
    """A browser that keeps every page that it was shown."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser
        self.pages: list[str] = []

    def get(self, path: str) -> HttpResponse:
        return self._kept(self.browser.get(f"/accounts/{path}", follow=True))

    def post(self, path: str, **form: Any) -> HttpResponse:
        return self._kept(self.browser.post(f"/accounts/{path}", form, follow=True))

    def _kept(self, answer: HttpResponse) -> HttpResponse:
        self.pages.append(answer.content.decode())
        return answer

    def check(self) -> None:
        said = [*self.pages, *(f"{message.subject}\n{message.body}" for message in mail.outbox)]
        assert [theirs for text in said for theirs in theirs_in(text)] == []


def test_their_voice_is_recognised() -> None:
    assert theirs_in("<p>Incorrect  code.</p>") == ["Incorrect code."]
    assert theirs_in("This field is required.")
    assert theirs_in("Your email has been changed from a@b.example to c@d.example.")


@pytest.mark.parametrize("name", [name for name in RENDERED if "/messages/" in name])
def test_messages(name: str, rf: RequestFactory, db: None) -> None:
    assert theirs_in(render_to_string(name, {"email": "anna@example.com"}, rf.get("/"))) == []


@pytest.mark.parametrize(
    "prefix",
    sorted({name.rpartition("_")[0] for name in RENDERED if "/email/" in name and "/base_" not in name}),
)
def test_mails(prefix: str, rf: RequestFactory, db: None) -> None:
    context: dict[str, Any] = {
        "timestamp": timezone.now(),
        "email": "anna@example.com",
        "from_email": "a@b.example",
        "to_email": "c@d.example",
        "code": "ABCD",
    }
    for part in ("subject", "message"):
        said = render_to_string(f"{prefix}_{part}.txt", context, rf.get("/"))
        assert said.strip()
        assert theirs_in(said) == []


@pytest.mark.parametrize("adapter", [ours for ours, _theirs in ADAPTERS])
def test_error_messages(adapter: Any) -> None:
    said = {key: str(text) for key, text in adapter.error_messages.items() if key not in NEVER_AN_ERROR}
    assert [theirs for text in said.values() for theirs in theirs_in(text)] == []


@pytest.fixture
def visitor(db: None, settings: Settings) -> Listener:
    settings.SIGNUP_OPEN = True
    return Listener(Client())


@pytest.fixture
def anna(owner: User) -> Listener:
    return Listener(signed_in(owner))


def test_pages_of_sign_in(visitor: Listener, owner: User) -> None:
    for path in ("login/", "login/code/", "inactive/", "3rdparty/login/cancelled/", "3rdparty/login/error/"):
        visitor.get(path)
    visitor.post("login/")
    visitor.post("login/", login="no address", password="x")
    for _try in range(6):
        visitor.post("login/", login=owner.email, password="wrong")
    visitor.post("login/code/")
    visitor.post("login/code/", email="no address")
    visitor.post("login/code/", email=owner.email)
    visitor.post("login/code/confirm/")
    for _try in range(3):
        visitor.post("login/code/confirm/", code="WRNG-WRNG")
    visitor.check()


def test_pages_of_sign_up(visitor: Listener, owner: User) -> None:
    visitor.get("signup/")
    visitor.post("signup/")
    visitor.post("signup/", email="x" * 400, password1="short", name="x" * 200)
    visitor.post("signup/", email="anna.berg@example.com", password1="anna.berg@example")
    visitor.post("signup/", email="new@example.com", password1="password1234")
    visitor.post("signup/", email="new@example.com", password1=PASSWORD)
    visitor.post("confirm-email/")
    for _try in range(3):
        visitor.post("confirm-email/", code="WRNG-WRNG")
    visitor.post("signup/", email=owner.email, password1=PASSWORD)
    visitor.check()


def test_pages_of_a_forgotten_password(visitor: Listener, owner: User) -> None:
    for path in (
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/done/",
        "password/reset/key/1-x/",
    ):
        visitor.get(path)
    visitor.post("password/reset/", email="")
    visitor.post("password/reset/", email="nobody@nowhere.example")
    visitor.post("password/reset/", email=owner.email)
    found = re.search(r"/accounts/(password/reset/key/\S+)", mail.outbox[-1].body)
    assert found
    path = visitor.get(found[1]).request["PATH_INFO"].removeprefix("/accounts/")
    visitor.post(path)
    visitor.post(path, password1=PASSWORD, password2="another one")
    visitor.post(path, password1="short", password2="short")
    visitor.post(path, password1="a new horse staple", password2="a new horse staple")
    assert User.objects.get().check_password("a new horse staple")
    visitor.check()


def test_pages_about_oneself(anna: Listener, owner: User, stranger: User) -> None:
    for path in (
        "name/",
        "email/",
        "password/change/",
        "sessions/",
        "3rdparty/",
        "people/",
        "reauthenticate/",
    ):
        anna.get(path)
    anna.post("name/", name="x" * 200)
    anna.post("name/", name="Anna\0")
    anna.post("name/", name="Anna")
    for email in ("", "no address", owner.email):
        anna.post("email/", email=email, action_add="")
    anna.post("email/", email=owner.email, action_remove="")
    anna.post("email/", email=owner.email, action_send="")
    for email in (stranger.email, "anna@new.example"):
        type_code(anna.browser, ask_for_code(anna.browser, email))
        anna.get("email/")
    anna.post("reauthenticate/", password="wrong")
    anna.post("reauthenticate/")
    anna.post("sessions/")
    anna.post("logout/")
    anna.check()


def test_pages_about_a_password(anna: Listener, owner: User) -> None:
    new = "another horse staple"
    anna.post("password/change/")
    anna.post("password/change/", oldpassword="wrong", password1=new, password2=new)
    anna.post("password/change/", oldpassword=PASSWORD, password1=new, password2="other")
    anna.post("password/change/", oldpassword=PASSWORD, password1="short", password2="short")
    assert User.objects.get().check_password(PASSWORD)
    anna.post("password/change/", oldpassword=PASSWORD, password1=new, password2=new)
    owner.refresh_from_db()
    assert owner.check_password(new)
    anna.browser = signed_in_by_code(owner)
    anna.get("password/set/")
    anna.post("password/set/", password1=new, password2="other")
    anna.post("password/set/", password1=new, password2=new)
    anna.check()


def test_pages_about_a_second_step(anna: Listener, owner: User) -> None:
    for path in ("2fa/", "2fa/totp/activate/", "2fa/webauthn/", "2fa/webauthn/add/"):
        anna.get(path)
    anna.post("2fa/recovery-codes/generate/")
    anna.post("2fa/totp/activate/")
    anna.post("2fa/totp/activate/", code="000000")
    secret = enrol(anna.browser)
    for path in ("2fa/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/", "2fa/totp/deactivate/"):
        anna.get(path)
    anna.post("2fa/reauthenticate/", code="000000")
    anna.post("2fa/reauthenticate/", code=code_for(secret))
    anna.post("2fa/recovery-codes/generate/")
    anna.get("reauthenticate/")
    anna.post("2fa/webauthn/add/", credential="no JSON")
    anna.post("2fa/webauthn/add/")
    key = Authenticator.objects.create(
        user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Anna’s key", "credential": {}}
    )
    anna.post(f"2fa/webauthn/keys/{key.pk}/edit/", name="")
    anna.post(f"2fa/webauthn/keys/{key.pk}/edit/", name="Mine")
    anna.get(f"2fa/webauthn/keys/{key.pk}/remove/")
    anna.post(f"2fa/webauthn/keys/{key.pk}/remove/")
    anna.post("2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    anna.check()


def test_pages_of_the_second_step(owner: User) -> None:
    enrol(signed_in(owner))
    anna = Listener(Client())
    anna.post("login/", login=owner.email, password=PASSWORD)
    for code in ("", "000000", "000001", "000002", "000003", "000004", "000005"):
        anna.post("2fa/authenticate/", code=code)
    anna.post("2fa/webauthn/login/", credential="no JSON")
    anna.check()


def test_pages_about_people(anna: Listener, owner: User, colleague: User, customer: Customer) -> None:
    path = f"people/customers/{customer.pk}/invite/"
    for email, role in (("", "member"), ("no address", "member"), (colleague.email, "king")):
        anna.post(path, email=email, role=role)
    anna.post(path, email="new@lindqvist.example", role="member")
    anna.check()


def test_somebody_who_is_switched_off(db: None) -> None:
    gone = person("gone@lindqvist.example", is_active=False)
    visitor = Listener(Client())
    visitor.post("login/", login=gone.email, password=PASSWORD)
    visitor.check()
