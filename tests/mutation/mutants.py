"""All mutants of a module: its source with one change each, where a change can matter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mutation.changes import changed

_APART = {"annotation", "returns", "decorator_list"}
"""Read by people and by mypy, or once as a module is imported."""


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    line: int
    function: str
    """The function or class it stands in, "" at the module's own level."""
    was: str
    now: str
    text: str
    """The whole module."""

    @property
    def name(self) -> tuple[str, str, str]:
        """Stays when lines move."""
        return self.function, self.was, self.now


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its source; the same each time."""
    tree = ast.parse(source)
    return sorted(_below(tree, tree, "", 0), key=lambda each: each.line)


def _below(tree: ast.Module, parent: ast.AST, function: str, line: int) -> Iterator[Mutant]:
    for name, value in ast.iter_fields(parent):
        if name in _APART or _is_type_alias(parent):
            continue
        for at, node in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(node, ast.AST):
                here, within = getattr(node, "lineno", line), _within(node, function)
                for other in changed(node):
                    yield _mutant(tree, (parent, name, at), other, within, here)
                yield from _below(tree, node, within, here)


def _is_type_alias(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation)


def _within(node: ast.AST, function: str) -> str:
    named = isinstance(node, (ast.FunctionDef, ast.ClassDef))
    return ".".join(filter(None, (function, getattr(node, "name", "")))) if named else function


def _mutant(tree: ast.Module, place: tuple[ast.AST, str, int], other: ast.AST, function: str, line: int) -> Mutant:
    """The tree written out with one node exchanged; afterwards it is as it was."""
    parent, name, at = place
    value = getattr(parent, name)
    shown = isinstance(other, ast.Constant)  # a number alone says little
    was = _head(parent if shown else value[at] if isinstance(value, list) else value)
    setattr(parent, name, [*value[:at], other, *value[at + 1 :]] if isinstance(value, list) else other)
    try:
        return Mutant(
            line, function, was, _head(parent if shown else other), ast.unparse(ast.fix_missing_locations(tree))
        )
    finally:
        setattr(parent, name, value)


def _head(node: ast.AST) -> str:
    """A node in one line; of one with a body, its head."""
    return ast.unparse(ast.fix_missing_locations(node)).strip().splitlines()[0]
