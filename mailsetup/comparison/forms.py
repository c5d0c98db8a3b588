"""What people paste and fill in. There is no field for a password."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.fields import FieldTextMixin
from mailsetup.clientconfig import Protocol
from mailsetup.comparison.explanations import app_name, encryption_word
from mailsetup.comparison.judgement import AppValues, Encryption, ServerValues, Setting
from mailsetup.guides.clients import GUIDES, Guide

_LIMITS = settings.COMPARISON
_NOT_SURE = ("", _("Not sure"))
_TOO_LONG = ngettext_lazy(
    "That’s more than %(limit_value)d character. The part that says what went wrong is enough.",
    "That’s more than %(limit_value)d characters. The part that says what went wrong is enough.",
    "limit_value",
)
_NO_PORT = {
    code: _("A port is a number from 1 to 65535, such as 993.")
    for code in ("invalid", "min_value", "max_value")
}
# One colon, or an IPv6 address in brackets: in one without them the last colon is a part of it.
_HOST_AND_PORT = re.compile(r"(?P<host>[^:\[\]]+|\[[^\[\]]+\]):(?P<port>[0-9]+)")
# A server's name is typed letter by letter; help from the keyboard would spoil it.
_AS_TYPED = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}


class PastedField(forms.CharField):
    """A text without what can't be seen: that comes of pasting, or of an attack."""

    def to_python(self, value: object) -> str:
        """One line, or several where the field is large; marks of the writing direction are left out."""
        text = cast("str", super().to_python(value))
        seen = (character for character in text if unicodedata.category(character) != "Cf")
        lines = "".join(character if character.isprintable() else " " for character in seen)
        return " ".join(lines.split())


def _value(label: Any) -> PastedField:
    return PastedField(
        label=label,
        required=False,
        max_length=_LIMITS.compare_value_characters,
        widget=forms.TextInput(attrs=_AS_TYPED),
    )


def _port() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Port"),
        required=False,
        min_value=1,
        max_value=65535,
        error_messages=_NO_PORT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _encryption() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Encryption"),
        required=False,
        choices=[_NOT_SURE, *((value.value, value.value) for value in Encryption)],
        coerce=Encryption,
        empty_value=None,
    )


class ComparisonForm(FieldTextMixin, forms.Form):
    """Which app, what it says, what it has; all of it optional, but not all of it empty."""

    app = forms.ChoiceField(
        label=_("Which app is it?"),
        required=False,
        choices=[(guide.slug, guide.name) for guide in GUIDES.values() if guide.status != "retired"],
    )
    protocol = forms.TypedChoiceField(
        label=_("How does it receive?"), required=False, coerce=Protocol, empty_value=None
    )
    message = PastedField(
        label=_("Paste or type what your app shows"),
        required=False,
        max_length=_LIMITS.compare_message_characters,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "maxlength": None}),
        help_text=_("A number in it, such as 0x800CCC0E, helps most. Part of the message is enough."),
    )
    incoming_server = _value(_("Server"))
    incoming_port = _port()
    incoming_encryption = _encryption()
    outgoing_server = _value(_("Server"))
    outgoing_port = _port()
    outgoing_encryption = _encryption()
    user_name = _value(_("User name"))
    outgoing_sign_in = forms.TypedChoiceField(
        label=_("Sign-in for sending"),
        required=False,
        choices=[_NOT_SURE, ("on", _("On")), ("off", _("Off"))],
        coerce=lambda chosen: chosen == "on",
        empty_value=None,
    )

    def __init__(
        self,
        *args: Any,
        guide: Guide,
        protocols: tuple[Protocol, ...],
        app_labels: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].error_messages["max_length"] = _TOO_LONG
        protocol = cast("forms.ChoiceField", self.fields["protocol"])
        protocol.choices = [_NOT_SURE, *((choice.value, choice.upper()) for choice in protocols)]
        for side in ("incoming", "outgoing"):
            widget = cast("forms.Select", self.fields[f"{side}_encryption"].widget)
            widget.choices = [_NOT_SURE, *encryption_choices(guide)]
        for name, label in app_labels.items():
            self.fields[name].help_text = _what_it_calls(guide, label, self.fields[name].label)
        for side in ("incoming", "outgoing") if guide.tick else ():
            self.fields[f"{side}_encryption"].help_text = _what_it_calls(guide, guide.tick)
        # A browser cuts off what is too long without a word; we say it.
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for side in ("incoming", "outgoing"):
            self._split(cleaned, side)
        filled_in = [
            cleaned.get(name) not in (None, "") for name in ("message", *(each.value for each in Setting))
        ]
        if not any(filled_in) and not self.errors:
            raise forms.ValidationError(_("Paste the message, or fill in one setting that your app has."))
        return cleaned

    def _split(self, cleaned: dict[str, Any], side: str) -> None:
        """Some apps have the port behind the server, after a colon."""
        typed = _HOST_AND_PORT.fullmatch(cleaned.get(f"{side}_server", ""))
        if typed is None:
            return
        cleaned[f"{side}_server"] = typed["host"]
        name = f"{side}_port"
        if name in self.errors or cleaned.get(name):
            return
        try:
            cleaned[name] = self.fields[name].clean(typed["port"])
        except forms.ValidationError as error:
            self.add_error(name, error)

    def values(self) -> AppValues:
        """What was filled in of the settings."""
        filled = self.cleaned_data
        incoming, outgoing = (
            ServerValues(
                server=filled[f"{side}_server"],
                port=filled[f"{side}_port"],
                encryption=filled[f"{side}_encryption"],
            )
            for side in ("incoming", "outgoing")
        )
        return AppValues(
            incoming=incoming,
            outgoing=outgoing,
            user_name=filled["user_name"],
            signs_in_to_send=filled["outgoing_sign_in"],
        )


def _what_it_calls(guide: Guide, label: str, ours: object = "") -> str:
    """A hint at the app's own word, unless it is ours."""
    theirs, own = (str(each).casefold().replace(" ", "") for each in (label, ours))
    # “Port number” needs no hint either.
    if theirs == own or (theirs.startswith(own) and own):
        return ""
    word = format_html('<span class="ui">{}</span>', label)
    return format_html(gettext("{app} calls it {word}"), app=capfirst(app_name(guide)), word=word)


def encryption_choices(guide: Guide) -> list[tuple[str, str]]:
    """What the app offers, in its own words."""
    if guide.tick:
        offered = [Encryption.TICKED, Encryption.NONE]
    else:
        offered = [Encryption.NONE, Encryption.SSL, Encryption.STARTTLS, Encryption.AUTOMATIC]
    return [(each.value, encryption_word(each, guide)) for each in offered]
