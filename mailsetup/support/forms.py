"""What staff choose at the desk. There is no field for a password."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.forms import SupportVisitForm
from accounts.models import User
from mailsetup.clientconfig import Protocol

# As long as a call, an evening, some days.
_USUAL_HOURS = (1, 4, 24, 72, 168)


def _hours() -> list[tuple[int, str]]:
    """The lifetimes on offer: the usual ones up to the longest that may be, and the provider's own."""
    limits = settings.SETUP_LINKS
    usual = {hours for hours in _USUAL_HOURS if hours <= limits.setup_link_max_hours}
    return [(hours, _span(hours)) for hours in sorted(usual | {limits.setup_link_hours})]


def _span(hours: int) -> str:
    days, rest = divmod(hours, 24)
    if days > 1 and not rest:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


class LinkForm(forms.Form):
    """A set-up link for whoever is on the telephone."""

    hours = forms.TypedChoiceField(label=_("New link works for"), coerce=int, choices=_hours)
    one_device = forms.BooleanField(label=_("One device only"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        usual = {"hours": settings.SETUP_LINKS.setup_link_hours, "one_device": True}
        super().__init__(*args, **{"initial": usual, **kwargs})


class VisitForm(SupportVisitForm):
    """Whom of `people` to look at the portal as, and why; of the `fixed` one it asks only why."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    field_order = ("person", "reason")
    labels: ClassVar[dict[str, Any]] = {"reason": _("Reason")}

    class Meta(SupportVisitForm.Meta):
        help_texts = {
            "reason": _(
                "A ticket number or one sentence. It is kept with your name. You see what they see; "
                "passwords and sign-in stay shut, and who belongs to them can only be read."
            )
        }

    def __init__(self, *args: Any, people: Sequence[User], fixed: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.fixed = people, fixed
        self.fields["person"].choices = list(_choices(people))  # type: ignore[attr-defined]  # of a field with choices
        if fixed:
            self.fields["person"].widget = forms.HiddenInput()
        self.fields["reason"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Lead to what is wrong: on a telephone the form is far below."""
        for name in list(self.errors)[:1]:
            self.fields[name].widget.attrs["autofocus"] = True
        return self.cleaned_data


def _choices(people: Sequence[User]) -> Iterator[tuple[int, str]]:
    """By name; of those who share one, with their addresses."""
    names = Counter(person.get_full_name() for person in people)
    for person in people:
        name = person.get_full_name()
        yield person.pk, name if names[name] == 1 else f"{name}, {person.email}"


class TestForm(forms.Form):
    """A test up to the sign-in, by one protocol."""

    protocol = forms.ChoiceField(choices=[(protocol.value, protocol.upper()) for protocol in Protocol])
