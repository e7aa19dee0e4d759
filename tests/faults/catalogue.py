"""The catalogue of bad input and faults, by sections and numbers; each case is a test that bears its id."""

from __future__ import annotations

from collections.abc import Mapping

_NUMBERS: Mapping[str, tuple[int, ...]] = {
    "M": tuple(range(1, 40)),
    "A": (*range(1, 26), 27, 29, 31, 32),
    "R": (*range(1, 8), *range(9, 12), 13),
    "P": (*range(1, 6), *range(7, 12)),
    "E": (1, 3, *range(4, 12)),
    "F": (*range(1, 12), *range(13, 16), *range(17, 24), *range(25, 28)),
}
"""Manifest, audio input, references and artwork and templates, plugins, encoders and formats, file system and
processes. Numbers that are left out here are left out there."""
CASES = frozenset(f"{section}{number:02d}" for section, numbers in _NUMBERS.items() for number in numbers)
ELSEWHERE = ("tests/reports/test_report_large.py", "tests/flow/test_same_bytes.py")
"""Files outside this folder whose tests answer a case and bear its id: what they need stands there."""
