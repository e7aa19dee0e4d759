"""Memory stays flat however long a file is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from glassmaster.loudness import Hearing, integrated, loudness_range, momentary, short_term
from glassmaster.loudness.gating import MOMENTARY, SHORT_TERM, loudest
from glassmaster.model import Measurement
from glassmaster.peaks import Limiting
from glassmaster.peaks.prediction import forecast
from glassmaster.store import Store
from tests.loudness_support import heard, music, tone


def highest_memory(minutes: int) -> int:
    """Bytes at the worst moment, while hearing stereo at 48 kHz."""
    block = music(48000, 20)
    tracemalloc.start()
    try:
        hearing = Hearing(48000, 2)
        for _ in range(minutes * 3):
            hearing.hear(block)
        assert len(hearing.done().energies) == minutes * 6000
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_quarter_of_an_hour_takes_hardly_more_than_a_minute() -> None:
    minute, quarter = highest_memory(1), highest_memory(15)
    assert minute < 32 << 20
    assert quarter - minute < 15 * 6000 * 40  # a few figures for each 10 ms


HOURS_3 = 3 * 3600 * 100
"""Hops of three hours: a grid of them takes 4.3 MB."""


def highest_of(work: Callable[[], object]) -> int:
    """Bytes at the worst moment of some work."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def three_hours() -> Measurement:
    """What a file of three hours measures, without the file."""
    peaks = np.random.default_rng(1).random(HOURS_3, np.float32) ** 3
    return replace(heard(tone(8000, (1, -20.0)), 8000), frames=3 * 3600 * 8000, energies=np.square(peaks), peaks=peaks)


def test_decisions_about_three_hours_take_little_memory(three_hours: Measurement) -> None:
    grid, peaks = three_hours.energies, three_hours.peaks
    assert highest_of(lambda: forecast(grid, peaks, 8.0, Limiting(ceiling_dbtp=-1.0))) < 20 << 20
    assert highest_of(lambda: integrated([grid])) < 10 << 20
    assert highest_of(lambda: loudness_range([grid])) < 10 << 20
    for width in (MOMENTARY, SHORT_TERM):
        assert highest_of(partial(loudest, grid, width)) < 6 << 20
    for curve in (momentary, short_term):
        assert highest_of(partial(curve, grid, 10)) < 10 << 20
        assert highest_of(partial(curve, grid)) < 30 << 20  # the curve itself takes 8.6 MB


def test_a_kept_measurement_of_three_hours_takes_little_memory(three_hours: Measurement, tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert highest_of(lambda: store.keep("a" * 64, three_hours)) < 52 << 20  # as text the grids take 11.5 MB
    assert highest_of(lambda: store.find("a" * 64)) < 52 << 20
    found = store.find("a" * 64)
    assert found is not None
    assert found.peaks.tobytes() == three_hours.peaks.tobytes()
