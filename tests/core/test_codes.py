"""Every finding that the core or a plugin can make is explained, once."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from glassmaster import plugins
from glassmaster.causes import CAUSES
from glassmaster.cli import run
from glassmaster.codes import CORE_CODES, known
from glassmaster.errors import Exit
from glassmaster.model import REMEDIES

ROOMS = [Path(__file__).parents[2] / room for room in ("core", "plugins", "reports")]
POSITION = {"Finding": 0, "refuse": 1, "_refused": 0, "wrong": 1, "Trouble": 1}


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


def test_every_code_has_title_text_cause_and_remedy_for_explain_and_reports() -> None:
    for code in known(plugins.load()).values():
        assert code.title, code.code
        assert len(code.explain) >= 20, code.code
        assert code.explain.strip().endswith((".", "?")), code.code
        assert code.cause, code.code
        assert not code.cause[0].isupper() or code.cause.split()[0].isupper(), code.code  # "Most likely: ..."
        assert not code.cause.endswith("."), code.code
        assert code.remedy in REMEDIES, code.code


def test_no_cause_is_told_of_a_code_that_is_not() -> None:
    assert {*CAUSES} - {each.code for each in CORE_CODES} == set()


@pytest.mark.parametrize(
    "code", ["checksum", "exists", "manifest-syntax", "truncated", "profile-format", "mix-clipped"]
)
def test_explain_tells_all_of_it(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", code]) == Exit.OK
    told, each = capsys.readouterr().out, known(plugins.load())[code]
    assert told == (
        f"{code}: {each.title}\n\n{each.explain}\n\nMost likely: {each.cause}.\nIn short: {REMEDIES[each.remedy]}.\n"
    )


def test_no_code_means_two_things() -> None:
    offered = [code for check in plugins.load().checks.values() for code in check.codes]
    counted = Counter(code.code for code in (*CORE_CODES, *offered))
    assert [code for code, times in counted.items() if times > 1] == []
