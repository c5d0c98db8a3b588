"""What people type."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mailsetup.clientconfig import ServiceType


class ConnectionTestForm(forms.Form):
    """The test of one address. The password is never rendered back."""

    protocol = forms.ChoiceField(
        label=_("How your app receives"),
        choices=[(ServiceType.IMAP.value, "IMAP"), (ServiceType.POP3.value, "POP3")],
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        label=_("Password of this mailbox"),
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("The one your mail app uses, not the one for this portal."),
    )
    round_trip = forms.BooleanField(label=_("Also send a short test message from you to you"), required=False)
    app = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: object, offered: list[ServiceType], needs_password: bool, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        labels = {ServiceType.IMAP: "IMAP", ServiceType.POP3: "POP3"}
        self.fields["protocol"].choices = [(protocol.value, labels[protocol]) for protocol in offered]
        self.needs_password = needs_password

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if self.needs_password and not password:
            raise forms.ValidationError(_("Type the password of this mailbox."))
        if any(not character.isprintable() for character in password):
            raise forms.ValidationError(
                _("The password contains a character that can’t be seen. Type it in by hand.")
            )
        return password
