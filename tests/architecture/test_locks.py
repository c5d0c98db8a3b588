"""The locks hold what pyproject.toml asks for, and one version of it everywhere. `make lock` writes them."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
GROUPS = {"requirements.txt": (), "requirements-demo.txt": ("demo",), "requirements-dev.txt": ("demo", "dev")}
# One entry: `name==version ; marker \`, its hashes, and comments that say who asked for it.
ENTRY = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<rest>.*\n(?:[ #].*\n)*)", re.MULTILINE)


@cache
def locked(file: str) -> dict[str, re.Match[str]]:
    return {
        canonicalize_name(entry["name"]): entry
        for entry in ENTRY.finditer((ROOT / file).read_text(encoding="utf-8"))
    }


def asked_for(file: str) -> dict[str, Requirement]:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [
        *asked["project"]["dependencies"],
        *(
            line
            for group in GROUPS[file]
            for line in asked["dependency-groups"][group]
            if isinstance(line, str)
        ),
    ]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, lines)}


@pytest.mark.parametrize("file", GROUPS)
def test_a_lock_holds_what_is_asked_for_and_nothing_that_was_asked_for_before(file: str) -> None:
    asked = asked_for(file)
    assert {
        name for name, entry in locked(file).items() if "mailway (pyproject.toml" in entry["rest"]
    } == set(asked)
    assert [
        str(requirement)
        for name, requirement in asked.items()
        if not requirement.specifier.contains(locked(file)[name]["version"])
    ] == []


@pytest.mark.parametrize("file", GROUPS)
def test_a_lock_names_hashes_and_no_place_to_load_from(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in text
    assert "\n--" not in text
    assert [name for name, entry in locked(file).items() if "--hash=sha256:" not in entry["rest"]] == []


def test_every_lock_repeats_the_versions_of_the_one_below() -> None:
    versions = [{name: entry["version"] for name, entry in locked(file).items()} for file in GROUPS]
    assert versions[0].items() <= versions[1].items() <= versions[2].items()
