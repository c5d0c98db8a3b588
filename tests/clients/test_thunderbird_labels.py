"""What our guide calls Thunderbird's words stands in the files of the installed Thunderbird."""

import re
import zipfile
from pathlib import Path

import pytest

from mailsetup.guides.clients import GUIDES, Grade

# Debian's place and that of Mozilla's own archive.
OMNI = [
    path for path in map(Path, ("/usr/lib/thunderbird/omni.ja", "/opt/thunderbird/omni.ja")) if path.exists()
]
_VALUES = re.compile(r"^\s*[\w.-]+\s*=\s*(.+?)\s*$|<!ENTITY\s+\S+\s+\"([^\"]*)\"", re.MULTILINE)


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Every text of its English user interface, without access keys, dots and placeholders."""
    texts: set[str] = set()
    with zipfile.ZipFile(OMNI[0]) as omni:
        for name in omni.namelist():
            if "en-US" in name and name.endswith((".ftl", ".dtd", ".properties")):
                for found in _VALUES.findall(omni.read(name).decode("utf-8", "replace")):
                    texts.update(text.rstrip("….:").strip() for text in found if text)
    return texts


@pytest.mark.parametrize("label", GUIDES["thunderbird"].labels[Grade.PROGRAM])
def test_the_label_is_in_its_own_files(label: str, words: set[str]) -> None:
    assert label in words
