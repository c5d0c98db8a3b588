"""What servers send, made fit to be kept: in words of ours, short, printable, without anybody's password.

A server knows the password that it was sent and may repeat it in any disguise, at once or in the next
test. So its words are not searched for passwords: only words that are known beforehand are kept.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.mail_words import MAIL_WORDS

LEFT_OUT = "[left out]"

# Values that are not a server's: what we asked for, measured or concluded. Dates and algorithms of a
# certificate are among them: they have no room for a secret, and passwords have years in them too.
_OURS = frozenset(
    {
        "address", "addresses", "announced", "app_gets", "authentication", "chain_length", "cipher", "code",
        "date", "deadline", "error", "for_servers", "idle", "issued", "key", "known_by", "name", "not_after",
        "not_before", "not_tested", "old_tls", "openssl", "other_family", "phase", "port", "position",
        "private", "reason", "removed", "revocation_list", "seconds", "service", "signature", "took_ms",
        "tried", "username", "valid_days", "verify_code", "version",
    }
)  # fmt: skip
# Names in a certificate, of a folder, of the servers that a message came by, which no list can hold. Somebody
# has to read them: they are what is wrong.
_NAMES = frozenset({"names", "issuer", "folder", "by"})
# A folder that people have made is called something; what is mostly digits and marks could be a code.
_FOLDER = re.compile(r"(?:[^\W\d_]|[ .,/&'()-])+(?:\d{1,4}(?:[^\W\d_]|[ .,/&'()-])*)?")
# Names could spell something together that none of them holds.
_LISTS_OF_NAMES = frozenset({"names", "hops"})
# ECMA-48 control sequences: a server must not write to the terminal of whoever reads this.
_CONTROL_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_BETWEEN_WORDS = re.compile(r"[^\w.+=*/@'-]+|_")
_JOINTS = re.compile(r"[-/+=]")
_EDGES = ".'-/=*+"
_LABELS = re.compile(r"[A-Za-z0-9]{4,}")
_MARKS = re.compile(r"[\W_]+")
_STATUS = re.compile(r"[2-5][0-5]\d")  # RFC 5321 section 4.2.1
_ENHANCED_STATUS = re.compile(r"[245]\.[0-7]\.\d{1,2}")  # RFC 3463


def clean(text: str, max_characters: int) -> str:
    """One printable line of at most so many characters."""
    text = _CONTROL_SEQUENCE.sub("", text)
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    text = " ".join(text.split())
    return text if len(text) <= max_characters else text[: max_characters - 1] + "…"


class ServerText:
    """Reduces the evidence of one run, whose servers may have seen `password`.

    `known` are words that a server may repeat because the settings have them: its name, the user's.
    """

    def __init__(self, password: str | None, known: Iterable[str], limits: ProbeSettings) -> None:
        self._limits = limits
        self._secret = _Secret(password or "", limits.probe_password_fragment_characters)
        self._words = MAIL_WORDS | {name.casefold(): name for name in known if name}

    def evidence(self, found: dict[str, Any]) -> dict[str, Any]:
        """`found`, cut to the limits; `left_out` names what had to go, whole or in part."""
        kept: dict[str, Any] = {}
        left_out = []
        for key, value in found.items():
            if key in _OURS:
                kept[key] = value
            elif isinstance(value, list | tuple):
                items = [self._kept(key, item) for item in value[: self._limits.probe_evidence_items_limit]]
                kept[key] = [item for item in items if item is not None]
                if key in _LISTS_OF_NAMES and self._secret.is_in(_spelled(kept[key])):
                    kept[key] = []
                if len(kept[key]) < len(items):
                    left_out.append(key)
            elif (text := self._kept(key, value)) is not None or value is None:
                kept[key] = text
            else:
                left_out.append(key)
        return {**kept, "left_out": left_out} if left_out else kept

    def _kept(self, key: str, value: Any) -> Any:
        """What may be kept of one value; None: nothing."""
        if isinstance(value, dict):
            return self.evidence(value)
        if isinstance(value, str):
            if key == "folder" and not _FOLDER.fullmatch(value):
                return None
            text = value if key in _NAMES else self.words(value, reply=key == "server")
            value = clean(text, self._limits.probe_text_max_characters)
        return None if value == LEFT_OUT or self._secret.is_in(str(value)) else value

    def line(self, text: str) -> str:
        """One line of a server for a transcript."""
        kept: str | None = self._kept("server", text)
        return LEFT_OUT if kept is None else kept

    def words(self, text: str, *, reply: bool = True) -> str:
        """The known words of `text`, in our spelling; LEFT_OUT stands for the others.

        A reply may begin with its status. Any more numbers could spell something.
        """
        parts = list(self._parts(text))
        statuses = (_STATUS, _ENHANCED_STATUS) if reply else ()
        shown = [parts.pop(0) for status in statuses if parts and status.fullmatch(parts[0])]
        for part in parts:
            word = self._known(part)
            if word is None or self._secret.is_plainly_in(word):
                word = LEFT_OUT
            if word != LEFT_OUT or shown[-1:] != [LEFT_OUT]:
                shown.append(word)
        return " ".join(shown)

    def _parts(self, text: str) -> Iterator[str]:
        # Looking at words takes time, which a server must not spend at will; one character may become 18.
        most = 4 * self._limits.probe_text_max_characters
        for token in _BETWEEN_WORDS.split(unicodedata.normalize("NFKC", text[:most])[:most]):
            yield from [token] if self._known(token) else filter(None, _JOINTS.split(token))

    def _known(self, token: str) -> str | None:
        word = self._words.get(token.casefold()) or self._words.get(token.strip(_EDGES).casefold())
        return word.upper() if word and token.isupper() else word


class _Secret:
    """Finds a password, or a piece of so many characters, in a short text that nobody disguised well."""

    def __init__(self, password: str, fragment_characters: int) -> None:
        self._fragments = {
            plain[start : start + fragment_characters]
            for plain in (password.casefold(), _letters_and_digits(password))
            for start in range(max(len(plain) - fragment_characters, 0) + 1)
        } - {""}

    def is_plainly_in(self, text: str) -> bool:
        return self._is_in_one_of(text.casefold(), _letters_and_digits(text))

    def is_in(self, text: str) -> bool:
        if not self._fragments:
            return False
        return self._is_in_one_of(_forms_of_word(text) if _is_ours(text) else _forms(text))

    def _is_in_one_of(self, *forms: str) -> bool:
        return any(fragment in form for fragment in self._fragments for form in forms)


def _is_ours(text: str) -> bool:
    """Whether it is one of our own words, which may be remembered; a server's may hold a secret."""
    return text.casefold() in MAIL_WORDS


