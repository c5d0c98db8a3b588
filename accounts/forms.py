"""What people type about themselves and each other."""

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as socialaccount
from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services, tries
from accounts.adapters import invitation_in
from accounts.fields import NEW_ADDRESS, FieldTextMixin, validate_name, validate_sendable, with_sentence
from accounts.models import Membership, SupportVisit, User


class LoginForm(FieldTextMixin, account.LoginForm):
    """Sign-in; the field says `username`, so that password managers offer the pair."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean(self) -> dict[str, Any]:
        """Say what is wrong beside the password, where it is put right."""
        try:
            super().clean()  # type: ignore[no-untyped-call]  # allauth says none here
        except forms.ValidationError as refused:
            if refused.code == "email_password_mismatch":
                left = tries.for_password(context.request, self.cleaned_data["login"])
                refused = with_sentence(refused, tries.before_the_pause(left))
            self.add_error("password", refused)
            self.fields["password"].widget.attrs["autofocus"] = True
        return self.cleaned_data


class RequestLoginCodeForm(FieldTextMixin, account.RequestLoginCodeForm):
    """Where to send a code."""


class ConfirmLoginCodeForm(FieldTextMixin, account.ConfirmLoginCodeForm):
    """The code that was sent."""

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except forms.ValidationError as refused:
            left = tries.for_sign_in_code(context.request)
            raise with_sentence(refused, tries.before_a_new_code(left)) from None
        return code


class ResetPasswordForm(FieldTextMixin, account.ResetPasswordForm):
    """Where to send the link."""


class ResetPasswordKeyForm(FieldTextMixin, account.ResetPasswordKeyForm):
    """A new password, by the link; the link shows whose address it went to, as a code does."""

    def save(self) -> None:
        services.end_a_claim(self.user, self.user.email)
        super().save()


class ChangePasswordForm(FieldTextMixin, account.ChangePasswordForm):
    """A new password for the old one."""


class SetPasswordForm(FieldTextMixin, account.SetPasswordForm):
    """A first password: whoever finds a browser signed in could confirm by it what a password protects."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise_if_reauthentication_required(context.request, app="allauth.account")
        super().__init__(*args, **kwargs)


class ChangeAddressForm(FieldTextMixin, account.AddEmailForm):
    """The address to sign in with from now on."""

    labels = {"email": _("New address")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "We send a code there. Nothing changes until you’ve typed the code here."
        )
        self.fields["email"].validators.extend(NEW_ADDRESS)

    def save(self, request: HttpRequest) -> EmailAddress:
        """Send the code, and count it: a form that waits for the password is sent twice and counts once.

        The page of the code sends this once more, and would look as if nothing had happened.
        """
        waiting = request.session.get(EMAIL_VERIFICATION_CODE_SESSION_KEY, {})
        limited = ratelimit.consume_or_429(
            request, app="allauth.account", action="change_address", user=self.user
        )
        if limited is not None:
            raise ImmediateHttpResponse(limited)
        address: EmailAddress = super().save(request)
        if waiting.get("email") == address.email:
            messages.success(request, _("A new code is on its way. The one before no longer works."))
        return address


class ConfirmAddressForm(FieldTextMixin, account.ConfirmEmailVerificationCodeForm):
    """The code that went to a new address."""

    def clean_code(self) -> str:
        """Whoever has the code has shown whose address it is, so that claims of others end."""
        try:
            account.BaseConfirmCodeForm.clean_code(self)
        except forms.ValidationError as refused:
            left = tries.for_address_code(context.request)
            raise with_sentence(refused, tries.before_a_new_code(left)) from None
        services.release_address(self.email, keep=self.user)
        code: str = super().clean_code()
        return code


class NameForm(FieldTextMixin, forms.ModelForm[User]):
    """What to call somebody."""

    labels = {"name": _("Your name")}

    class Meta:
        model = User
        fields = ["name"]
        help_texts = {"name": _("Your colleagues here see it. Leave it empty, and they see your address.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].validators.append(validate_name)


class ReauthenticateForm(FieldTextMixin, account.ReauthenticateForm):
    """The password once more."""

    def clean_password(self) -> str:
        try:
            password: str = super().clean_password()
        except forms.ValidationError as refused:
            if refused.code != "incorrect_password":
                raise
            left = tries.for_password(context.request, self.user.email)
            raise with_sentence(refused, tries.before_the_pause(left)) from None
        return password


class SecondStepMixin:
    """A code of an app, with the tries that are left after a wrong one."""

    user: User

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of allauth's form, which it is mixed into
        except forms.ValidationError as refused:
            if refused.code != "incorrect_code":
                raise
            left = tries.for_second_step(context.request, self.user.pk)
            raise with_sentence(refused, tries.before_the_pause(left)) from None
        return code


class AuthenticateForm(SecondStepMixin, FieldTextMixin, mfa.AuthenticateForm):
    """The second step of sign-in."""


class ReauthenticateByFactorForm(SecondStepMixin, FieldTextMixin, mfa.ReauthenticateForm):
    """The second step once more."""


class ActivateTOTPForm(FieldTextMixin, totp.ActivateTOTPForm):
    """The first code of a new app."""

    labels = {"code": _("Code in the app")}


class AddWebAuthnForm(FieldTextMixin, webauthn.AddWebAuthnForm):
    """A name for a key; a passkey unless the person wants a second step only."""

    labels = {"passwordless": _("Sign in with it alone, without a password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].help_text = _(
            "This makes it a passkey: your fingerprint, your face or the PIN of the device takes the "
            "place of the password."
        )


class SignUpForm(FieldTextMixin, account.SignupForm):
    """Sign-up; somebody invited keeps the address that the invitation went to."""

    labels = {"name": _("Your name"), "password1": _("Password")}

    name = forms.CharField(
        max_length=150,
        required=False,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["email", "name", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].validators.extend(NEW_ADDRESS)
        invitation = invitation_in(context.request)
        if invitation is not None:
            self.initial["email"] = invitation.email
            # Django takes a disabled field's value from here, whatever the browser sends.
            self.fields["email"].disabled = True


class EditWebAuthnForm(FieldTextMixin, webauthn.EditWebAuthnForm):
    """Another name for a key."""


class AuthenticateWebAuthnForm(FieldTextMixin, webauthn.AuthenticateWebAuthnForm):
    """A key as the second step of sign-in."""


class LoginWebAuthnForm(FieldTextMixin, webauthn.LoginWebAuthnForm):
    """A passkey alone."""


class ReauthenticateWebAuthnForm(FieldTextMixin, webauthn.ReauthenticateWebAuthnForm):
    """A key once more."""


class SocialSignUpForm(FieldTextMixin, socialaccount.SignupForm):
    """What a provider's sign-in doesn't say of somebody new."""


class DisconnectForm(FieldTextMixin, socialaccount.DisconnectForm):
    """Which provider's sign-in goes."""


class InviteForm(FieldTextMixin, forms.ModelForm[Membership]):
    """Whom to ask to join, and as what."""

    email = forms.EmailField(max_length=254, validators=[validate_sendable])

    class Meta:
        model = Membership
        fields = ["email", "role"]


class RoleForm(forms.ModelForm[Membership]):
    """What somebody may do from now on."""

    class Meta:
        model = Membership
        fields = ["role"]


class SupportVisitForm(FieldTextMixin, forms.ModelForm[SupportVisit]):
    """Why support needs to look at the portal as this customer."""

    class Meta:
        model = SupportVisit
        fields = ["reason"]
        labels = {"reason": _("Why do you need to look?")}
        help_texts = {"reason": _("A ticket number or one sentence. It is kept with your name and the time.")}
