"""What people type about themselves and each other."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.adapters import invitation_in
from accounts.models import Membership, SupportVisit


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth has no types
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
        invitation = invitation_in(context.request)
        if invitation is not None:
            self.initial["email"] = invitation.email
            # Django takes a disabled field's value from here, whatever the browser sends.
            self.fields["email"].disabled = True


class InviteForm(forms.ModelForm):
    """Whom to ask to join, and as what."""

    email = forms.EmailField(label=_("Email address"), max_length=254)

    class Meta:
        model = Membership
        fields = ["email", "role"]


class RoleForm(forms.ModelForm):
    """What somebody may do from now on."""

    class Meta:
        model = Membership
        fields = ["role"]


class SupportVisitForm(forms.ModelForm):
    """Why support needs to look at the portal as this customer."""

    class Meta:
        model = SupportVisit
        fields = ["reason"]
        labels = {"reason": _("Why do you need to look?")}
        help_texts = {"reason": _("A ticket number or one sentence. It is kept with your name and the time.")}
