"""The demo's own certificate authority, the two certificates that it issues, and its list of withdrawn ones.

All of it lives in one folder and is used again at the next start, so that a mail program in which the
authority was once trusted keeps trusting it. Certificates are issued anew 30 days before they expire.
The list (CRL, RFC 5280 section 5) is a file beside them that certificates name, as some old programs want:
whoever reaches the demo's mail server is on this machine, and no port of it would be the same at each start.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from demo.private_files import private_folder, write_private

# Apple refuses server certificates that are valid for longer than 398 days, whoever issued them.
LIFETIME = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)
ORGANISATION = "Mailway demo"


@dataclass(frozen=True)
class CertificateFiles:
    """Paths of PEM files: `certificate` holds the leaf alone, `chain` the authority above it."""

    certificate: Path
    key: Path
    chain: Path


class DemoAuthority:
    """The authority in `folder`, made there at first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = private_folder(folder)
        self.root = folder / "authority.pem"
        self.revocation_list = folder.resolve() / "authority.crl"
        key = folder / "authority.key"
        if not self.root.exists() or not key.exists() or _expires_soon(self.root):
            authority = trustme.CA(organization_name=ORGANISATION, organization_unit_name="Demo authority")
            write_private(key, authority.private_key_pem.bytes())
            write_private(self.root, authority.cert_pem.bytes())
        self._authority = trustme.CA.from_pem(self.root.read_bytes(), key.read_bytes())
        write_private(self.revocation_list, _empty_list(self._authority))

    def server_certificate(self, *hostnames: str) -> CertificateFiles:
        """A TLS server certificate for all of `hostnames`; the first one names the files."""
        return self._issued(hostnames[0], hostnames, trustme.KeyType.ECDSA)

    def signing_certificate(self, name: str) -> CertificateFiles:
        """A certificate to sign configuration profiles with; `name` is the signer that devices show."""
        # Apple devices verify CMS signatures made with RSA in every version that can be found in use.
        return self._issued("profile-signing", (), trustme.KeyType.RSA, common_name=name)

    def _issued(
        self, stem: str, hostnames: tuple[str, ...], key_type: trustme.KeyType, common_name: str | None = None
    ) -> CertificateFiles:
        files = CertificateFiles(self.folder / f"{stem}.pem", self.folder / f"{stem}.key", self.root)
        if files.certificate.exists() and files.key.exists() and self._is_ours(files.certificate):
            return files
        now = datetime.now(UTC)
        issued = self._authority.issue_cert(
            *hostnames,
            common_name=common_name,
            organization_name=ORGANISATION,
            organization_unit_name="Demo",
            not_before=now - timedelta(hours=1),
            not_after=now + LIFETIME,
            key_type=key_type,
        )
        write_private(files.key, issued.private_key_pem.bytes())
        leaf = issued.cert_chain_pems[0].bytes()
        leaf = naming_its_list(leaf, self._authority, self.revocation_list.as_uri())
        write_private(files.certificate, leaf)
        return files

    def _is_ours(self, certificate: Path) -> bool:
        if _expires_soon(certificate):
            return False
        issuer = x509.load_pem_x509_certificate(self.root.read_bytes())
        leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
        leaf_authority = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        issuer_key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        if leaf_authority.key_identifier != issuer_key.digest:
            return False
        # The folder may have been moved, and an older demo named no list.
        return _list_at(self.revocation_list.as_uri()) in (each.value for each in leaf.extensions)


def naming_its_list(certificate: bytes, authority: trustme.CA, address: str) -> bytes:
    """The same certificate (PEM) of the same `authority`, and where its list of withdrawn ones is.

    Trustme issues none that does.
    """
    old = x509.load_pem_x509_certificate(certificate)
    builder = x509.CertificateBuilder(
        old.issuer,
        old.subject,
        old.public_key(),
        old.serial_number,
        old.not_valid_before_utc,
        old.not_valid_after_utc,
        list(old.extensions),
    )
    new = builder.add_extension(_list_at(address), critical=False).sign(_key_of(authority), hashes.SHA256())
    return new.public_bytes(serialization.Encoding.PEM)


def _list_at(address: str) -> x509.CRLDistributionPoints:
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)]
    )


def _empty_list(authority: trustme.CA) -> bytes:
    """That none of its certificates was withdrawn (DER), as RFC 5280 section 5.2 wants it to be said."""
    issuer, now = x509.load_pem_x509_certificate(authority.cert_pem.bytes()), datetime.now(UTC)
    key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    whose = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key)
    builder = (
        x509.CertificateRevocationListBuilder(issuer.subject, now - timedelta(hours=1), now + LIFETIME)
        .add_extension(whose, critical=False)
        # A list that comes later has a higher number.
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    return builder.sign(_key_of(authority), hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _key_of(authority: trustme.CA) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)  # noqa: S101  # trustme has no others
    return key


def _expires_soon(certificate: Path) -> bool:
    expiry = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    return expiry < datetime.now(UTC) + RENEW_BEFORE
