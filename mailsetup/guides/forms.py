"""Whom to send the steps of a guide to."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.fields import FieldTextMixin, is_plain_line, validate_sendable
from mailsetup.clientconfig import Address, AddressError, AddressFault, parse_address
from mailsetup.hosting.sentences import address_fault
from mailsetup.setup_links.setups import Setup


class RecipientField(forms.EmailField):
    """Whom mail of ours may go to; gives an Address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, validators=[validate_sendable], **kwargs)

    def clean(self, value: Any) -> Address:
        try:
            return parse_address(super().clean(value))
        except AddressError as error:
            if error.fault is AddressFault.ADDRESS_TOO_LONG:
                raise forms.ValidationError(address_fault(error)) from None
            raise forms.ValidationError(
                _("No mail can be sent to this address. Check its spelling.")
            ) from None


class SendStepsForm(FieldTextMixin, forms.Form):
    """An address, a line if somebody likes, and whether a link goes along."""

    to = RecipientField(label=_("Send to"))
    line = forms.CharField(
        label=_("A line from you, if you like"),
        required=False,
        max_length=settings.GUIDES.steps_line_characters,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Don’t write a password here. Mail can be read on its way."),
    )
    link = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, setup: Setup, may_link: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setup = setup
        self.fields["to"].help_text = _("Not %(address)s: that one can’t be read until it’s set up.") % {
            "address": setup.address.display
        }
        days = settings.SETUP_LINKS.guide_link_days
        self.fields["link"].label = ngettext(
            "Add a link to the guide with pictures, for %(days)s day",
            "Add a link to the guide with pictures, for %(days)s days",
            days,
        ) % {"days": days}
        if not may_link:
            del self.fields["link"]

    def clean_to(self) -> Address:
        recipient = cast("Address", self.cleaned_data["to"])
        if recipient.mailbox_local_part == self.setup.address.mailbox_local_part and self._is_the_same_domain(
            recipient.domain
        ):
            raise forms.ValidationError(
                _("That’s the mailbox itself: it can’t be read until it’s set up. Choose another one.")
            )
        return recipient

    def _is_the_same_domain(self, name: str) -> bool:
        hosting, domain = self.setup.hosting, self.setup.domain
        names = {self.setup.address.domain, hosting.domain, hosting.primary_domain}
        return name in names or (domain is not None and domain.aliases.filter(name=name).exists())

    def clean_line(self) -> str:
        line = cast("str", self.cleaned_data["line"])
        if not is_plain_line(line):
            raise forms.ValidationError(
                _("One line of plain words, without web or mail addresses: those make it look like junk.")
            )
        return line
