"""The guard: no name leads a test to a place inside of the provider's own network."""

import asyncio
import ipaddress
from dataclasses import replace

import pytest

from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.vantage import Vantage
from mailsetup.probes.wire.network import is_reachable_by_rule, resolve

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1",
        "10.0.0.5",
        "100.64.1.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.168.1.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.5",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:5",
        "64:ff9b:1::a00:5",
        "2002:a00:5::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fc00::1",
        "fd00::2",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "fd00:ec2::254",
    ],
)
def test_address_that_is_not_public(address: str) -> None:
    assert not is_reachable_by_rule(ipaddress.ip_address(address), ())


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909", "2002:909:909::1"]
)
def test_public_address(address: str) -> None:
    assert is_reachable_by_rule(ipaddress.ip_address(address), ())


def test_allowed_network_lets_its_own_addresses_through_and_no_others() -> None:
    assert is_reachable_by_rule(ipaddress.ip_address("127.0.0.1"), LOOPBACK)
    assert is_reachable_by_rule(ipaddress.ip_address("::ffff:127.0.0.1"), LOOPBACK)
    assert not is_reachable_by_rule(ipaddress.ip_address("10.0.0.5"), LOOPBACK)
    assert not is_reachable_by_rule(ipaddress.ip_address("::1"), LOOPBACK)


@pytest.mark.parametrize("name", ["10.0.0.5", "::1", "mail.inside.test"])
def test_neither_literals_nor_known_hosts_pass_the_guard(vantage: Vantage, name: str) -> None:
    inside = replace(vantage, hosts={"mail.inside.test": ("127.0.0.1", "10.0.0.5")})
    with pytest.raises(Fault) as caught:
        asyncio.run(resolve(name, inside))
    assert caught.value.code is Code.DNS_PRIVATE_ADDRESS
