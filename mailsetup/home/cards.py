"""An app on the front page: its name, and how much there is to do, which may depend on the protocol."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients import Guide
from mailsetup.guides.devices import DEVICES
from mailsetup.guides.lookup import Lookup, lookup
from mailsetup.guides.outline import outline
from mailsetup.hosting.models import Domain


class Cards:
    """The cards for whoever may choose among addresses of `names`: each is a domain or an alias of it."""

    def __init__(self, names: Sequence[tuple[Domain | None, str]]) -> None:
        self._names = names

    def card(self, guide: Guide) -> dict[str, Any]:
        """Templates show of `ways` the one whose protocol is chosen; one without a protocol always."""
        return {
            "slug": guide.slug,
            "name": guide.name,
            "name_parts": (),
            "tile": guide.tile,
            "hue": guide.hue,
            "retired": guide.status != "current",
            "ways": self._ways(guide),
        }

    def found(self, guide: Guide, query: str) -> dict[str, Any]:
        """A card of the search: where the app runs, and its name in three parts, the middle one as typed."""
        start = guide.name.casefold().find(query.casefold())
        end = start + len(query) if start >= 0 else 0
        start = max(start, 0)
        devices = [DEVICES[platform] for platform in guide.platforms]
        runs_on = ", ".join(str(name) for _device, name, _icon in devices)
        ways = [_one_way(runs_on, devices[0][2])]
        if guide.protocols == (Protocol.IMAP,):
            ways = [{**ways[0], "protocol": "imap"}, {**_imap_only(runs_on), "protocol": "pop3"}]
        return {
            **self.card(guide),
            "name_parts": (guide.name[:start], guide.name[start:end], guide.name[end:]),
            "ways": ways,
        }

    def _ways(self, guide: Guide) -> list[dict[str, str]]:
        if guide.status == "retired":
            return [_one_way(_("No longer works"), "archive")]
        imap, pop3 = (self._way(guide, protocol) for protocol in Protocol)
        return [imap] if imap == pop3 else [{**imap, "protocol": "imap"}, {**pop3, "protocol": "pop3"}]

    def _way(self, guide: Guide, protocol: Protocol) -> dict[str, str]:
        """How much there is to do, in a few words, and a picture of it."""
        if protocol not in guide.protocols:
            return _imap_only()
        if guide.way == "one_tap":
            return _one_way(_("One tap"), "bolt")
        if guide.way == "file":
            return _one_way(_("A file to copy"), "terminal")
        if guide.way == "type_address" and self._is_looked_up(guide, protocol):
            return _one_way(_("Just type your address"), "wand")
        steps = max(outline(guide, each, profile=bool(guide.profile)).count for each in guide.protocols)
        return _one_way(ngettext("%(count)s step", "%(count)s steps", steps) % {"count": steps}, "list")

    def _is_looked_up(self, guide: Guide, protocol: Protocol) -> bool:
        """Whether typing the address is enough for every domain that may be chosen."""
        found = [lookup(guide, protocol, domain, name) for domain, name in self._names]
        return all(each is Lookup.WORKS for each in found)


def _one_way(label: str, icon: str) -> dict[str, str]:
    return {"protocol": "", "label": label, "icon": icon}


def _imap_only(runs_on: str = "") -> dict[str, str]:
    """Instead of a way by POP3, for an app that doesn't know it."""
    label = _("%(devices)s: IMAP only") % {"devices": runs_on} if runs_on else _("IMAP only")
    return _one_way(label, "alert")
