"""The demo authority: kept between starts, renewed in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from demo import certificates
from demo.certificates import DemoAuthority


def test_second_start_uses_the_same_files(tmp_path: Path) -> None:
    first = DemoAuthority(tmp_path).server_certificate("mail.lindqvist.example", "localhost")
    content = first.certificate.read_bytes(), first.key.read_bytes(), first.chain.read_bytes()
    second = DemoAuthority(tmp_path).server_certificate("mail.lindqvist.example", "localhost")
    assert second == first
    assert (second.certificate.read_bytes(), second.key.read_bytes(), second.chain.read_bytes()) == content


def test_expiring_certificate_is_issued_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "LIFETIME", timedelta(days=29))
    DemoAuthority(tmp_path).server_certificate("mail.lindqvist.example")
    monkeypatch.undo()
    renewed = DemoAuthority(tmp_path).server_certificate("mail.lindqvist.example")
    expiry = x509.load_pem_x509_certificate(renewed.certificate.read_bytes()).not_valid_after_utc
    assert expiry > datetime.now(UTC) + timedelta(days=300)


def test_certificate_of_a_lost_authority_is_issued_anew(tmp_path: Path) -> None:
    DemoAuthority(tmp_path).server_certificate("mail.lindqvist.example")
    (tmp_path / "authority.pem").unlink()
    renewed = DemoAuthority(tmp_path).server_certificate("mail.lindqvist.example")
    leaf = x509.load_pem_x509_certificate(renewed.certificate.read_bytes())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(renewed.chain.read_bytes()))


def test_signing_certificate_is_rsa_and_names_the_signer(tmp_path: Path) -> None:
    signing = DemoAuthority(tmp_path).signing_certificate("Mailway demo")
    leaf = x509.load_pem_x509_certificate(signing.certificate.read_bytes())
    assert isinstance(leaf.public_key(), RSAPublicKey)
    assert leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == "Mailway demo"
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(signing.chain.read_bytes()))


def list_that(certificate: Path) -> x509.CertificateRevocationList:
    """The list of withdrawn certificates, from where the certificate says that it is."""
    leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
    (place,) = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert place.full_name is not None
    address = urlsplit(place.full_name[0].value)
    assert address.scheme == "file"
    return x509.load_der_x509_crl(Path(unquote(address.path)).read_bytes())


def test_certificates_name_a_list_that_is_there_and_withdraws_none(tmp_path: Path) -> None:
    authority = DemoAuthority(tmp_path / "with a space")
    for files in (authority.server_certificate("localhost"), authority.signing_certificate("Mailway demo")):
        found = list_that(files.certificate)
        root = x509.load_pem_x509_certificate(files.chain.read_bytes())
        assert found.issuer == root.subject
        assert found.is_signature_valid(root.public_key())  # type: ignore[arg-type]
        assert list(found) == []
        assert found.next_update_utc is not None
        assert found.last_update_utc < datetime.now(UTC) < found.next_update_utc - timedelta(days=300)


def test_a_certificate_that_names_no_list_or_one_elsewhere_is_issued_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "before"
    monkeypatch.setattr(certificates, "naming_its_list", lambda certificate, *_where: certificate)
    DemoAuthority(before).server_certificate("localhost")
    monkeypatch.undo()
    assert list(list_that(DemoAuthority(before).server_certificate("localhost").certificate)) == []
    before.rename(tmp_path / "moved")
    moved = DemoAuthority(tmp_path / "moved").server_certificate("localhost")
    assert list(list_that(moved.certificate)) == []


def test_no_certificate_is_valid_for_longer_than_apple_takes(tmp_path: Path) -> None:
    """398 days; see demo.certificates."""
    issued = DemoAuthority(tmp_path).server_certificate("localhost")
    leaf = x509.load_pem_x509_certificate(issued.certificate.read_bytes())
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=398)
