"""EBU Tech 3341 v4 and Tech 3342: every synthetic minimum test signal at all rates, and the page about them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import soundfile

from tests.conformance_support import CASES, PAGE, Case, page
from tests.loudness_support import RATES, heard

LICENSED = {"7": -23.0, "8": -23.0}
"""Integrated loudness of the authentic programmes of Tech 3341."""


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_minimum_requirement(case: Case, rate: int) -> None:
    assert case.misses(rate) == []


def test_all_signals_are_there() -> None:
    numbers = [int(case.number) for case in CASES if case.document == "3341"]
    assert numbers == [*range(1, 7), *range(9, 24)]
    assert [case.number for case in CASES if case.document == "3342"] == ["1", "2", "3", "4"]
    series = sum(20 for case in CASES if case.number in ("10", "13") and case.document == "3341")
    assert len(CASES) - 2 - 2 + series == 61  # two series of twenty; the two ladders are of forty rungs
    assert sum(len(case.expected) for case in CASES if case.number in ("11", "14")) == 40


@pytest.mark.parametrize("case", LICENSED)
def test_authentic_programmes(case: str) -> None:
    folder = os.environ.get("GLASSMASTER_EBU_FILES")
    if not folder:
        pytest.skip("GLASSMASTER_EBU_FILES names no folder with the EBU's licensed loudness test set")
    found = sorted(Path(folder).glob(f"*seq-3341-{case}-*.wav"))
    assert found, f"no seq-3341-{case}-*.wav in {folder}"
    for path in found:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
        assert heard(sound, rate).integrated_lufs == pytest.approx(LICENSED[case], abs=0.1)


def test_the_page_tells_what_the_meter_reads() -> None:
    written, read = PAGE.read_text("utf-8"), page()
    number = r"-?\d+\.\d\d"
    assert re.split(number, written) == re.split(number, read), "run: make conformance"
    for before, now in zip(re.findall(number, written), re.findall(number, read), strict=True):
        assert float(before) == pytest.approx(float(now), abs=0.011), "run: make conformance"
