"""How the fields of forms speak: labels, help and what is wrong, in our voice."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

LABELS = {
    "code": _("Code"),
    "email": _("Email address"),
    "login": _("Email address"),
    "name": _("Name"),
    "oldpassword": _("Your password now"),
    "password": _("Password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}
# By Django's codes (docs.djangoproject.com, "Form fields", "Built-in Field classes").
_REFUSALS = {
    "required": _("Nothing is typed here yet."),
    "max_length": _("That’s too long: it has %(show_value)d characters, and %(limit_value)d are the most."),
    "null_characters_not_allowed": _("There’s a character in it that can’t be used here."),
}
_NO_ADDRESS = _("This doesn’t look like an address. An address has an @ in it, as in anna@example.com.")
_NO_CHOICE = _("Choose one of these.")
_NO_KEY = _("The browser didn’t use a key. Try again, or sign in another way.")
# What mail programs make a link of: an address, a name with a dot in it. Not "e.g." nor "14.30".
_LINK = re.compile(r"://|@|www\.|\w[.\u3002][^\W\d_]{2}", re.IGNORECASE)


class FieldTextMixin:
    """What stands around the fields: no label twice, no colon after it, one sentence about a new password."""

    fields: dict[str, forms.Field]
    # Where a form's own word for a field is better than the common one.
    labels: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, LABELS.get(name, field.label))
            field.error_messages |= _refusals(field)
            if field.widget.attrs.get("autocomplete") == "new-password" and name != "password2":
                field.help_text = _(
                    "At least %(count)s characters. Three or four words in a row work well."
                ) % {"count": settings.ACCOUNTS.password_min_characters}

    def add_error(self, field: str | None, error: Any) -> None:
        """Say of two passwords that differ what allauth says in words of its own, without a code."""
        if field == "password2" and not isinstance(error, forms.ValidationError):
            error = _("The two don’t match. Type the new password once more.")
        super().add_error(field, error)  # type: ignore[misc]  # of the form that this is mixed into


def _refusals(field: forms.Field) -> dict[str, Any]:
    """What is said when a field refuses what is typed."""
    if isinstance(field, forms.EmailField):
        return {**_REFUSALS, "invalid": _NO_ADDRESS}
    if isinstance(field, forms.ChoiceField):
        return {**_REFUSALS, "required": _NO_CHOICE, "invalid_choice": _NO_CHOICE}
    if isinstance(field, forms.JSONField):
        return {**_REFUSALS, "required": _NO_KEY, "invalid": _NO_KEY}
    return _REFUSALS


def with_sentence(error: forms.ValidationError, sentence: str) -> forms.ValidationError:
    """The same error with one more sentence, if there is one."""
    return forms.ValidationError(" ".join([*error.messages, *filter(None, [sentence])]), code=error.code)


def validate_sendable(email: str) -> None:
    """Refuse a domain that can't be written as A-labels, as mail wants it (RFC 5891 section 4.4)."""
    try:
        punycode(email.rpartition("@")[2])
    except UnicodeError:
        raise forms.ValidationError(_("No mail can be sent to this address. Check its spelling.")) from None


# RFC 5321 section 4.5.3.1.3 leaves 254 characters to an address, and the database stores no more.
NEW_ADDRESS: list[Callable[[Any], None]] = [MaxLengthValidator(254), validate_sendable]


def is_plain_line(text: str) -> bool:
    """Whether somebody's own text is one line of words: nothing invisible, nothing that becomes a link."""
    return text.isprintable() and not _LINK.search(unicodedata.normalize("NFKC", text))


def validate_name(name: str) -> None:
    """Refuse a name that would be more than one in a mail or on a page."""
    if not is_plain_line(name):
        raise forms.ValidationError(
            _("A name is one line of plain words, without web or mail addresses."), code="no_name"
        )
