"""A connection test that waits for a worker, made without a browser; Django has to be set up."""

from mailsetup.clientconfig import Protocol, parse_address
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.services import start_connection_test
from mailsetup.hosting.selectors import find_hosting
from mailsetup.setup_links.setups import Setup


def queued_test(address: str, password: str, key: str) -> ConnectionTest:
    """As if somebody had pressed the button for `address`, IMAP, without a test message."""
    parsed = parse_address(address)
    hosting, domain = find_hosting(parsed, display_name="Northwind Hosting")
    setup = Setup(address=parsed, hosting=hosting, domain=domain)
    config = setup.config(Protocol.IMAP)
    return start_connection_test(setup, config, password=password, key=key, round_trip=False)
