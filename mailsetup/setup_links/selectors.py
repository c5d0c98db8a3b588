"""Who may set up which address."""

import base64
import hashlib
from datetime import datetime, time

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Membership, User
from mailsetup.clientconfig import parse_address
from mailsetup.hosting.selectors import domains_of, find_hosting, find_stored_hosting
from mailsetup.setup_links.codes import code_from
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
    hosting, domain = find_stored_hosting(address, display_name=display_name, among=domains_of(user))
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


def code_hash(code: str) -> str:
    """What is stored of a code. It is short, so its hash has a key: SECRET_KEY, which is in no database."""
    return salted_hmac("mailway.setup_links.code", code, algorithm="sha256").hexdigest()


def todays_guide_link(setup: Setup, *, client: str, protocol: str) -> SetupLink | None:
    """The link to this guide that was made in this set-up today, if it still opens; its own if it has one.

    None for one of before SECRET_KEY was changed, which opens but can't be shown again.
    """
    own = _if_shown(setup.link) if setup.only_one_guide else None
    if own:
        return own
    customer = setup.domain.customer if setup.domain else None
    same = guide_links_today(setup).filter(
        address=str(setup.address), domain=setup.domain, customer=customer, client=client, protocol=protocol
    )
    return _if_shown(same.filter(revoked_at=None, expires_at__gt=timezone.now()).first())


def _if_shown(link: SetupLink | None) -> SetupLink | None:
    return link if link and token_hash(token_of(link)) == link.token_hash else None


def guide_links_today(setup: Setup) -> QuerySet[SetupLink]:
    """The links to one guide that whoever sets up has made since midnight, newest first."""
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    made = SetupLink.objects.filter(created_by=setup.user, made_behind=setup.first_link)
    return made.filter(created_at__gte=today).exclude(seed="")


def token_of(link: SetupLink) -> str:
    """The token of a link to one guide; any other's can't be shown again."""
    return base64.urlsafe_b64encode(_derived("token", link.seed)[:16]).rstrip(b"=").decode()


def code_of(link: SetupLink) -> str:
    """The code of a link to one guide, good as long as the link."""
    return code_from(int.from_bytes(_derived("code", link.seed)))


def _derived(what: str, seed: str) -> bytes:
    return salted_hmac(f"mailway.setup_links.{what}", seed, algorithm="sha256").digest()
