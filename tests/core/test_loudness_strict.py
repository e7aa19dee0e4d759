"""The strict true peak (16 times oversampling) against an ideal interpolation of 64 times, and the bounds it keeps."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmaster.listening import STRICT
from glassmaster.loudness import true_peak
from glassmaster.loudness.interpolation import phases
from tests.loudness_support import audio

Wave = NDArray[np.float64]
LENGTH, MARGIN, IDEAL = 4096, 256, 64
EACH = 334 if os.environ.get("GLASSMASTER_TORTURE") else 20
"""Signals of each of three kinds."""


def random(noise: Wave) -> Wave:
    return noise


def clipped(noise: Wave) -> Wave:
    return np.clip(noise, -1, 1)


def limited(noise: Wave) -> Wave:
    """Gain down around whatever is above 1, over 65 samples."""
    need = np.minimum(1.0, 1 / np.maximum(np.abs(noise), 1e-9))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(need, 64, constant_values=1.0), 65).min(axis=1)
    return noise * np.convolve(windows, np.hanning(67)[1:-1] / 33, "valid")


def placed(sound: Wave) -> Wave:
    """Silence at both ends and slopes behind it, so that round the corner of the Fourier transform there is nothing."""
    slope = np.hanning(2 * MARGIN)
    gain = np.ones(LENGTH)
    gain[: 2 * MARGIN] = np.concatenate([np.zeros(MARGIN), slope[:MARGIN]])
    gain[-2 * MARGIN :] = gain[: 2 * MARGIN][::-1]
    return sound * gain


def band_limited(sound: Wave) -> Wave:
    """Nothing above 0.9 of the Nyquist frequency."""
    spectrum = np.fft.rfft(sound)
    spectrum[int(0.9 * LENGTH / 2) :] = 0
    return np.fft.irfft(spectrum, LENGTH)


def ideal(sound: Wave) -> float:
    spectrum = np.pad(np.fft.rfft(sound), (0, (IDEAL - 1) * LENGTH // 2))
    return float(np.abs(np.fft.irfft(spectrum, IDEAL * LENGTH)).max() * IDEAL)


def read(sound: Wave) -> float:
    return true_peak(audio(sound.astype(np.float32)[:, None], 48000), STRICT)


def signals(kind: Callable[[Wave], Wave]) -> list[Wave]:
    noise = np.random.default_rng(len(kind.__name__))
    return [placed(kind(noise.standard_normal(LENGTH) * 10 ** (noise.uniform(-6, 12) / 20))) for _ in range(EACH)]


@cache
def misreading() -> Wave:
    """E(f): by how much the interpolator can misread a wave exp(2 pi i f n) of height 1, at its worst phase."""
    frequencies = np.arange(LENGTH // 2 + 1)[:, None] / LENGTH
    frames = np.arange(-23, 25)
    errors = [
        np.abs((taps * np.exp(2j * np.pi * frequencies * (frames - number / STRICT))).sum(axis=1) - 1)
        for number, taps in enumerate(phases(STRICT), start=1)
    ]
    return np.asarray(np.max(errors, axis=0))


def bound(sound: Wave) -> float:
    """How far the reading can be from the ideal one. A sound is the sum of its partials, and each of them is misread by
    no more than its height times E(f); between two points of the grid it rises by no more than 1 / cos(pi / 32)."""
    heights = np.abs(np.fft.rfft(sound)) / LENGTH * 2
    return float(heights @ misreading()) + ideal(sound) * (1 - math.cos(math.pi / (2 * STRICT)))


@pytest.mark.parametrize("kind", [random, clipped, limited])
def test_band_limited_sound_is_read_within_two_hundredths(kind: Callable[[Wave], Wave]) -> None:
    for sound in signals(kind):
        sound = band_limited(sound)
        assert abs(20 * math.log10(read(sound) / ideal(sound))) <= 0.02


@pytest.mark.parametrize("kind", [random, clipped, limited])
def test_full_band_sound_is_read_within_the_bound(kind: Callable[[Wave], Wave]) -> None:
    for sound in signals(kind):
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
