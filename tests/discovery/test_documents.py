"""The one place from which downloads, discovery and the command line take their bytes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7

from mailsetup.clientconfig import Protocol, parse_address, resolve
from mailsetup.discovery import documents, signing
from mailsetup.formats import FORMATS, NothingToOffer, Scope
from tests.formats import hostings

ANNA = parse_address("anna@example.com")


@pytest.fixture
def signer(tmp_path: Path, settings: object) -> Iterator[None]:
    from demo.certificates import DemoAuthority  # noqa: PLC0415  # makes a signing certificate in one line

    made = DemoAuthority(tmp_path).signing_certificate("Northwind Hosting")
    settings.PROFILE_SIGNING_CERT = str(made.certificate)  # type: ignore[attr-defined]
    settings.PROFILE_SIGNING_KEY = str(made.key)  # type: ignore[attr-defined]
    signing.signer.cache_clear()
    yield
    signing.signer.cache_clear()


@pytest.mark.parametrize("slug", list(FORMATS))
def test_what_is_to_be_signed_is_signed_and_nothing_else(slug: str, signer: None) -> None:
    file_format = FORMATS[slug]
    config = resolve(ANNA, hostings.DOMAIN, Protocol.IMAP)
    served = documents.for_config(file_format, config)
    plain = file_format.render(replace(config, documentation_url="http://testserver/guide/example.com/"))
    assert (served != plain) is file_format.signed
    if file_format.signed:
        assert plain in served
        assert pkcs7.load_der_pkcs7_certificates(served)


def test_without_a_certificate_nothing_is_signed() -> None:
    config = resolve(ANNA, hostings.DOMAIN, Protocol.IMAP)
    assert documents.for_config(FORMATS["mobileconfig"], config).startswith(b"<?xml")


@pytest.mark.parametrize("slug", list(FORMATS))
def test_only_formats_about_a_domain_are_made_without_an_address(slug: str) -> None:
    if FORMATS[slug].scope is Scope.DOMAIN:
        assert b"example.com" in documents.for_domain(FORMATS[slug], hostings.DOMAIN)
    else:
        with pytest.raises(NothingToOffer, match=rf"^{slug} is made for one address\.$"):
            documents.for_domain(FORMATS[slug], hostings.DOMAIN)


def test_what_strangers_may_ask_for_and_what_is_signed() -> None:
    assert {slug for slug, each in FORMATS.items() if each.public} == {"autoconfig", "autodiscover", "pacc"}
    assert {slug for slug, file_format in FORMATS.items() if file_format.signed} == {"mobileconfig"}


@pytest.mark.parametrize("services", [(hostings.POP3, hostings.SMTP), (hostings.IMAP, hostings.SMTP)])
def test_any_protocol_of_the_server_will_do(services: tuple[object, ...]) -> None:
    hosting = hostings.offering(*services)  # type: ignore[arg-type]
    assert documents.for_config(FORMATS["autoconfig"], documents.config_for_address(ANNA, hosting))


@pytest.mark.parametrize(
    ("services", "missing"), [((), "imap"), ((hostings.IMAP,), "smtp"), ((hostings.SMTP,), "imap")]
)
def test_a_server_that_lacks_something_offers_nothing(services: tuple[object, ...], missing: str) -> None:
    hosting = hostings.offering(*services)  # type: ignore[arg-type]
    with pytest.raises(NothingToOffer, match=rf"^example\.com: {missing}$"):
        documents.for_config(FORMATS["autoconfig"], documents.config_for_address(ANNA, hosting))
    with pytest.raises(NothingToOffer, match=rf"^example\.com: {missing}$"):
        documents.for_domain(FORMATS["autoconfig"], hosting)
