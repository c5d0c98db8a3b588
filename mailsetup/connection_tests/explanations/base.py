"""What an explanation is made of, and the advice that several of them give."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailsetup.probes.findings import Fixer

Text = Promise | str


class Place(StrEnum):
    """A page of the provider's where something can be done about it."""

    WEBMAIL = "webmail"
    PASSWORD = "password"  # noqa: S105  # the page that sets a new one


FIXER_LABELS: dict[Fixer, Text] = {
    Fixer.CUSTOMER: _("You can fix this"),
    Fixer.PROVIDER: _("We have to fix this"),
    Fixer.DNS: _("Whoever keeps the domain’s DNS can fix this"),
    Fixer.NETWORK: _("Whoever runs the network can fix this"),
    Fixer.US: _("The fault is in our test"),
}
# The headline where the reader has nothing to put right.
SIDES: dict[Fixer, Text] = {
    Fixer.PROVIDER: _("It’s on the mail server’s side"),
    Fixer.DNS: _("It’s on the side of the domain’s DNS"),
    Fixer.NETWORK: _("It’s on the network’s side"),
    Fixer.US: _("It’s on our side: the test, not your mail"),
}
# For support, who reads the code beside it.
FIXER_NAMES: dict[Fixer, Text] = {
    Fixer.CUSTOMER: _("the customer"),
    Fixer.PROVIDER: _("the provider"),
    Fixer.DNS: _("whoever keeps the DNS"),
    Fixer.NETWORK: _("the network"),
    Fixer.US: _("us: the test"),
}
PASSES = _("It usually passes by itself")


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
    staff: Text
    topic: str = ""
    places: tuple[Place, ...] = ()


# The part of a guide about the server that the code was found at: incoming or outgoing.
SERVER = "server"

OUR_SIDE = _("Nothing to change. It’s on our side; give support the reference and we’ll put it right.")
SAME_AS_GUIDE = _(
    "If your app has the server name and port of your guide, there’s nothing to change. It’s on our side; "
    "give support the reference and we’ll put it right."
)
THEIR_DNS = _(
    "Nothing to change in your app. Give the reference to whoever keeps your domain’s DNS: support, if "
    "that’s us."
)
AGAIN = _("Test again in a few minutes. If it stays, call support with the reference.")
