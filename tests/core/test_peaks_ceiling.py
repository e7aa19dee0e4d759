"""No signal passes the ceiling, read by meters that the limiter does not use."""

from __future__ import annotations

import os

import numpy as np
import pytest

from glassmaster.peaks import Limiting, hold
from tests.peaks_support import HARD, RATES, Sound, audio, db, drained, hard, limited, mono, true_peak_db

SIGNALS = int(os.environ.get("GLASSMASTER_TORTURE", len(HARD)))
"""How many hard signals at each rate."""
OVERSHOOT_DB = 0.02


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", range(len(HARD)), ids=list(HARD))
def test_hard_signals_stay_under_the_ceiling(kind: int, rate: int) -> None:
    for seed in range(kind, SIGNALS, len(HARD)):
        sound = hard(seed + rate, kind, 6000)
        result, reduction = limited(sound, rate, Limiting(-1.0))
        assert true_peak_db(result, rate) <= -1.0 + OVERSHOOT_DB, seed
        assert reduction.max() > 0.5, seed  # it was over


@pytest.mark.parametrize("drive", [0.0, 4.0, 12.0])
def test_drive_goes_against_the_ceiling_and_reaches_it(drive: float) -> None:
    sound = hard(5, 13, 40000)
    result, _ = limited(sound, 48000, Limiting(-2.5, drive_db=drive))
    assert -2.55 <= true_peak_db(result, 48000) <= -2.5 + OVERSHOOT_DB


def test_where_blocks_meet_the_ceiling_holds_too() -> None:
    rng = np.random.default_rng(3)
    sound = np.clip(rng.standard_normal((200_000, 1)), -1, 1).astype(np.float32)
    result, _ = limited(sound, 48000, Limiting(-1.0, drive_db=3.0))
    assert true_peak_db(result, 48000) <= -1.0 + OVERSHOOT_DB


def test_hold_takes_down_what_stands_out_and_only_there() -> None:
    t = np.arange(96000)
    wave = 0.5 * np.sin(2 * np.pi * 0.01 * t)
    wave[48020:48030] += 0.45
    sound = mono(wave)
    result, reduction = drained(hold(audio(sound, 48000), -1.0), 1)
    assert true_peak_db(sound, 48000) > -0.6
    assert true_peak_db(result, 48000) <= -1.0 + OVERSHOOT_DB
    assert 0.2 < reduction.max() < db(float(np.abs(sound).max())) + 2.0
    assert np.array_equal(result[:47000], sound[:47000])
    assert np.array_equal(result[80000:], sound[80000:])


def test_the_meter_finds_a_peak_between_the_samples() -> None:
    """A tone at a quarter of the rate, caught at 45 degrees: 3.01 dB over its samples."""
    wave = np.sin(np.pi / 2 * np.arange(4000) + np.pi / 4) * np.hanning(4000)
    sound: Sound = mono(wave)
    assert db(float(np.abs(sound).max())) == pytest.approx(-3.01, abs=0.01)
    assert true_peak_db(sound, 48000) == pytest.approx(0.0, abs=0.01)
