"""How django-allauth behaves here: closed sign-up, invitations, no second question right after sign-in."""

import base64
import logging
import time
from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import add_query_params
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect import provider as openid_connect
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import browsers, services, tasks
from accounts.brands import brand_of
from accounts.fields import is_plain_line
from accounts.models import Customer, Invitation, User

logger = logging.getLogger(__name__)
INVITATION_SESSION_KEY = "invitation"


def invitation_in(request: HttpRequest) -> Invitation | None:
    """The open invitation whose link this visitor came by."""
    invitation_id = request.session.get(INVITATION_SESSION_KEY)
    return None if invitation_id is None else Invitation.objects.usable().filter(pk=invitation_id).first()


def welcome(request: HttpRequest, customer: Customer) -> None:
    """Say on the next page whose portal this is, and what for."""
    said = _(
        "You now belong to %(customer)s at %(brand)s. Here you get its mail on your devices, step by step."
    )
    messages.success(request, said % {"customer": customer, "brand": brand_of(request).name})


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the provider or by invitation, unless the host opens sign-up to everybody."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is switched off. Support can tell you why."),
        "cannot_remove_primary_email": _("You sign in with this address, so it stays. Change it instead."),
        "duplicate_email": _("You sign in with this address already."),
        "email_password_mismatch": _(
            "That password doesn’t match this address. Check Caps Lock and try again."
        ),
        "email_taken": _(
            "This address belongs to another account. Sign in with that one, or take another address."
        ),
        "incorrect_code": _("That code doesn’t match. Codes change: take the newest one."),
        "enter_current_password": _("That isn’t your password now. Check Caps Lock and try again."),
        "incorrect_password": _("That password doesn’t match. Check Caps Lock and try again."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "rate_limited": _("That was a lot in a short time. Wait a few minutes, then try again."),
        # What is said of a mailed code; a password has validation_error().
        "too_many_login_attempts": _("That was the last try with this code. Ask for a new one."),
    }

    def validation_error(self, code: str, *args: object) -> ValidationError:
        """What a form says; too many tries are a pause, with its length."""
        if code != "too_many_login_attempts":
            error: ValidationError = super().validation_error(code, *args)
            return error
        minutes = settings.ACCOUNTS.sign_in_pause_minutes
        pause = ngettext(
            "That was a lot in a short time. It’s a pause, nothing is locked: try again in %(minutes)s "
            "minute.",
            "That was a lot in a short time. It’s a pause, nothing is locked: try again in %(minutes)s "
            "minutes.",
            minutes,
        )
        return ValidationError(pause % {"minutes": minutes}, code=code)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.SIGNUP_OPEN or invitation_in(request) is not None

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        assert isinstance(user, User)  # noqa: S101  # AUTH_USER_MODEL
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render a mail here, where the request is, and let the worker send it.

        Nobody gets a mail that says they have no account here, but it is rendered and handed over like any
        other: the page must take as long for an address that nobody has.
        """
        site = {"request": self.request, "email": email, "current_site": get_current_site(self.request)}
        message = self.render_mail(template_prefix, email, {**site, **context})
        forms = {kind: str(text) for text, kind in getattr(message, "alternatives", ())}
        # allauth makes a mail that has no plain form to one that has HTML alone.
        html = forms.get("text/html", "")
        tasks.send_later(
            subject=str(message.subject),
            body=str(message.body),
            html=html,
            to="" if template_prefix == "account/email/unknown_account" else email,
            sender=message.from_email,
        )

    def pre_login(
        self, request: HttpRequest, user: AbstractBaseUser, *, email: str | None = None, **kwargs: Any
    ) -> HttpResponse | None:
        """Let nobody in by a code that went to an address which is no longer this person's.

        allauth would take the old address for one that has to be confirmed, mail it a code, and make it the
        person's address again.
        """
        mine = set(EmailAddress.objects.filter(user_id=user.pk).values_list("email", flat=True))
        if email and mine and email.lower() not in mine:
            messages.error(request, _("This code went to an address that has been changed. Sign in anew."))
            return redirect("account_login")
        response: HttpResponse | None = super().pre_login(request, user, email=email, **kwargs)
        return response

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Tell the address that this takes the place of: allauth tells any other one on record."""
        services.keep_one_address(email_address.user, new=email_address.email)
        return bool(super().confirm_email(request, email_address))

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Where somebody is who has typed the code for a new address."""
        return reverse("account_email")

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """The ways to show once more who one is, as buttons."""
        said = {
            "reauthenticate": gettext("Use my password"),
            "mfa_reauthenticate": gettext("Use a code"),
            "mfa_reauthenticate:webauthn": gettext("Use a key"),
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": said[method["id"]]} for method in methods]

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """The browser that a mail about a change names, in words."""
        return browsers.describe(super().get_http_user_agent(request))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask nobody to confirm who they are moments after they signed in.

        Only somebody who had a factor before this sign-in is always asked about factors: there is something
        to protect. Who has neither a password nor a factor has nothing to confirm it by, and allauth lets
        them go on at any time (allauth.account.internal.flows.reauthentication), so they sign in anew.
        """
        required = bool(super().is_reauthentication_required(app=app, **kwargs))
        records = get_authentication_records(self.request, self.request.user)
        age = time.time() - (records[-1]["at"] if records else 0)
        if required and not self.get_reauthentication_methods(self.request.user):
            if age > max(settings.ACCOUNTS.fresh_sign_in_seconds, settings.ACCOUNTS.reauthentication_seconds):
                raise ImmediateHttpResponse(_sign_in_anew(self.request))
            return False
        if not required or not records:
            return required
        had_factors = (
            app == "allauth.mfa"
            and Authenticator.objects.filter(
                user=self.request.user, created_at__lt=datetime.fromtimestamp(records[-1]["at"], UTC)
            ).exists()
        )
        return had_factors or age > settings.ACCOUNTS.fresh_sign_in_seconds


