"""The 10 ms model against the real limiter, on sound with beats, chords and bass."""

from __future__ import annotations

import numpy as np
import pytest

from glassmaster.loudness import integrated, measure
from glassmaster.model import Measurement
from glassmaster.peaks import Limiting, forecast, sustained
from tests.peaks_support import Sound, audio, limited

RATE = 48000


def groove(seed: int) -> Sound:
    """Twelve seconds of kick, snare, bass line and chords with a slow swell, peaks near -1 dBFS."""
    rng = np.random.default_rng(seed)
    hiss = [np.convolve(rng.standard_normal(12 * RATE), np.hanning(9) / 2.5, "same") for _ in range(2)]
    t = np.arange(12 * RATE) / RATE
    beat = 60 / rng.uniform(80, 130)
    kick = np.sin(2 * np.pi * (50 + 90 * np.exp(-(t % beat) * 50)) * (t % beat)) * np.exp(-(t % beat) * 12)
    snare = np.exp(-((t + beat / 2) % beat) * 25) * hiss[0] * 0.3
    bass = np.sin(2 * np.pi * 55 * 2 ** (np.floor(t / beat) % 4 / 6) * t)
    chords = sum(np.sin(2 * np.pi * f * t + rng.random() * 6) for f in rng.uniform(200, 1500, 8))
    wave = 0.5 * kick + snare + 0.15 * bass + 0.05 * chords * (1 + 0.5 * np.sin(2 * np.pi * t / 6))
    wide = wave + 0.02 * hiss[1]
    both = np.stack((wave, wide), axis=1)
    return np.asarray(0.9 * both / np.abs(both).max(), dtype=np.float32)


def heard(sound: Sound) -> Measurement:
    return measure(audio(sound, RATE))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("gain", "drive", "close"), [(0.0, 3.0, 0.03), (-6.0, 10.0, 0.06), (0.0, 8.0, 0.15)])
def test_what_was_forecast_is_what_comes(seed: int, gain: float, drive: float, close: float) -> None:
    sound = groove(seed)
    before = heard(sound)
    how = Limiting(-1.0, drive_db=drive)
    expected = forecast(before.energies, before.peaks, gain, how)
    after, grid = limited(sound * np.float32(10 ** (gain / 20)), RATE, how)
    found = heard(after).integrated_lufs
    assert found is not None
    assert integrated([expected.energies]) == pytest.approx(found, abs=close)
    assert float(expected.reduction.max()) == pytest.approx(float(grid.max()), abs=0.15)
    assert sustained(expected.reduction) == pytest.approx(sustained(grid), abs=0.25)
    assert before.integrated_lufs is not None
    assert found < before.integrated_lufs + gain + drive - close  # it had something to forecast


def test_where_nothing_is_limited_gain_is_all() -> None:
    before = heard(groove(4))
    expected = forecast(before.energies, before.peaks, -10.0, Limiting(-1.0, drive_db=3.0))
    assert not expected.reduction.any()
    assert np.allclose(expected.energies, before.energies * 10**-0.7, rtol=1e-5)


def test_true_peaks_above_the_samples_count() -> None:
    energies, peaks = np.full(400, 0.01, np.float32), np.full(400, 0.5, np.float32)
    how = Limiting(-6.0206)
    assert forecast(energies, peaks, 0.0, how).reduction.max() < 0.01
    found = forecast(energies, peaks, 0.0, how, true_to_sample=10 ** (3 / 20))
    assert float(found.reduction.max()) == pytest.approx(3.0, abs=0.01)
    assert 10 * np.log10(found.energies[200] / energies[200]) == pytest.approx(-3.0, abs=0.05)


def test_an_empty_song_has_an_empty_forecast() -> None:
    nothing = np.zeros(0, np.float32)
    found = forecast(nothing, nothing, 3.0, Limiting(-1.0))
    assert len(found.energies) == 0
    assert len(found.reduction) == 0
