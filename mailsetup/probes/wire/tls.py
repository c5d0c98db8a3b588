"""TLS handshakes: the strict one that verifies, and the lenient one that only looks."""

import ssl
import time
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailsetup.probes.wire.stream import LineStream

_OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1")
# OpenSSL's reasons where the bytes are no TLS at all.
_NOT_TLS = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "HTTP_REQUEST",
        "HTTPS_PROXY_REQUEST",
        "UNKNOWN_PROTOCOL",
        "PACKET_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
        "UNEXPECTED_MESSAGE",
        "UNEXPECTED_RECORD",
    }
)
# Servers send two or three certificates; some send what came with them over the years besides.
_LONGEST_CHAIN = 10


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a finished handshake shows, certificates as DER and the server's own first.

    `chain` is what the server sent; `verified` is the way from there to a root that we trust, empty where
    nothing was verified.
    """

    version: str
    cipher: str
    chain: tuple[bytes, ...]
    verified: tuple[bytes, ...] = ()

    @property
    def old(self) -> bool:
        """Whether it is a version that RFC 8996 forbids."""
        return self.version in _OLD_VERSIONS

    def describe(self) -> dict[str, Any]:
        return {"version": self.version, "cipher": self.cipher}


def strict_context(ca_file: str | None, roots_seconds: float) -> ssl.SSLContext:
    """Verifies chain and name as mail programs do, with `ca_file`'s roots beside the system's.

    The roots are read again when the file has changed, and every `roots_seconds`.
    """
    changed = Path(ca_file).stat().st_mtime_ns if ca_file is not None else 0
    return _strict_context(ca_file, changed, int(time.monotonic() // roots_seconds))


@lru_cache(maxsize=2)
def _strict_context(ca_file: str | None, _changed: int, _period: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    # RFC 8996. Debian's Python leaves this to the system's OpenSSL settings.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # RFC 9525 section 2: the common name is no host name.
    context.hostname_checks_common_name = False
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def lenient_context() -> ssl.SSLContext:
    """Accepts everything, to see what is wrong with it. No credentials ever go over this one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Level 0 lets weak keys, SHA-1 and TLS 1.0 through, so that they can be named.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return context


def old_context() -> ssl.SSLContext:
    """Knows nothing newer than TLS 1.1, as old systems do, to see whether they come in."""
    context = lenient_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def handshake_of(stream: LineStream) -> Handshake:
    """What the handshake of this stream showed."""
    tls = stream.tls
    if tls is None:
        raise ValueError("the stream is not encrypted")
    cipher = tls.cipher()
    # Whose turn it is to judge them holds all other tests up, and a hostile server sends hundreds of them.
    sent = _chain(tls, "get_unverified_chain")[:_LONGEST_CHAIN]
    verified = tls.context.verify_mode is ssl.CERT_REQUIRED
    return Handshake(
        tls.version() or "",
        cipher[0] if cipher else "",
        sent,
        _chain(tls, "get_verified_chain") if verified else (),
    )


def _chain(tls: ssl.SSLObject, getter: str) -> tuple[bytes, ...]:
    """Public from Python 3.13 on, private before; only the leaf where neither is there."""
    inner: Any = getattr(tls, "_sslobj", None)
    if hasattr(tls, getter):
        return tuple(bytes(der) for der in getattr(tls, getter)())
    if hasattr(inner, getter):
        # The argument asks for DER instead of PEM: _ssl.ENCODING_DER.
        return tuple(certificate.public_bytes(2) for certificate in getattr(inner, getter)() or ())
    leaf = tls.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()


def is_not_tls(error: Exception) -> bool:
    """Whether the handshake failed because the other side answered in something else than TLS."""
    return isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS
