"""A page as a person reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse

# Elements that have no end.
_VOID = {"br", "col", "hr", "img", "input", "link", "meta"}


@dataclass
class Element:
    """A part of a page."""

    tag: str
    attributes: dict[str, str]
    content: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        parts = (part if isinstance(part, str) else part.text for part in self.content)
        return " ".join(" ".join(parts).split())

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def inside(self) -> Iterator["Element"]:
        for part in self.content:
            if isinstance(part, Element):
                yield part
                yield from part.inside()

    def all(self, tag: str, *classes: str) -> list["Element"]:
        return [part for part in self.inside() if part.tag == tag and set(classes) <= part.classes]

    def one(self, tag: str, *classes: str) -> "Element":
        (found,) = self.all(tag, *classes)
        return found

    def links(self) -> dict[str, str]:
        """What can be clicked, and where it leads."""
        return {link.text: link["href"] for link in self.all("a")}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].content.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


# Attributes that name other parts of the page by their ids.
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


def read(answer: HttpResponse) -> Element:
    """The page; whatever it points at within itself, icons included, is there."""
    reader = _Reader()
    reader.feed(answer.content.decode())
    assert len(reader.open) == 1
    page = reader.open[0]
    if page.all("html"):
        ids = {part["id"] for part in page.inside() if "id" in part.attributes}
        assert not _referred(page) - ids, "the page points at something that is not there"
    return page


def _referred(page: Element) -> set[str]:
    referred = set()
    for part in page.inside():
        for name in _REFERENCES:
            referred.update(part.attributes.get(name, "").split())
        if len(part.attributes.get("href", "")) > 1 and part["href"].startswith("#"):
            referred.add(part["href"][1:])
    return referred
