"""A vantage that may look at 127.0.0.1, an authority, and a mailbox."""

import ipaddress
import ssl

import pytest

from mailsetup.probes import beside
from mailsetup.probes.vantage import Vantage
from tests.faults import HOST, Authority, Maildrop
from tests.probes.prober import QUICK, Prober


@pytest.fixture(scope="session")
def good_tls(authority: Authority) -> ssl.SSLContext:
    return authority.good()


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    """Each test has servers of its own, on ports that others had."""
    beside.FORGETS_EARLY_COMMANDS.clear()
    beside.TAKES_OLD_TLS.clear()


@pytest.fixture
def vantage(authority: Authority) -> Vantage:
    return Vantage(
        allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),),
        ca_file=authority.ca_file,
        hosts={HOST: ("127.0.0.1",)},
        limits=QUICK,
    )


@pytest.fixture
def prober(vantage: Vantage, good_tls: ssl.SSLContext) -> Prober:
    return Prober(vantage, good_tls)


@pytest.fixture
def maildrop() -> Maildrop:
    return Maildrop()
