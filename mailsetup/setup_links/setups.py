"""Who sets up which address, and where the pages of that address are."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from mailsetup.clientconfig import Address, ClientConfig, Hosting, Protocol, display_domain, resolve
from mailsetup.hosting.models import Domain
from mailsetup.setup_links.models import SetupLink


@dataclass(frozen=True, slots=True)
class Setup:
    """Somebody sets up one address: a signed-in `user`, or whoever holds the `token` of a `link`.

    `domain` is None when only its MX records led to our server. Templates know this object as `setup`.
    """

    address: Address
    hosting: Hosting
    domain: Domain | None
    user: User | None = None
    link: SetupLink | None = None
    token: str = ""

    @property
    def via_link(self) -> bool:
        return self.link is not None

    @property
    def only_one_guide(self) -> bool:
        """Whether the link is one to a single guide: no other page of the address is there then."""
        return self.link is not None and self.link.opens_one_guide

    @property
    def first_link(self) -> SetupLink | None:
        """What a link that is made here hangs on: the first of a row counts, so none is longer than one."""
        return (self.link.made_behind or self.link) if self.link else None

    @property
    def display_domain(self) -> str:
        return display_domain(self.address.domain)

    def config(self, protocol: Protocol) -> ClientConfig:
        """The settings of the address; raises NotOffered."""
        return resolve(self.address, self.hosting, protocol)

    def url(self, name: str, **kwargs: str) -> str:
        """The page called `name` of this address: below the link for its holder, else below /setup/."""
        key = {"token": self.token} if self.via_link else {"address": str(self.address)}
        return reverse(f"mailsetup:{name}", kwargs={**key, **kwargs})

    @property
    def home_url(self) -> str:
        """Where the choice of app, protocol and address starts."""
        return self.url("link") if self.via_link else reverse("mailsetup:home")

    @property
    def test_url(self) -> str:
        return self.url("start_test")

    @property
    def compare_url(self) -> str:
        return self.url("compare")

    @property
    def phone_url(self) -> str:
        return self.url("phone")

    def guide_url(self, client: str, protocol: Protocol) -> str:
        return self.url("guide", client=client, protocol=protocol.value)
