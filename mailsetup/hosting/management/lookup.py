"""Commands that start from an address."""

from django.core.management.base import CommandParser

from accounts.brands import installation_brand
from mailsetup.clientconfig import (
    AddressError,
    ClientConfig,
    Hosting,
    NotOffered,
    Protocol,
    parse_address,
    resolve,
)
from mailsetup.hosting import selectors, sentences
from mailsetup.hosting.management.base import PlainCommand
from mailsetup.hosting.models import Domain


class LookupCommand(PlainCommand):
    def add_address(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", help="a mail address")
        self.add_protocol(parser)

    def add_protocol(self, parser: CommandParser) -> None:
        choices = [protocol.value for protocol in Protocol]
        parser.add_argument("--protocol", choices=choices, help="IMAP if the server has it")

    def look_up(self, text: str, protocol: str | None) -> tuple[ClientConfig, Hosting, Domain | None]:
        """The settings of the address in `text`; what is wrong with it is said in one sentence."""
        try:
            address = parse_address(text)
            hosting, domain = selectors.find_hosting(address, display_name=installation_brand().name)
            chosen = Protocol(protocol) if protocol else next(iter(hosting.protocols), Protocol.IMAP)
            return resolve(address, hosting, chosen), hosting, domain
        except AddressError as error:
            raise self.bad(sentences.address_fault(error)) from None
        except NotOffered as error:
            raise self.bad(sentences.not_offered(error)) from None
        except selectors.UnknownDomain as error:
            raise self.bad(sentences.unknown_domain(str(error))) from None