def _forms(text: str) -> str:
    """All that `text` may stand for, one behind the other."""
    return "\0".join([text.casefold(), *(_letters_and_digits(disguise(text)) for disguise in _DISGUISES)])


_forms_of_word = cache(_forms)


def _spelled(names: Iterable[str | dict[str, Any]]) -> str:
    return "".join(name if isinstance(name, str) else str(name.get("by", "")) for name in names)


def _letters_and_digits(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _decoded(text: str, decode: Callable[[str], str]) -> str:
    """The labels of `text` that are an encoding of something."""
    return "".join(decode(label) for label in _LABELS.findall(text))


def _remembering(decode: Callable[[str], bytes]) -> Callable[[str], str]:
    """A function that says "" of what isn't encoded so, and knows our own words by heart."""

    def decoded(label: str) -> str:
        try:
            return decode(label).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""

    known = cache(decoded)
    return lambda label: known(label) if _is_ours(label) else decoded(label)


@_remembering
def _from_hex(label: str) -> bytes:
    return bytes.fromhex(label)


@_remembering
def _from_base32(label: str) -> bytes:
    return base64.b32decode(label + "=" * (-len(label) % 8), casefold=True)


def _from_base64(text: str) -> str:
    """What the labels of `text` hold in base64, wherever it begins in them."""
    found = []
    for label in re.findall(r"[A-Za-z0-9+/]{4,}", text):
        for start in range(4):
            whole = label[start : start + (len(label) - start) // 4 * 4]
            found.append(base64.b64decode(whole).decode("utf-8", "replace"))
    return "".join(found)


_DISGUISES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text[::-1],
    lambda text: codecs.encode(text, "rot13"),
    lambda text: _decoded(text, _from_hex),
    lambda text: _decoded(text, _from_base32),
    # Names of hosts are in lower case, so that it does not survive in them; names of folders are not.
    _from_base64,
)
