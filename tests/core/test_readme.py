"""The README names the tests that hold its promises, and pages that were counted: all of them exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text("utf-8")


def named() -> list[tuple[str, str]]:
    """(File below tests/, test) of each test that is named; a name without a file is of the file before it."""
    found, file = [], ""
    for path, test in re.findall(r"`([\w/]*(?:\.py)?)::(test_\w+)`", TEXT):
        file = path or file
        found.append((file, test))
    return found


def test_every_test_that_is_named_exists() -> None:
    assert len(named()) > 20
    for file, test in named():
        tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
        assert test in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}, (file, test)


def test_every_promise_names_a_test() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| **")]
    assert len(rows) == 9, "as many promises as there are"
    assert all("::test_" in row or "test_coverage.py" in row for row in rows)


def test_every_page_that_is_linked_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert "tests/torture/RESULTS.md" in links
    assert [each for each in links if not (ROOT / each).exists()] == []
