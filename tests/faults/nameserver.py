"""A name server that answers what a test asks for."""

import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class FaultyNameServer:
    """`records` maps (name, type) to texts; to none: the question fails. A name in no record gets `rcode`.

    Without an `rcode` it gets no answer.

    `bogus`: its signatures are wrong, so it answers only who does not want them checked.
    """

    def __init__(
        self,
        records: Mapping[tuple[str, str], tuple[str, ...]],
        rcode: dns.rcode.Rcode | None = dns.rcode.NXDOMAIN,
        *,
        bogus: bool = False,
    ) -> None:
        self._records, self._rcode, self._bogus = records, rcode, bogus
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ending = threading.Event()

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return host, port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        # An empty datagram wakes the thread.
        self._socket.sendto(b"", self.address)
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        while not self._ending.is_set():
            wire, client = self._socket.recvfrom(4096)
            if wire and (answer := self._answer(dns.message.from_wire(wire))) is not None:
                self._socket.sendto(answer.to_wire(), client)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if self._bogus and not query.flags & dns.flags.CD:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response
        if kind != "CNAME":
            name = self._follow(name, response)
        if (name, kind) in self._records:
            texts = self._records[name, kind]
            if not texts:
                response.set_rcode(dns.rcode.SERVFAIL)
                return response
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *texts))
        elif not any(known == name for known, _ in self._records):
            if self._rcode is None:
                return None
            response.set_rcode(self._rcode)
        return response

    def _follow(self, name: str, response: dns.message.Message) -> str:
        """The name behind the CNAME records, which are put into the response."""
        seen: list[str] = []
        while name not in seen and (name, "CNAME") in self._records:
            seen.append(name)
            (target,) = self._records[name, "CNAME"]
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", target))
            name = target.rstrip(".")
        return name
