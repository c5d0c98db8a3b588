"""Commands that start from an address."""

from django.core.management.base import CommandParser

from mailsetup import selectors
from mailsetup.clientconfig import (
    AddressError,
    ClientConfig,
    Hosting,
    ProtocolNotOffered,
    ServiceType,
    parse_address,
    resolve,
)
from mailsetup.management.base import PlainCommand
from mailsetup.models import Domain


class LookupCommand(PlainCommand):
    def add_address(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", help="a mail address")
        parser.add_argument("--protocol", choices=["imap", "pop3"], help="IMAP if the server has it")

    def look_up(self, text: str, protocol: str | None) -> tuple[ClientConfig, Hosting, Domain | None]:
        """The settings of the address in `text`; what is wrong with it is said in one sentence."""
        try:
            address = parse_address(text)
            hosting, domain = selectors.find_hosting(address)
            chosen = ServiceType(protocol) if protocol else self._first_offered(hosting)
            return resolve(address, hosting, chosen), hosting, domain
        except (AddressError, ProtocolNotOffered) as error:
            raise self.bad(str(error)) from None
        except selectors.UnknownDomain as error:
            raise self.bad(
                f"The domain {error} is not known here, and its MX records match no server."
            ) from None

    @staticmethod
    def _first_offered(hosting: Hosting) -> ServiceType:
        offered = selectors.offered_protocols(hosting)
        return offered[0] if offered else ServiceType.IMAP
