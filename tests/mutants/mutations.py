"""A module's source → the same source with one small mistake in it, as often as there is a place for one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import CodeRange, MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators

# Annotations are the type checker's; imports and decorators fail at once when they are wrong.
_LEFT_ALONE = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
# Nobody imports a star, and a set of literal types is an annotation with a name.
_NAMES_ONLY = m.Assign(targets=[m.AssignTarget(target=m.Name("__all__"))]) | m.Assign(
    value=m.Subscript(value=m.Name("Literal"))
)


@dataclass(frozen=True, slots=True)
class Mutant:
    path: Path
    source: str  # of the whole module
    line: int
    was: str  # the lines that differ, on one line
    becomes: str


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Mutmut's mistakes, but everywhere: limits, defaults and tables stand outside of functions."""
    source = path.read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source))
    places = _Places()
    wrapper.visit(places)
    for span, node, mistake in places.found:
        mutated = _replaced(source, wrapper.module, span, node, mistake)
        yield Mutant(path, mutated, *_difference(source.splitlines(), mutated.splitlines()))


class _Places(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (WhitespaceInclusivePositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[CodeRange, cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _LEFT_ALONE) or m.matches(node, _NAMES_ONLY):
            return False
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                span = self.get_metadata(WhitespaceInclusivePositionProvider, node)
                self.found += [(span, node, mistake) for mistake in operator(node)]
        return True


def _replaced(
    source: str, module: cst.Module, span: CodeRange, node: cst.CSTNode, mistake: cst.CSTNode
) -> str:
    lines = source.splitlines(keepends=True)
    start = sum(map(len, lines[: span.start.line - 1])) + span.start.column
    end = sum(map(len, lines[: span.end.line - 1])) + span.end.column
    if source[start:end] == module.code_for_node(node):
        return source[:start] + module.code_for_node(mistake) + source[end:]
    # An indented block: its code alone does not know how deep it stands. Right, and far slower.
    mutated = module.deep_replace(node, mistake)
    assert isinstance(mutated, cst.Module)
    return mutated.code


def _difference(old: list[str], new: list[str]) -> tuple[int, str, str]:
    """The number of the first line that differs, and what differs."""
    start = _in_common(old, new)
    rest = _in_common(old[:start:-1], new[:start:-1])
    was, becomes = old[start : len(old) - rest], new[start : len(new) - rest]
    return start + 1, " ".join(map(str.strip, was)), " ".join(map(str.strip, becomes))


def _in_common(one: list[str], other: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
