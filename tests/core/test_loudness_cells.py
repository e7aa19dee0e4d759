"""True peaks cell by cell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glassmaster.loudness import true_peak
from glassmaster.loudness.cells import CELL, true_peaks
from tests.formats_support import audio_of

RATE = 48_000


def test_each_cell_has_its_own_peak_between_the_samples() -> None:
    """A tone at a quarter of the rate, sampled 45 degrees off its crests (EBU Tech 3341, case 16): 3.01 dB above."""
    heights = np.repeat(np.linspace(0.1, 1.2, 12), 20 * CELL)
    tone = np.sin(np.pi / 2 * np.arange(len(heights)) + np.pi / 4)
    found = true_peaks(audio_of(np.stack([heights * tone, 0.5 * heights * tone], axis=1), RATE))
    assert len(found) == 12 * 20
    inner = found.reshape(12, 20)[:, 2:-2]
    for row, height in zip(inner, np.linspace(0.1, 1.2, 12), strict=True):
        assert 20 * np.log10(row / height) == pytest.approx(np.zeros(16), abs=0.01)


@pytest.mark.parametrize("frames", [1, CELL - 1, CELL, CELL + 1, 64 * CELL, 70_001])
def test_the_highest_cell_is_the_true_peak(frames: int) -> None:
    sound = np.random.default_rng(frames).standard_normal((frames, 2)).astype(np.float32)
    found = true_peaks(audio_of(sound, RATE))
    assert len(found) == math.ceil(frames / CELL)
    assert found.max() == pytest.approx(true_peak(audio_of(sound, RATE)), rel=1e-5)


def test_cutting_the_sound_into_other_blocks_changes_no_bit() -> None:
    sound = np.random.default_rng(1).standard_normal((50_000, 2)).astype(np.float32)
    one, other = true_peaks(audio_of(sound, RATE)), true_peaks(audio_of(sound, RATE, block=777))
    assert one.tobytes() == other.tobytes()


def test_no_sound_no_cells() -> None:
    assert len(true_peaks(audio_of(np.zeros((0, 2)), RATE))) == 0
