"""Who may set up which address."""

import hashlib

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Membership, User
from mailsetup.clientconfig import parse_address
from mailsetup.hosting.selectors import UnknownDomain, domains_of, find_hosting
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.setups import Setup


class UnknownLink(LookupError):
    """Nobody made a link with this token, or its domain is switched off."""


class LinkGone(LookupError):
    """The link was good once; `reason` is expired, revoked or used."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def setup_of_user(user: User, text: str, *, display_name: str) -> Setup:
    """A signed-in user sets up the address in `text`; raises AddressError or UnknownDomain.

    An address of somebody else's domain is as unknown as one that does not exist; DNS is not asked.
    """
    address = parse_address(text)
    named = Q(name=address.domain) | Q(aliases__name=address.domain)
    if not domains_of(user).filter(named).exists():
        raise UnknownDomain(address.domain)
    hosting, domain = find_hosting(address, display_name=display_name)
    return Setup(address=address, hosting=hosting, domain=domain, user=user)


def setup_of_link(link: SetupLink, token: str, *, display_name: str) -> Setup:
    """Whoever holds the `token` of an open link sets up its address.

    Raises UnknownDomain, and LinkGone when the address is another domain's by now: an alias can move.
    """
    address = parse_address(link.address)
    hosting, domain = find_hosting(address, display_name=display_name)
    if domain != link.domain:
        raise LinkGone("revoked")
    return Setup(address=address, hosting=hosting, domain=domain, link=link, token=token)


def open_link(token: str, device_key: str) -> SetupLink:
    """The link of `token` if it still opens; raises UnknownLink for a forged one, LinkGone for an old one.

    `device_key` is what the browser's cookie says; it matters for links of one device.
    """
    memberships = Membership.objects.filter(user=OuterRef("maker"), customer=OuterRef("customer"))
    link = (
        SetupLink.objects.filter(token_hash=token_hash(token))
        .select_related("created_by", "made_behind__created_by", "domain")
        .annotate(maker=Coalesce("made_behind__created_by", "created_by"))
        .annotate(maker_belongs=Exists(memberships))
        .first()
    )
    if link is None or (link.domain is not None and not link.domain.enabled):
        raise UnknownLink
    for needed in filter(None, (link, link.made_behind)):
        if needed.revoked_at is not None:
            raise LinkGone("revoked")
        if not needed.is_open(timezone.now()):
            raise LinkGone("expired")
    if not _is_still_theirs(link, maker_belongs=link.maker_belongs):
        raise LinkGone("revoked")
    if link.one_device and link.device_hash and token_hash(device_key) != link.device_hash:
        raise LinkGone("used")
    return link


def _is_still_theirs(link: SetupLink, *, maker_belongs: bool) -> bool:
    """Whether domain, customer and maker of `link` are what they were when it was made.

    It is asked whenever the link is used: no way to move a domain or to remove somebody can forget it.
    """
    if link.domain is not None and link.domain.customer_id != link.customer_id:
        return False
    maker = (link.made_behind or link).created_by
    if maker is None:
        return True  # from the command line
    return maker.is_active and (maker.is_staff or maker_belongs)


def token_hash(token: str) -> str:
    """What is stored of a token or a device key: nobody who reads the database can use them."""
    return hashlib.sha256(token.encode()).hexdigest()
