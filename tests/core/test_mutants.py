"""What `make mutation` changes: the mistakes a programmer makes, each once, and nothing that does not matter."""

from __future__ import annotations

import ast

import pytest

from tests.mutation.judged import EQUIVALENT
from tests.mutation.mutants import mutants
from tests.mutation.page import Told, Trial, page
from tests.mutation.trial import Module


def changes(body: str) -> set[str]:
    """All mutants of a function with this body, by what stands in it then."""
    told = mutants(f"def f(a: int = None, b: int = None) -> int:\n    {body}\n")
    return {ast.unparse(ast.parse(each.text).body[0].body[-1]) for each in told}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("assert a < b", {"assert a <= b", "assert a >= b"}),
        ("assert a == b", {"assert a != b"}),
        ("assert a in b", {"assert a not in b"}),
        ("assert not a", {"assert a"}),
        ("assert a and b", {"assert a or b", "assert a", "assert b"}),
        ("x = a + b", {"x = a - b"}),
        ("x = a // b", {"x = a * b", "x = a / b"}),
        ("x = a / 'name'", set()),
        ("x = 'text'", set()),
        ("x = 5", {"x = 6", "x = 4"}),
        ("x: 'Literal[5]' = a", set()),
        ("x = f(a, whole=True)", {"x = f(a, whole=False)"}),
        ("x = [c for c in a if c]", {"x = [c for c in a]"}),
        ("x = a if b else f", {"x = a if not b else f"}),
        ("x += a", {"pass", "x -= a"}),
        ("f(a)", {"pass"}),
        ("a.x = b", {"pass"}),
        ("return a", {"return None"}),
        ("return None", set()),
        ("raise a", {"pass"}),
        ("suppress(a, b)", {"pass", "suppress(b)", "suppress(a)"}),
    ],
)
def test_a_statement_has_these_mutants(body: str, expected: set[str]) -> None:
    assert changes(body) == expected


def test_statements_inside_others_are_changed_too() -> None:
    text = "try:\n    while a:\n        break\nexcept (A, B):\n    pass\nfinally:\n    f()\n"
    assert {each.was.strip() for each in mutants(text)} == {"while a:", "break", "except (A, B):", "f()"}


def test_a_mutant_tells_where_it_is() -> None:
    [mutant] = mutants(
        '"""Words."""\nOf: TypeAlias = A[5]\n\nclass C:\n    def f(self):\n        """More."""\n        f(self)\n'
    )
    assert (mutant.line, mutant.name) == (7, ("C.f", "f(self)", "pass"))


def test_the_page_counts_them_and_names_those_that_live() -> None:
    ends = ("killed", "killed", "timed out", "survived")
    told = {"x.py": Told(9, [Trial(line, "f", "a", f"b{line}", ended) for line, ended in enumerate(ends, 1)])}
    text = page(told)
    assert "| x.py | 9 | 4 | 2 | 1 | 1 | 0 | 75.0 % | 75.0 % |" in text
    assert "- x.py:4 f: `a` became `b4`" in text


@pytest.mark.parametrize("module", sorted({module for module, *_ in EQUIVALENT}))
def test_what_was_judged_still_stands_in_the_source(module: str) -> None:
    there = {each.name for each in mutants(Module(module, ()).source)}
    assert {tuple(names) for judged, *names in EQUIVALENT if judged == module} <= there
