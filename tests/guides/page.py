"""A guide's page as its reader and their browser see it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils.html import VOID_ELEMENTS


@dataclass
class Part:
    """An element of the page, with everything in it."""

    tag: str
    attributes: dict[str, str]
    children: list["Part | str"] = field(default_factory=list)

    def parts(self, tag: str = "", *, having: str = "") -> Iterator["Part"]:
        """The elements inside, in their order: all of one `tag`, or all `having` an attribute."""
        for child in self.children:
            if isinstance(child, str):
                continue
            if tag in ("", child.tag) and (not having or having in child.attributes):
                yield child
            yield from child.parts(tag, having=having)

    def found(self, attribute: str) -> list[str]:
        """The values of an attribute, wherever it is."""
        return [part.attributes[attribute] for part in self.parts(having=attribute)]

    @property
    def text(self) -> str:
        """Its words, one space between them."""
        return " ".join(" ".join(self._strings()).split())

    @property
    def content(self) -> str:
        """Its words as they are, line ends included."""
        return "".join(self._strings())

    @property
    def fields(self) -> dict[str, str]:
        """What its lists of settings say, by label; a value that can be copied without the button's words."""
        return {
            next(row.parts("dt")).text: next(row.parts("code"), next(row.parts("dd"))).text
            for row in self.parts("div")
            if list(row.parts("dt"))
        }

    def _strings(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._strings()

    @property
    def values(self) -> set[str]:
        """What it shows as a value, and what it copies."""
        return {part.text for part in self.parts("code")} | set(self.found("data-copy"))


@dataclass
class Step:
    """A numbered step and the names by which a link may reach it."""

    number: int
    anchors: list[str]
    part: Part

    @classmethod
    def of(cls, item: Part) -> "Step":
        (number,) = item.found("data-number")
        more = [span.attributes["id"] for span in item.parts("span", having="id")]
        return cls(int(number), [item.attributes["id"], *more], item)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.root = Part("", {})
        self._open = [self.root]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        part = Part(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(part)
        if tag not in VOID_ELEMENTS:
            self._open.append(part)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"{self.getpos()}: </{tag}> ends something else"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    @property
    def ways(self) -> list[Part]:
        """The lists of numbered steps."""
        return [part for part in self.root.parts("ol") if part.attributes.get("class") == "track steps"]

    @property
    def steps(self) -> list[Step]:
        return [Step.of(part) for way in self.ways for part in way.children if isinstance(part, Part)]

    def step_of(self, topic: str) -> Step:
        """The step that a link to `#topic` leads to."""
        return next(step for step in self.steps if topic in step.anchors)

    @property
    def text(self) -> str:
        return self.root.text

    @property
    def links(self) -> set[str]:
        return {part.attributes["href"] for part in self.root.parts("a")}
