"""Signing of profiles, so that an iPhone shows who made one and that nobody changed it."""

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from django.conf import settings

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class ProfileSigner:
    """A certificate, its key and the certificates between it and its root."""

    certificate: x509.Certificate
    key: PrivateKey
    intermediates: tuple[x509.Certificate, ...] = ()

    @classmethod
    def from_files(
        cls, cert: str | Path, key: str | Path, chain: str | Path | None = None
    ) -> "ProfileSigner":
        """From PEM files; raises ValueError with a sentence that names the file and what is wrong.

        `cert` may hold the intermediates after the certificate itself, as fullchain.pem does.
        """
        certificate, *intermediates = _certificates(cert)
        if chain is not None:
            intermediates += [extra for extra in _certificates(chain) if extra != certificate]
        private_key = _private_key(key)
        if private_key.public_key() != certificate.public_key():
            raise ValueError(f"The key in {key} does not belong to the certificate in {cert}.")
        now = datetime.datetime.now(datetime.UTC)
        if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
            raise ValueError(
                f"The certificate in {cert} is good from {certificate.not_valid_before_utc:%Y-%m-%d} to "
                f"{certificate.not_valid_after_utc:%Y-%m-%d} only; devices would call the profile unverified."
            )
        # A root adds nothing: a device trusts its own copy or none.
        between = [extra for extra in dict.fromkeys(intermediates) if extra.issuer != extra.subject]
        return cls(certificate, private_key, tuple(between))

    @property
    def not_after(self) -> datetime.datetime:
        """When the certificate runs out, in UTC; from then on devices call the profile unverified."""
        return self.certificate.not_valid_after_utc

    def sign(self, profile: bytes) -> bytes:
        """CMS SignedData (DER) with `profile` inside, byte for byte. Holds the time of signing."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(profile)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        for certificate in self.intermediates:
            builder = builder.add_certificate(certificate)
        # Without Binary, line ends would be rewritten and the content would no longer be the profile.
        return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}.") from error


def _certificates(path: str | Path) -> list[x509.Certificate]:
    pem = _read(path)
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise ValueError(f"{path} holds no certificate in PEM form.") from error


def _private_key(path: str | Path) -> PrivateKey:
    pem = _read(path)
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise ValueError(f"The key in {path} has a passphrase; store it without one.") from error
    except ValueError as error:
        raise ValueError(f"{path} holds no private key in PEM form.") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError(f"The key in {path} is neither RSA nor EC; profiles can't be signed with it.")
    return key


@cache
def signer() -> ProfileSigner | None:
    """The signer from the settings; None when documents go out unsigned. Raises ValueError."""
    if not settings.PROFILE_SIGNING_CERT:
        return None
    return ProfileSigner.from_files(
        settings.PROFILE_SIGNING_CERT, settings.PROFILE_SIGNING_KEY, settings.PROFILE_SIGNING_CHAIN or None
    )
