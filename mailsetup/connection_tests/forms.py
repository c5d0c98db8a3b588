"""What people type."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.credentials import can_be_typed


class ConnectionTestForm(forms.Form):
    """The test of one address. The password is never rendered back."""

    protocol = forms.ChoiceField(
        label=_("How your app receives"),
        choices=[(protocol.value, protocol.upper()) for protocol in Protocol],
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        label=_("Password of this mailbox"),
        required=False,
        strip=False,
        max_length=settings.CONNECTION_TESTS.password_max_characters,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("The one your mail app uses, not the one for this portal."),
    )
    round_trip = forms.BooleanField(
        label=_("Also send a short test message from you to you"),
        required=False,
        help_text=_("It shows whether mail goes out and comes back, and how fast; then it’s deleted again."),
    )
    app = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Sequence[Protocol], needs_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protocol = cast("forms.ChoiceField", self.fields["protocol"])
        protocol.choices = [(choice.value, choice.upper()) for choice in offered]
        self.needs_password = needs_password

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if self.needs_password and not password:
            raise forms.ValidationError(_("Type the password of this mailbox."))
        if not can_be_typed(password):
            raise forms.ValidationError(
                _("The password contains a character that can’t be seen. Type it in by hand.")
            )
        return password
