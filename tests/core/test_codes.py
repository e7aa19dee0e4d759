"""Every finding that the core or a plugin can make is explained, once."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from glassmaster import plugins
from glassmaster.codes import CORE_CODES

ROOMS = [Path(__file__).parents[2] / room for room in ("core", "plugins", "reports")]
POSITION = {"Finding": 0, "refuse": 1}


def _codes_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in POSITION:
            at = POSITION[node.func.id]
            if len(node.args) > at and isinstance(code := node.args[at], ast.Constant):
                yield str(code.value)


def test_every_code_that_is_written_down_is_explained() -> None:
    offered = [code.code for check in plugins.load().checks.values() for code in check.codes]
    known = {code.code for code in CORE_CODES} | set(offered)
    used = {code for room in ROOMS for path in room.rglob("*.py") for code in _codes_in(path)}
    assert len(used) > 60
    assert used - known == set()


def test_no_code_means_two_things() -> None:
    offered = [code for check in plugins.load().checks.values() for code in check.codes]
    counted = Counter(code.code for code in (*CORE_CODES, *offered))
    assert [code for code, times in counted.items() if times > 1] == []
