"""Many coroutines at once in one thread, each with an end of its own."""

import asyncio
import ipaddress
import socket
import ssl
import threading
from concurrent.futures import CancelledError
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from msgspec import structs

from mailsetup.clientconfig import ServiceType
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.loop import InLoop
from mailsetup.probes.vantage import Vantage
from mailsetup.probes.wire.network import connect
from mailsetup.probes.wire.stream import ByteBudget
from tests.faults import HOST, ServerThread, full_backlog, greets
from tests.probes.prober import Prober

PATIENCE_SECONDS = 20


def test_what_waits_lets_others_by_in_one_thread() -> None:
    met = asyncio.Event()

    async def wait() -> str:
        await met.wait()
        return threading.current_thread().name

    async def go_on() -> str:
        met.set()
        return threading.current_thread().name

    first, second = InLoop(wait()), InLoop(go_on())
    names = {one.over.result(PATIENCE_SECONDS) for one in (first, second)}
    assert len(names) == 1
    assert names != {threading.current_thread().name}


def test_what_breaks_breaks_for_whoever_waits_for_it_and_for_nobody_else() -> None:
    async def broken() -> None:
        raise LookupError("broken")

    async def whole() -> int:
        return 1

    with pytest.raises(LookupError, match="broken"):
        InLoop(broken()).over.result(PATIENCE_SECONDS)
    assert InLoop(whole()).over.result(PATIENCE_SECONDS) == 1


def test_what_is_stopped_is_over_when_it_has_cleared_up() -> None:
    begun, cleared = threading.Event(), threading.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            cleared.set()

    waiting = InLoop(wait())
    assert begun.wait(PATIENCE_SECONDS)
    waiting.stop()
    with pytest.raises(CancelledError):
        waiting.over.result(PATIENCE_SECONDS)
    assert cleared.is_set()


def test_what_is_stopped_at_once_or_too_late_is_over_all_the_same() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    async def end() -> int:
        return 1

    early, late = InLoop(wait()), InLoop(end())
    early.stop()
    assert late.over.result(PATIENCE_SECONDS) == 1
    late.stop()
    with pytest.raises(CancelledError):
        early.over.result(PATIENCE_SECONDS)


def test_a_test_that_is_stopped_while_it_still_connects_hangs_up(vantage: Vantage) -> None:
    """Of two addresses one has answered, and the other, where packets are dropped, keeps it waiting."""
    open_and_silent = ("127.0.0.2", "127.0.0.1")
    addresses = [ipaddress.ip_address(each) for each in open_and_silent]
    with full_backlog() as port, socket.create_server((open_and_silent[0], port)) as server:
        server.settimeout(PATIENCE_SECONDS)
        limits = structs.replace(vantage.limits, probe_connect_grace_seconds=PATIENCE_SECONDS)
        connecting = InLoop(connect(addresses, port, ByteBudget(10), limits))
        connected, _ = server.accept()
        # By then the loop has come by often enough to know that it is connected.
        for _turn in range(50):
            InLoop(asyncio.sleep(0)).over.result(PATIENCE_SECONDS)
        connecting.stop()
        with pytest.raises(CancelledError):
            connecting.over.result(PATIENCE_SECONDS)
        with connected:
            connected.settimeout(PATIENCE_SECONDS)
            assert connected.recv(1) == b""


def test_of_a_chain_without_end_only_the_first_certificates_are_judged(
    prober: Prober, servers: ServerThread, tmp_path: Path
) -> None:
    """Who has signed whom is asked of each two of them, and all tests wait meanwhile."""
    hostile = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    hostile.load_cert_chain(_long_chain(tmp_path / "chain.pem", 30))
    port = servers.listen(greets(b"* OK ready\r\n"), hostile)
    found = prober.one(prober.settings(ServiceType.IMAP, port))[Step.TLS]
    assert found.code is Code.CERT_UNKNOWN_CA
    assert found.evidence["chain_length"] == 10


def _long_chain(file: Path, length: int) -> Path:
    """Certificates of one name, each signed by the next; the server's own first, with its key."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(length + 1)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (HOST, "authority")]
    now = datetime.now(UTC)
    parts = [keys[0].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]
    for place in range(length):
        builder = x509.CertificateBuilder(
            issuer_name=names[1],
            subject_name=names[min(place, 1)],
            public_key=keys[place].public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - timedelta(days=1),
            not_valid_after=now + timedelta(days=60),
        )
        if not place:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        parts.append(builder.sign(keys[place + 1], hashes.SHA256()).public_bytes(Encoding.PEM))
    file.write_bytes(b"".join(parts))
    return file
