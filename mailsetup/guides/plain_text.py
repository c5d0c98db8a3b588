"""The steps of a guide's page as plain text, for a chat, a note or a message."""

import re
from html.parser import HTMLParser

# What is there for the eye or the hand alone.
_SKIPPED = frozenset({"button", "svg", "figure", "form", "label"})
_VOID = frozenset({"input", "use", "br", "wbr", "path"})
_BLOCKS = frozenset({"h2", "h3", "p", "pre", "div", "dl", "li"})
# The app's own words, and labels one after the other in its menus: the tag `app_words`.
_APP_WORDS = frozenset({"ui", "menu-path"})


class _Steps(HTMLParser):
    """Reads the lists of steps: a numbered heading, its paragraphs, and a dash before each setting.

    The app's own words, which a page marks by their looks, stand in quotation marks; a setting's label is one
    by its place.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._steps = 0  # how deep in a list of steps
        self._skipped = 0
        self._count = 0
        self._in_label = False
        self._quoted = ""  # the tag of the app's words that are being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag == "ol" and "steps" in classes:
            self._steps += 1
            return
        if not self._steps:
            return
        if self._skipped or tag in _SKIPPED or "from-test" in classes or "sr-only" in classes:
            self._skipped += tag not in _VOID
            return
        is_heading = tag in ("h2", "h3") and not self._is_file_name(attrs)
        self._open(tag, is_heading=is_heading, is_app_word=bool(_APP_WORDS.intersection(classes)))

    def _open(self, tag: str, *, is_heading: bool, is_app_word: bool) -> None:
        if is_heading:
            self._count += 1
            self._start(f"\n{self._count}. ")
        elif tag == "dt":
            self._in_label = True
            self._start("- ")
        elif tag == "dd":
            self._in_label = False
            self._append(": ")
        elif is_app_word and not self._in_label:
            self._quoted = tag
            self._append("“")
        elif tag in _BLOCKS:
            self._start("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What closes itself holds no words."""

    @staticmethod
    def _is_file_name(attrs: list[tuple[str, str | None]]) -> bool:
        return (dict(attrs).get("id") or "").startswith("file-")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._quoted and tag == self._quoted:
            self._quoted = ""
            self._append("”")
        elif tag == "ol" and self._steps:
            self._steps -= 1

    def handle_data(self, data: str) -> None:
        if self._steps and not self._skipped and data.strip():
            self._append(data)

    def _start(self, prefix: str) -> None:
        self.lines.append(prefix)

    def _append(self, text: str) -> None:
        if not self.lines:
            self.lines.append("")
        self.lines[-1] += text


def steps_as_text(html: str) -> str:
    """The numbered steps of a guide's page; the first way that is there comes first."""
    reader = _Steps()
    reader.feed(html)
    lines = [_tidy(line) for line in reader.lines]
    return "\n".join(line for line in lines if line.strip(" -.")).strip() + "\n"


def _tidy(line: str) -> str:
    new_step = line.startswith("\n")
    words = re.sub(r"\s+([.,:;?!)])", r"\1", " ".join(line.split()))
    words = re.sub(r":\s*:", ":", words).replace("” › “", " › ")
    return f"\n{words}" if new_step else words
