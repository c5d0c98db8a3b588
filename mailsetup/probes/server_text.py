"""What servers send, made fit to be shown: short, printable, without anybody's password."""

import base64
import binascii
import re
from typing import Any

from mailsetup.probes.app_settings import ProbeSettings

# ECMA-48 control sequences: a server must not write to the terminal of whoever reads this.
_CONTROL_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{4,}={0,2}")
_REMOVED = "[removed]"


def clean(text: str, max_characters: int) -> str:
    """One printable line of at most so many characters."""
    text = _CONTROL_SEQUENCE.sub("", text)
    text = "".join(character if character.isprintable() else " " for character in text)
    text = " ".join(text.split())
    return text if len(text) <= max_characters else text[: max_characters - 1] + "…"


def clean_evidence(value: Any, limits: ProbeSettings) -> Any:
    """`value` with every text in it cleaned and every list cut to the limit, however deep."""
    if isinstance(value, str):
        return clean(value, limits.probe_text_max_characters)
    if isinstance(value, dict):
        return {key: clean_evidence(item, limits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_evidence(item, limits) for item in value[: limits.probe_evidence_items_limit]]
    return value


class Redactor:
    """Takes the password out of what a server echoes back: as it is, in part, or in base64."""

    def __init__(self, password: str | None, fragment_characters: int) -> None:
        self._password = (password or "").casefold()
        size = min(len(self._password), fragment_characters)
        starts = range(len(self._password) - size + 1) if size else range(0)
        self._fragments = {self._password[start : start + size] for start in starts}

    def evidence(self, value: Any) -> Any:
        """`value` with every text in it redacted, however deep."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.evidence(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.evidence(item) for item in value]
        return value

    def text(self, text: str) -> str:
        if not self._password:
            return text
        text = _BASE64_RUN.sub(self._without_encoded, text)
        text = re.sub(re.escape(self._password), _REMOVED, text, flags=re.IGNORECASE)
        # A quoted or cut-off echo shares long pieces with the password: the whole word goes.
        words = text.split(" ")
        return " ".join(_REMOVED if self._holds_fragment(word) else word for word in words)

    def _without_encoded(self, match: re.Match[str]) -> str:
        """The run, unless it is base64 of something that holds the password, at any alignment."""
        run = match.group().rstrip("=").translate(str.maketrans("-_", "+/"))
        for skipped in range(4):
            piece = run[skipped:]
            piece = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
            try:
                decoded = base64.b64decode(piece + "=" * (-len(piece) % 4))
            except (binascii.Error, ValueError):
                continue
            if self._holds_fragment(decoded.decode("utf-8", "replace")):
                return _REMOVED
        return match.group()

    def _holds_fragment(self, text: str) -> bool:
        folded = text.casefold()
        return any(fragment in folded for fragment in self._fragments)
