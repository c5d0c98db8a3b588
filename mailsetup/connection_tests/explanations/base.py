"""What an explanation is made of, and the advice that several of them give."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str


class Fixer(StrEnum):
    """Who can put it right."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    EITHER = "either"  # the customer looks first, and if their side is right, it is the provider's
    NOBODY = "nobody"  # it passes by itself
    PORTAL = "portal"  # our side: the test, not the mail


class Place(StrEnum):
    """A page of the provider's where something can be done about it."""

    WEBMAIL = "webmail"
    PASSWORD = "password"  # noqa: S105  # the page that sets a new one


FIXER_LABELS: dict[Fixer, Text] = {
    Fixer.CUSTOMER: _("You can fix this"),
    Fixer.PROVIDER: _("We have to fix this"),
    Fixer.EITHER: _("You or we can fix this"),
    Fixer.NOBODY: _("It usually passes by itself"),
    Fixer.PORTAL: _("The fault is in our test"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The words for one code; its texts may hold the {placeholders} that `explain` fills.

    `topic` is the part of a guide where the customer can put it right: one of `guides.clients.TOPICS`,
    SERVER, or empty if no part can help. `staff` is for support: what the wire showed, and where to look.
    `places` are linked where the server has them.
    """

    title: Text
    happened: Text
    why: Text
    todo: Text
    fixer: Fixer
    staff: Text
    topic: str = ""
    places: tuple[Place, ...] = ()


# The part of a guide about the server that the code was found at: incoming or outgoing.
SERVER = "server"

OUR_SIDE = _("Nothing to change. It’s on our side; give support the reference and we’ll put it right.")
AGAIN = _("Test again in a few minutes. If it stays, call support with the reference.")
