"""What people type about themselves and each other."""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from accounts import services, tries
from accounts.adapters import invitation_in
from accounts.models import Membership, SupportVisit, User


class FieldTextMixin:
    """What stands around the fields: no label twice, no colon after it, one sentence about a new password."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if field.widget.attrs.get("autocomplete") == "new-password" and name != "password2":
                field.help_text = _(
                    "At least %(count)s characters. Three or four words in a row work well."
                ) % {"count": settings.ACCOUNTS.password_min_characters}


def _with(error: forms.ValidationError, sentence: str) -> forms.ValidationError:
    """The same error with one more sentence."""
    return forms.ValidationError(" ".join([*error.messages, *filter(None, [sentence])]), code=error.code)


def validate_sendable(email: str) -> None:
    """Refuse a domain that can't be written as A-labels, as mail wants it (RFC 5891 section 4.4)."""
    try:
        punycode(email.rpartition("@")[2])
    except UnicodeError:
        raise forms.ValidationError(_("No mail can be sent to this address. Check its spelling.")) from None


class LoginForm(FieldTextMixin, account.LoginForm):
    """Sign-in; the field says `username`, so that password managers offer the pair."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email address")
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean(self) -> dict[str, Any]:
        """Say what is wrong beside the password, where it is put right."""
        try:
            super().clean()  # type: ignore[no-untyped-call]  # allauth says none here
        except forms.ValidationError as refused:
            if refused.code == "email_password_mismatch":
                left = tries.for_password(context.request, self.cleaned_data["login"])
                refused = _with(refused, tries.before_the_pause(left))
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
            raise _with(refused, tries.before_a_new_code(left)) from None
        return code


class ResetPasswordForm(FieldTextMixin, account.ResetPasswordForm):
    """Where to send the link."""


class ResetPasswordKeyForm(FieldTextMixin, account.ResetPasswordKeyForm):
    """A new password, by the link."""


class ChangePasswordForm(FieldTextMixin, account.ChangePasswordForm):
    """A new password for the old one."""


class SetPasswordForm(FieldTextMixin, account.SetPasswordForm):
    """A first password."""


class ChangeAddressForm(FieldTextMixin, account.AddEmailForm):
    """The address to sign in with from now on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New address")
        self.fields["email"].help_text = _(
            "We send a code there. Nothing changes until you’ve typed it here."
        )
        self.fields["email"].validators.append(validate_sendable)


class ConfirmAddressForm(FieldTextMixin, account.ConfirmEmailVerificationCodeForm):
    """The code that went to a new address."""

    def clean_code(self) -> str:
        """Whoever has the code has shown whose address it is, so that claims of others end."""
        try:
            account.BaseConfirmCodeForm.clean_code(self)
        except forms.ValidationError as refused:
            left = tries.for_address_code(context.request)
            raise _with(refused, tries.before_a_new_code(left)) from None
        services.release_address(self.email, keep=self.user)
        code: str = super().clean_code()
        return code


class NameForm(FieldTextMixin, forms.ModelForm[User]):
    """What to call somebody."""

    class Meta:
        model = User
        fields = ["name"]
        labels = {"name": _("Your name")}
        help_texts = {"name": _("Your colleagues here see it. Leave it empty, and they see your address.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class ReauthenticateForm(FieldTextMixin, account.ReauthenticateForm):
    """The password once more."""

    def clean_password(self) -> str:
        try:
            password: str = super().clean_password()
        except forms.ValidationError as refused:
            if refused.code != "incorrect_password":
                raise
            left = tries.for_password(context.request, self.user.email)
            raise _with(refused, tries.before_the_pause(left)) from None
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
            raise _with(refused, tries.before_the_pause(left)) from None
        return code


class AuthenticateForm(SecondStepMixin, FieldTextMixin, mfa.AuthenticateForm):
    """The second step of sign-in."""


class ReauthenticateByFactorForm(SecondStepMixin, FieldTextMixin, mfa.ReauthenticateForm):
    """The second step once more."""


class ActivateTOTPForm(FieldTextMixin, totp.ActivateTOTPForm):
    """The first code of a new app."""


class AddWebAuthnForm(FieldTextMixin, webauthn.AddWebAuthnForm):
    """A name for a key; a passkey unless the person wants a second step only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _(
            "This makes it a passkey: your fingerprint, your face or the PIN of the device takes the "
            "place of the password."
        )


class SignUpForm(FieldTextMixin, account.SignupForm):
    """Sign-up; somebody invited keeps the address that the invitation went to."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["email", "name", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].validators.append(validate_sendable)
        invitation = invitation_in(context.request)
        if invitation is not None:
            self.initial["email"] = invitation.email
            # Django takes a disabled field's value from here, whatever the browser sends.
            self.fields["email"].disabled = True


class InviteForm(FieldTextMixin, forms.ModelForm[Membership]):
    """Whom to ask to join, and as what."""

    email = forms.EmailField(label=_("Email address"), max_length=254, validators=[validate_sendable])

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
