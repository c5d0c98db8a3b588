"""What we call a program's messages stands in the program that is installed here, word by word."""

import os
import re
import shutil
import zipfile
from functools import cache
from pathlib import Path

import pytest

from mailsetup.guides.clients import GUIDES, Grade, Message
from mailsetup.guides.clients.messages import MSMTP_WORDS, SYSTEM_WORDS
from tests.clients.test_thunderbird_labels import OMNI
from tests.install_parts import PATH

LIBRARIES = [Path("/usr/lib"), *Path("/usr/lib").glob("*-linux-gnu")]
# By what a message's source begins with, the files that it was read out of.
FILES = {
    "libcamelimapx and libcamelpop3": ("evolution-data-server/camel-providers/libcamel*.so",),
    "libcamelsmtp": ("evolution-data-server/camel-providers/libcamelsmtp.so",),
    "libcamel of": ("libcamel-1.2.so.*",),
    "glibc": ("libc.so.6",),
    "OpenSSL 3": ("libssl.so.3", "libcrypto.so.3"),
    "GnuTLS": ("libgnutls.so.30",),
}
PROGRAMS = {
    "claws-mail": "claws-mail",
    "neomutt": "neomutt",
    "alpine": "alpine",
    "fetchmail": "fetchmail",
    "mbsync": "mbsync",
}
READ_HERE = [
    *((slug, message) for slug in PROGRAMS for message in GUIDES[slug].says if message not in MSMTP_WORDS),
    *(("msmtp", message) for message in MSMTP_WORDS),
    *(("evolution", message) for message in GUIDES["evolution"].says),
    *(("system", message) for message in SYSTEM_WORDS if message.grade is Grade.PROGRAM),
]


def every(messages: list[tuple[str, Message]]) -> pytest.MarkDecorator:
    names = [f"{name}-{message.text}" for name, message in messages]
    return pytest.mark.parametrize(("name", "message"), messages, ids=names)


@cache
def content_of(name: str, source: str) -> bytes:
    patterns = next((files for start, files in FILES.items() if source.startswith(start)), ())
    paths = [path for folder in LIBRARIES for pattern in patterns for path in folder.glob(pattern)]
    if not patterns:
        program = shutil.which(name, path=PATH)
        assert program, f"{name} isn't installed"
        paths = [Path(program)]
    assert paths, patterns
    return b"\n".join(Path(os.path.realpath(path)).read_bytes() for path in paths)


@cache
def words_of_thunderbird(names: tuple[str, ...]) -> str:
    texts = []
    with zipfile.ZipFile(OMNI[0]) as omni:
        for name in omni.namelist():
            if name.endswith(names) and "en-US" in name:
                texts.append(omni.read(name).decode("utf-8", "replace"))
    assert len(texts) >= len(names)
    return re.sub(r"<[^>]+>", "", "\n".join(texts))


@every(READ_HERE)
def test_the_program_has_it(name: str, message: Message) -> None:
    content = content_of(name, message.source)
    for part in message.text.split("…"):
        # Some end a text at a colon or begin it in the middle, and names come by %s.
        for words in re.split(r"[:;]| \(", part):
            assert words.strip().encode() in content


@every([("thunderbird", message) for message in GUIDES["thunderbird"].says])
def test_thunderbird_has_it(name: str, message: Message) -> None:
    files = tuple(re.findall(r"\w+\.(?:ftl|properties)", message.source))
    assert files, name
    words = words_of_thunderbird(files)
    for part in message.text.split("…"):
        assert part.strip() in words
