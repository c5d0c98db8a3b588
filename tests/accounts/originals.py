"""Every text that a package would say in its own voice, from its source and its templates."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation.template import templatize

# How Django's translations are asked for (docs.djangoproject.com, "Translation"). The first argument of the
# two with a context is no text.
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
_WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}


def package(name: str) -> Path:
    """The folder of an installed package."""
    found = find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def in_source(source: str) -> Iterator[str]:
    """The texts in a module."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if called not in _CALLS | _WITH_CONTEXT:
            continue
        for argument in node.args[called in _WITH_CONTEXT :]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield " ".join(argument.value.split())


def in_template(source: str) -> Iterator[str]:
    """The texts in a template, as `makemessages` finds them."""
    for quoted in re.findall(r"(?:gettext|_)\(\s*u?((['\"]).*?\2)", templatize(source), re.DOTALL):
        yield " ".join(ast.literal_eval(quoted[0].replace("\n", "\\n")).split())


def of_modules(folder: Path) -> dict[str, set[str]]:
    """The texts in the modules below a folder, by module."""
    found = {
        str(path.relative_to(folder)): set(in_source(path.read_text(encoding="utf-8")))
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
    }
    return {name: texts for name, texts in found.items() if texts}


def of_templates(folder: Path) -> dict[str, set[str]]:
    """The texts in the templates of an app's folder, by the name that a loader knows them by."""
    found = {
        str(path.relative_to(folder)): set(in_template(path.read_text(encoding="utf-8")))
        for path in folder.rglob("*.*")
        if path.suffix in (".html", ".txt")
    }
    return {name: texts for name, texts in found.items() if texts}
