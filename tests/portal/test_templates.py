"""Rules that hold for every template, also for those that no other test renders."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import get_template

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
# The desk and the form of a server have a few of their own.
SPRITES = ("components/sprite.html", "hosting/parts/sprite.html", "support/parts/sprite.html")
SPRITE = {
    name
    for path in SPRITES
    for name in re.findall(r'<symbol id="i-([a-z0-9-]+)"', (TEMPLATES / path).read_text())
}
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


class InlineCode(HTMLParser):
    """Collects what the Content-Security-Policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.refused += [name for name in given if name == "style" or re.match(r"on[a-z]|hx-on", name)]
        # A script of another type is data, which no browser runs (HTML, "prepare the script element").
        runs = tag == "script" and given.get("type") != "application/json"
        if tag == "style" or (runs and "src" not in given):
            self.refused.append(f"<{tag}>")
        self.refused += [value for value in given.values() if value and value.startswith("javascript:")]


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name: str) -> None:
    get_template(name)


# Mails are read by mail programs, which know no stylesheet of ours.
@pytest.mark.parametrize("name", [name for name in NAMES if "/email/" not in f"/{name}"])
def test_it_has_nothing_that_the_policy_refuses(name: str) -> None:
    parser = InlineCode()
    # The one rule of style that it lets through, by its hash (tests/portal/test_brand.py).
    text = (TEMPLATES / name).read_text().replace("<style>{{ brand.style }}</style>", "")
    parser.feed(TAGS.sub("", text))
    assert parser.refused == []


@pytest.mark.parametrize("name", NAMES)
def test_its_icons_exist(name: str) -> None:
    used = re.findall(r'\{% icon "([^"]+)"', (TEMPLATES / name).read_text())
    assert set(used) <= SPRITE
