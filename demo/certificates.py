"""The demo's own certificate authority, and the two certificates that it issues.

All of it lives in one folder and is used again at the next start, so that a mail program in which the
authority was once trusted keeps trusting it. Certificates are issued anew 30 days before they expire.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509

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
        key = folder / "authority.key"
        if not self.root.exists() or not key.exists() or _expires_soon(self.root):
            authority = trustme.CA(organization_name=ORGANISATION, organization_unit_name="Demo authority")
            write_private(key, authority.private_key_pem.bytes())
            write_private(self.root, authority.cert_pem.bytes())
        self._authority = trustme.CA.from_pem(self.root.read_bytes(), key.read_bytes())

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
        write_private(files.certificate, issued.cert_chain_pems[0].bytes())
        return files

    def _is_ours(self, certificate: Path) -> bool:
        if _expires_soon(certificate):
            return False
        issuer = x509.load_pem_x509_certificate(self.root.read_bytes())
        leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
        leaf_authority = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        issuer_key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return leaf_authority.key_identifier == issuer_key.digest


def _expires_soon(certificate: Path) -> bool:
    expiry = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    return expiry < datetime.now(UTC) + RENEW_BEFORE
