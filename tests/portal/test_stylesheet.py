"""The stylesheets hold what pages use, and nothing from before."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLESHEETS = {
    "portal": ROOT / "portal/static/portal/portal.css",
    "desk": ROOT / "mailsetup/support/static/support/desk.css",
}
# Where a template names a class: in the attribute, as a parameter of a component, as the layout's own block.
IN_A_TEMPLATE = re.compile(r'class="((?:[^"{]|\{[^"]*?\}|\{%.*?%\})*)"|\{% block main_class %\}(.*?)\{%')


def classes_of_the_stylesheet(name: str) -> set[str]:
    text = re.sub(r"/\*.*?\*/", "", STYLESHEETS[name].read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"([^{};]+)\{", text))
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))


def classes_of_the_templates() -> set[str]:
    found: set[str] = set()
    for template in (ROOT / "templates").rglob("*.html"):
        for match in IN_A_TEMPLATE.finditer(template.read_text(encoding="utf-8")):
            found.update(re.findall(r"[\w-]+", " ".join(filter(None, match.groups()))))
    # Template tags write a few elements themselves.
    for tags in [*ROOT.glob("components/templatetags/*.py"), *ROOT.glob("mailsetup/*/templatetags/*.py")]:
        found.update(re.findall(r"[\w-]+", tags.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize(("name", "at_least"), [("portal", 100), ("desk", 20)])
def test_every_class_of_a_stylesheet_is_used(name: str, at_least: int) -> None:
    classes = classes_of_the_stylesheet(name)
    assert len(classes) > at_least
    assert classes - classes_of_the_templates() == set()
