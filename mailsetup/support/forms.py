"""What staff choose at the desk. There is no field for a password."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

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


class TestForm(forms.Form):
    """A test up to the sign-in, by one protocol."""

    protocol = forms.ChoiceField(choices=[(protocol.value, protocol.upper()) for protocol in Protocol])