def _sign_in_anew(request: HttpRequest) -> HttpResponse:
    """Sign out, and lead back to where somebody was after the next sign-in; what they typed is gone.

    Nobody comes back to what answers only to a form, as on the page of the people, or only to a provider.
    """
    view = request.resolver_match.view_name if request.resolver_match else ""
    back = request.path
    if view.startswith("accounts:"):
        back = reverse("accounts:people")
    elif view.endswith("_callback"):
        back = reverse("socialaccount_connections")
    logout(request)
    messages.info(request, _("You signed in a while ago. Sign in anew, then go on where you were."))
    return redirect(add_query_params(reverse("account_login"), {REDIRECT_FIELD_NAME: back}))


class MFAAdapter(DefaultMFAAdapter):
    """The secrets of authenticator apps and recovery codes are stored encrypted.

    Whoever reads the database, or a backup of it, could otherwise make the codes of every member of staff.
    The key comes from CREDENTIALS_KEY, which is in no database, by a derivation of its own (RFC 5869).
    """

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": _(
            "Set up an app or a key first. The codes are for when it isn’t there."
        ),
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "unverified_email": _(
            "Confirm your address first: sign out, sign in again and type the code we send."
        ),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """What a new key is called until its owner says otherwise."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Key %(number)s") % {"number": count + 1} if count else gettext("My key")

    def encrypt(self, text: str) -> str:
        return _factors_key().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _factors_key().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # With another CREDENTIALS_KEY no code is right; a recovery by support is the way in.
            logger.error("A second factor can't be read: CREDENTIALS_KEY is not the one it was stored with.")
            return ""


def _factors_key() -> Fernet:
    derivation = HKDF(hashes.SHA256(), length=32, salt=None, info=b"mailway second factors")
    key = derivation.derive(base64.urlsafe_b64decode(settings.CREDENTIALS_KEY))
    return Fernet(base64.urlsafe_b64encode(key))


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Who may come in by the provider's own sign-in."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "connected_other": _(
            "That one is connected to somebody else’s account here, so nothing has changed."
        ),
        "disconnect_last": _(
            "This is the only way you sign in. Choose a password first, then disconnect it."
        ),
        "email_taken": _("This address has an account here. Sign in with it, then connect %s."),
        "invalid_token": _("The other side didn’t confirm who you are. Try again."),
        "no_password": _("Choose a password first. Without one you couldn’t sign in any more."),
        "no_verified_email": _("Confirm your address first. Without one you couldn’t sign in any more."),
    }

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        if settings.SIGNUP_OPEN:
            return True
        invitation = invitation_in(request)
        addresses = {address.email.lower() for address in sociallogin.email_addresses}
        return invitation is not None and invitation.email in addresses

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        said = data.get("name")
        name = " ".join(said.split()) if isinstance(said, str) else ""
        user: User = super().populate_user(request, sociallogin, {**data, "name": name})
        longest = User._meta.get_field("name").max_length or 0
        user.name = name if is_plain_line(name) and len(name) <= longest else ""
        return user


class OpenIDConnectProvider(openid_connect.OpenIDConnectProvider):
    """OpenID Connect servers as they are found in hosting."""

    # Where allauth looks for this provider's addresses; otherwise it takes the package of this class.
    package = "allauth.socialaccount.providers.openid_connect"

    def wk_server_url(self, url: str) -> str:
        """Take an address that ends in a file as the discovery document itself.

        WHMCS keeps its document at /oauth/openid-configuration.php (docs.whmcs.com, OpenID Connect
        developer guide). Every other address gets /.well-known/openid-configuration (OpenID Connect
        Discovery 1.0 section 4) put after it.
        """
        last_part = url.rpartition("/")[2]
        if last_part.startswith("openid-configuration"):
            return url
        well_known: str
        well_known = super().wk_server_url(url.rstrip("/"))  # type: ignore[no-untyped-call]  # allauth says none
        return well_known

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """The address that the provider names, verified only if it says so by JSON's own true.

        OpenID Connect Core 1.0 section 5.1 has a boolean there; some servers send text, and "false" is no
        boolean.
        """
        addresses: list[EmailAddress] = super().extract_email_addresses(data)  # type: ignore[no-untyped-call]
        for address in addresses:
            address.verified = address.verified is True
        return addresses

    def redirect(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send the browser on by a page of ours.

        Browsers hold a redirect that answers a form against the page's form-action, which names no foreign
        host; a page that refreshes itself is no form.
        """
        response: HttpResponse = super().redirect(request, *args, **kwargs)
        if not isinstance(response, HttpResponseRedirect):
            return response
        context = {"redirect_to": response.url, "provider": self.name}
        return render(request, "socialaccount/login_redirect.html", context)
