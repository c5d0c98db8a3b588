"""Autoconfig against the draft's own schema (autoconfig.rng: draft-ietf-mailmaint-autoconfig-06)."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from mailsetup.clientconfig import Protocol, parse_address, resolve, resolve_domain
from mailsetup.formats import FORMATS
from tests.formats.test_golden import KINDS

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("autoconfig.rng")))


@pytest.mark.parametrize("kind", KINDS)
def test_the_document_is_valid(kind: str) -> None:
    address, hosting = KINDS[kind]
    by_address = resolve(parse_address(address), hosting, Protocol.IMAP)
    for config in (by_address, resolve_domain(hosting, Protocol.POP3)):
        config = replace(config, documentation_url="https://portal.hoster.example/")
        document = etree.fromstring(FORMATS["autoconfig"].render(config))
        assert SCHEMA.validate(document), SCHEMA.error_log


def test_the_schema_notices_what_is_wrong() -> None:
    address, hosting = KINDS["ssl"]
    rendered = FORMATS["autoconfig"].render(resolve(parse_address(address), hosting, Protocol.IMAP))
    assert not SCHEMA.validate(etree.fromstring(rendered.replace(b"<port>993</port>", b"<port>imaps</port>")))
