"""The two ways to look at a server's TLS."""

import os
import ssl
import time
from pathlib import Path

import pytest

from mailsetup.probes.wire.stream import ByteBudget, LineStream
from mailsetup.probes.wire.tls import Handshake, handshake_of, is_not_tls, lenient_context, strict_context
from tests.faults import Authority


def test_strict_context_verifies_as_mail_programs_do(authority: Authority) -> None:
    context = strict_context(authority.ca_file, 900)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.hostname_checks_common_name is False
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_lenient_context_lets_everything_through() -> None:
    context = lenient_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)
    assert context.minimum_version is ssl.TLSVersion.MINIMUM_SUPPORTED


def test_roots_are_read_again_after_a_while(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    def at(second: float) -> ssl.SSLContext:
        monkeypatch.setattr(time, "monotonic", lambda: second)
        return strict_context(authority.ca_file, 900)

    first = at(1800)
    assert at(2699) is first
    assert at(2700) is not first


def test_roots_are_read_again_when_their_file_has_changed(tmp_path: Path, authority: Authority) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(Path(authority.ca_file).read_bytes())
    first = strict_context(str(roots), 86_400)
    os.utime(roots, ns=(1, 1))
    assert strict_context(str(roots), 86_400) is not first


def test_roots_of_the_installation_stand_beside_the_systems(authority: Authority) -> None:
    system = {root["serialNumber"] for root in strict_context(None, 900).get_ca_certs()}
    with_ours = {root["serialNumber"] for root in strict_context(authority.ca_file, 900).get_ca_certs()}
    assert len(with_ours - system) == 1
    assert system <= with_ours


@pytest.mark.parametrize(
    ("version", "old"),
    [("SSLv3", True), ("TLSv1", True), ("TLSv1.1", True), ("TLSv1.2", False), ("TLSv1.3", False)],
)
def test_old_versions(version: str, *, old: bool) -> None:
    assert Handshake(version, "", ()).old is old


def test_a_stream_without_tls_shows_no_handshake() -> None:
    with pytest.raises(ValueError, match="not encrypted"):
        handshake_of(LineStream(ByteBudget(10), 10))


def openssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (openssl_error("WRONG_VERSION_NUMBER"), True),
        (openssl_error("HTTP_REQUEST"), True),
        (openssl_error("TLSV1_ALERT_PROTOCOL_VERSION"), False),
        (ConnectionResetError(), False),
    ],
)
def test_bytes_that_are_no_tls(error: Exception, *, expected: bool) -> None:
    assert is_not_tls(error) is expected


class Inner:
    """Where Python before 3.13 keeps the chain."""

    def __init__(self, chain: list[bytes]) -> None:
        self.chain = chain

    def get_unverified_chain(self) -> list["Inner"]:
        return [Inner([der]) for der in self.chain]

    def get_verified_chain(self) -> list["Inner"]:
        return [Inner([der]) for der in [*self.chain, b"root"]]

    def public_bytes(self, _format: int) -> bytes:
        return self.chain[0]


class Tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, **has: object) -> None:
        self.__dict__.update(has)

    def cipher(self) -> tuple[str, str, int]:
        return ("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256)

    def version(self) -> str:
        return "TLSv1.3"

    def getpeercert(self, *, binary_form: bool) -> bytes:
        assert binary_form
        return b"leaf"


BOTH = [b"leaf", b"intermediate"]


@pytest.mark.parametrize(
    ("tls", "chain", "verified"),
    [
        (
            Tls(get_unverified_chain=lambda: BOTH, get_verified_chain=lambda: [*BOTH, b"root"]),
            (b"leaf", b"intermediate"),
            (b"leaf", b"intermediate", b"root"),
        ),
        (Tls(_sslobj=Inner(BOTH)), (b"leaf", b"intermediate"), (b"leaf", b"intermediate", b"root")),
        (Tls(_sslobj=object()), (b"leaf",), (b"leaf",)),
        (Tls(_sslobj=Inner(BOTH), context=lenient_context()), (b"leaf", b"intermediate"), ()),
    ],
    ids=["public", "private", "leaf only", "nothing verified"],
)
def test_chain_in_every_version_of_python(
    monkeypatch: pytest.MonkeyPatch, tls: Tls, chain: tuple[bytes, ...], verified: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(LineStream, "tls", tls)
    shown = handshake_of(LineStream(ByteBudget(10), 10))
    assert shown == Handshake("TLSv1.3", "TLS_AES_256_GCM_SHA384", chain, verified)
    assert shown.describe() == {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"}
