"""Where to tell somebody that a server works again."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.fields import FieldTextMixin
from accounts.models import User
from mailsetup.clientconfig import Address
from mailsetup.guides.forms import RecipientField


class NoticeForm(FieldTextMixin, forms.Form):
    """The address that `user` signs in with, or another one that they type.

    Left as it was it is no address of its own: the mail goes to the one that they sign in with by then.
    """

    to = RecipientField(
        label=_("Tell me at"),
        help_text=_(
            "One mail once it works; your password isn’t needed. Another address than the one you sign in "
            "with is forgotten a day later."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data, initial={"to": user.email}, empty_permitted=True, use_required_attribute=False)
        self.user = user
        if not settings.WATCH.watch_recipient_notices_limit:
            del self.fields["to"]

    def clean_to(self) -> Address | None:
        recipient: Address = self.cleaned_data["to"]
        return None if str(recipient) == self.user.email.lower() else recipient

    @property
    def recipient(self) -> Address | None:
        """Another address than the one that they sign in with, if they want it there."""
        return self.cleaned_data.get("to")
