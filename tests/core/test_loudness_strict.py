"""The strict true peak (16 times oversampling) against an ideal interpolation of 64 times, and the bounds it keeps.

A fixed sample of what tests/proofs/meter.py tries on a thousand signals.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from glassmaster.listening import STRICT
from tests.proofs.meter import (
    KINDS,
    LENGTH,
    Wave,
    band_limited,
    bound,
    ideal,
    misreading,
    off_db,
    placed,
    read,
    signals,
)

SAMPLE = 20
"""Signals of each kind."""


@pytest.mark.parametrize("kind", KINDS)
def test_band_limited_sound_is_read_within_two_hundredths(kind: Callable[[Wave], Wave]) -> None:
    for sound in signals(kind, SAMPLE):
        assert abs(off_db(band_limited(sound))) <= 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_full_band_sound_is_read_within_the_bound(kind: Callable[[Wave], Wave]) -> None:
    for sound in signals(kind, SAMPLE):
        assert abs(read(sound) - ideal(sound)) <= bound(sound)


def test_the_bound_says_something() -> None:
    """For sound whose partials above 0.9 of Nyquist are small it is close to the truth."""
    sound = placed(np.sin(0.9 * np.arange(LENGTH)) + 0.01 * np.cos(3.0 * np.arange(LENGTH)))
    assert bound(sound) < 0.05 * ideal(sound)
    errors, edge = misreading(), int(0.9 * LENGTH / 2)
    assert errors[:edge].max() < 0.0012
    assert errors.max() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 0.75])
def test_a_tone_reads_low_by_no_more_than_the_grid_allows(shift: float) -> None:
    """At 0.9 of Nyquist at worst -20 log10 cos(0.9 pi / 32), 0.034 dB, and the interpolator's 0.01 dB."""
    frames = np.arange(LENGTH) - LENGTH / 2 - shift / STRICT
    sound = placed(np.cos(0.9 * math.pi * frames) * np.exp(-((frames / 40) ** 2)))
    lowest = 20 * math.log10(math.cos(0.9 * math.pi / (2 * STRICT)))
    assert lowest - 0.01 <= 20 * math.log10(read(sound)) <= 0.01
