"""Signed profiles, checked by OpenSSL."""

import datetime
import subprocess
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from mailsetup.discovery.signing import ProfileSigner

PROFILE = b'<?xml version="1.0"?>\n<plist>\n<!-- line ends stay as they are -->\n</plist>\n'
NOT_AFTER = datetime.datetime(2050, 1, 1, tzinfo=datetime.UTC)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    subject: str, key: Key, issuer: str, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(NOT_AFTER)
        .add_extension(
            x509.BasicConstraints(ca=not subject.startswith("leaf"), path_length=None), critical=True
        )
        .sign(issuer_key, hashes.SHA256())
    )


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def key_pem(key: Key, passphrase: bytes = b"") -> bytes:
    encryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


class Files:
    """A root, an intermediate and one leaf, as files."""

    def __init__(self, folder: Path, leaf_key: Key) -> None:
        root_key, middle_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = certificate("root", root_key, "root", root_key)
        self.middle = certificate("middle", middle_key, "root", root_key)
        self.leaf = certificate("leaf", leaf_key, "middle", middle_key)
        self.folder = folder
        self.cert = self.write("cert.pem", pem(self.leaf))
        self.key = self.write("key.pem", key_pem(leaf_key))
        self.chain = self.write("chain.pem", pem(self.middle, self.root))
        self.roots = self.write("root.pem", pem(self.root))

    def write(self, filename: str, content: bytes) -> Path:
        path = self.folder / filename
        path.write_bytes(content)
        return path

    def openssl_content(self, signed: bytes) -> bytes:
        """What OpenSSL finds inside, after checking the signature up to the root."""
        message = self.write("signed.mobileconfig", signed)
        command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(message)]
        command += ["-CAfile", str(self.roots), "-purpose", "any", "-binary"]
        return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path, ec.generate_private_key(ec.SECP256R1()))


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_openssl_trusts_the_signature_and_finds_the_same_bytes(kind: str, tmp_path: Path) -> None:
    key: Key = (
        rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    )
    files = Files(tmp_path, key)
    signer = ProfileSigner.from_files(files.cert, files.key, files.chain)
    assert files.openssl_content(signer.sign(PROFILE)) == PROFILE


def test_a_fullchain_file_needs_no_chain(files: Files) -> None:
    fullchain = files.write("fullchain.pem", pem(files.leaf, files.middle))
    signer = ProfileSigner.from_files(fullchain, files.key)
    assert files.openssl_content(signer.sign(PROFILE)) == PROFILE


def test_the_root_stays_out_of_the_signature(files: Files) -> None:
    assert ProfileSigner.from_files(files.cert, files.key, files.chain).intermediates == (files.middle,)


def test_a_changed_profile_is_found_out(files: Files) -> None:
    signed = ProfileSigner.from_files(files.cert, files.key, files.chain).sign(PROFILE)
    with pytest.raises(subprocess.CalledProcessError):
        files.openssl_content(signed.replace(b"line ends", b"line enDs"))


def test_it_says_when_the_certificate_runs_out(files: Files) -> None:
    assert ProfileSigner.from_files(files.cert, files.key).not_after == NOT_AFTER


def test_a_missing_file_is_named(files: Files) -> None:
    with pytest.raises(ValueError, match=r"nowhere\.pem can't be read: No such file"):
        ProfileSigner.from_files(files.folder / "nowhere.pem", files.key)


def test_a_key_of_another_certificate_is_refused(files: Files) -> None:
    other = files.write("other.pem", key_pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(ValueError, match="does not belong to the certificate"):
        ProfileSigner.from_files(files.cert, other)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no pem at all", "holds no private key"),
        (key_pem(ed25519.Ed25519PrivateKey.generate()), "neither RSA nor EC"),
        (key_pem(ec.generate_private_key(ec.SECP256R1()), b"secret"), "has a passphrase"),
    ],
)
def test_an_unusable_key_is_refused_with_the_reason(files: Files, content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ProfileSigner.from_files(files.cert, files.write("bad.pem", content))


def test_a_file_without_a_certificate_is_refused(files: Files) -> None:
    with pytest.raises(ValueError, match="holds no certificate"):
        ProfileSigner.from_files(files.key, files.key)


@pytest.mark.parametrize("when", ["2019-12-31", "2050-01-02"])
def test_a_certificate_out_of_its_time_is_refused_with_its_dates(files: Files, when: str) -> None:
    with time_machine.travel(when), pytest.raises(ValueError, match=r"from 2020-01-01 to 2050-01-01 only"):
        ProfileSigner.from_files(files.cert, files.key)
