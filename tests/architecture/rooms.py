"""The limits of every room of the code: whatever module is called `app_settings`."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "accounts", "mailsetup", "components")


def structs() -> Iterator[type[msgspec.Struct]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("app_settings.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for found in vars(import_module(name)).values():
                is_struct = isinstance(found, type) and issubclass(found, msgspec.Struct)
                if is_struct and found.__module__ == name:
                    yield found


def limits() -> list[tuple[str, Any]]:
    """The name of each setting and its field; a name that two rooms use comes twice."""
    return [(field.name.upper(), field) for kind in structs() for field in msgspec.structs.fields(kind)]
