"""Runs tests in forked processes, each with one module changed in memory."""

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import IO, Any

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

import tests.environment  # noqa: F401  # before anything reads the settings
from tests.mutants.mutations import Mutant

_OURS = {"accounts", "components", "demo", "mailsetup", "portal", "tests"}
# The tests' environment and pytest's plugins are here before pytest, which warns of that.
_PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "--no-migrations", "-o", "addopts=--import-mode=importlib"]
_PYTEST += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]


class TestsFail(Exception):
    """They fail, or there are none, with every module as it stands; holds what pytest said."""


def warm_up(tests: Sequence[str]) -> float:
    """Run the tests once and import the libraries that they need; returns how long a run takes, in seconds.

    Raises TestsFail.
    """
    # A mistake is either seen or not: the smallest example of it is of no use, and a random one of harm.
    hypothesis_settings.register_profile(
        "mutants", database=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
    )
    hypothesis_settings.load_profile("mutants")
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as imported:
        started = time.monotonic()
        child = _fork(tests, None, said=said, imported=imported)
        if os.waitpid(child, 0)[1]:
            said.seek(0)
            raise TestsFail(said.read())
        seconds = time.monotonic() - started
        imported.seek(0)
        libraries = json.load(imported)
    with warnings.catch_warnings(action="ignore"):
        for name in libraries:
            # Some want Django's settings first; those stay with the child.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    # What the parent has imported, no child would import with a mistake in it.
    assert {name.partition(".")[0] for name in sys.modules} & _OURS == {"tests"}
    gc.freeze()
    return seconds


def tried(
    mutants: Iterable[Mutant], tests: Sequence[str], *, seconds: int, at_once: int
) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant, and whether it outlived the tests; one that takes longer than `seconds` is noticed too."""
    running: dict[int, Mutant] = {}
    for mutant in mutants:
        if len(running) == at_once:
            yield _next(running)
        running[_fork(tests, mutant, seconds=seconds)] = mutant
    while running:
        yield _next(running)


def _next(running: dict[int, Mutant]) -> tuple[Mutant, bool]:
    child, status = os.wait()
    return running.pop(child), status == 0


def _fork(
    tests: Sequence[str],
    mutant: Mutant | None,
    *,
    seconds: int = 0,
    said: IO[str] | None = None,
    imported: IO[str] | None = None,
) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.alarm(seconds)
        output = said.fileno() if said else os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(output, stream)
        if mutant:
            sys.meta_path.insert(0, _Finder(mutant))
        status = int(pytest.main([*_PYTEST, *tests], plugins=[_StaticFilesOnce()]))
        if imported:
            json.dump([name for name in sys.modules if name.partition(".")[0] not in _OURS], imported)
            imported.flush()
    except BaseException:  # noqa: BLE001  # a child says what ended it, whatever it was
        traceback.print_exc()
    finally:
        os._exit(status)  # cleaning up is the parent's


class _StaticFilesOnce:
    """The first child has collected them; the environment, and so the folder, is the same for all."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: pytest.FixtureRequest) -> bool | None:
        if (
            fixturedef.argname != "static_files"
            or not Path(os.environ["STATIC_ROOT"], "staticfiles.json").exists()
        ):
            return None
        fixturedef.cached_result = (None, fixturedef.cache_key(request), None)
        return True


class _Finder(MetaPathFinder):
    """Finds one module, with a source of its own."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._path = mutant.path.resolve()
        self._name = ".".join(mutant.path.with_suffix("").parts).removesuffix(".__init__")

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return spec_from_file_location(
            fullname, loader=_Loader(fullname, str(self._path), self._mutant.source)
        )


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)
