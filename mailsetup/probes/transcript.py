"""What went over the wire in the test of one service, kept for support: bounded, and without secrets.

Our own lines come as the drivers show them, with a word in place of a password, so nothing has to be
searched for afterwards. A server's lines are reduced to known words before they are kept, as it may repeat
what it heard.
"""

import time

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.findings import Side, TranscriptLine
from mailsetup.probes.server_text import ServerText, clean


class Transcript:
    """Keeps the beginning of every answer and its last line, until there are too many lines or bytes."""

    def __init__(self, server_text: ServerText, limits: ProbeSettings) -> None:
        self._server_text, self._limits = server_text, limits
        self._started = time.monotonic()
        self._kept: list[TranscriptLine] = []
        self._bytes = 0
        self._full = False
        # Of the answer that is being read: how many lines it has, and the last one that was not kept.
        self._answer = 0
        self._held: tuple[int, str] | None = None
        # What the server repeats in front of its answer: IMAP's tag.
        self._tag = ""
        # The address that the test came from, as this machine knows it; empty before there is a connection.
        self.local_address = ""

    def connected(self, local_address: str, address: str, port: int) -> None:
        self.local_address = local_address
        self.add(Side.EVENT, f"connected from {local_address} to {address}, port {port}")

    def add(self, side: Side, text: str) -> None:
        """Note a line as it goes over the wire, or what happened there."""
        ms = self._now()
        if side is Side.SERVER:
            self._add_of_server(ms, text)
            return
        self._end_answer()
        if side is Side.CLIENT and not text.startswith("["):
            # What stands in brackets goes on with the command before.
            self._tag = text.partition(" ")[0]
        self._keep(ms, side, clean(text, self._limits.probe_text_max_characters))

    def lines(self) -> tuple[TranscriptLine, ...]:
        """All that is kept; the last line says so if there was more."""
        self._end_answer()
        if not self._full:
            return tuple(self._kept)
        return (*self._kept, TranscriptLine(self._now(), Side.EVENT, "the rest was not kept"))

    def _now(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def _add_of_server(self, ms: int, text: str) -> None:
        if self._full:
            # What isn't kept needn't be reduced: a server may send very much of it.
            return
        self._answer += 1
        if self._answer > self._limits.probe_transcript_answer_lines_limit:
            self._held = (ms, text)
        else:
            self._keep_of_server(ms, text)

    def _end_answer(self) -> None:
        left_out = self._answer > self._limits.probe_transcript_answer_lines_limit + 1
        held, self._answer, self._held = self._held, 0, None
        if held is None:
            return
        if left_out:
            # A number of the server's own choice could be a secret.
            self._keep(held[0], Side.EVENT, "lines in between were not kept")
        self._keep_of_server(*held)

    def _keep_of_server(self, ms: int, text: str) -> None:
        begin, _, rest = text.partition(" ")
        if begin and begin in ("+", self._tag):
            self._keep(ms, Side.SERVER, f"{begin} {self._server_text.line(rest)}".rstrip())
        else:
            self._keep(ms, Side.SERVER, self._server_text.line(text))

    def _keep(self, ms: int, side: Side, text: str) -> None:
        limits, size = self._limits, len(text.encode())
        if (
            len(self._kept) >= limits.probe_transcript_lines_limit
            or self._bytes + size > limits.probe_transcript_max_bytes
        ):
            self._full = True
            return
        if self._kept and (self._kept[-1].side, self._kept[-1].text) == (side, text):
            return
        self._bytes += size
        self._kept.append(TranscriptLine(ms, side, text))
