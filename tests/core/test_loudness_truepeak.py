"""True peak: the interpolator itself, and that its short cuts leave nothing out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmaster.loudness import short_term, true_peak
from glassmaster.loudness.interpolation import phases
from tests.loudness_support import Sound, audio, heard, music, tone

SPIKE = 0.7


def everything(sound: Sound, oversampling: int) -> NDArray[np.float64]:
    """Highest magnitude of all points behind each frame, 23 frames before the sound and 24 after it included."""
    padded = np.pad(sound.astype(np.float64), ((24, 24), (0, 0)))
    highest = np.abs(padded)
    for taps in phases(oversampling):
        for channel in range(sound.shape[1]):
            points = np.convolve(padded[:, channel], taps[::-1])[24 : 24 + len(padded)]
            np.maximum(highest[:, channel], np.abs(points), out=highest[:, channel])
    return np.asarray(highest.max(axis=1))


def sounds(rate: int) -> dict[str, Sound]:
    random = np.random.default_rng(7)
    noise = random.standard_normal((rate * 4, 2)).astype(np.float32) * 0.2
    spike = np.zeros((rate * 4, 2), np.float32)
    spike[[0, -1], [0, 1]] = SPIKE
    square = np.sign(np.sin(np.arange(rate * 4) * 0.9))[:, None].astype(np.float32)
    return {
        "music": music(rate, 8),
        "clipped": np.clip(music(rate, 8) * 4, -0.5, 0.5),
        "noise": noise,
        "clipped noise": np.clip(noise, -0.1, 0.1),
        "spikes at the ends": spike,
        "square": square,
    }


@pytest.mark.parametrize("rate", [44100, 11025])
@pytest.mark.parametrize("oversampling", [4, 16])
@pytest.mark.parametrize("kind", list(sounds(8000)))
def test_nothing_is_left_out(kind: str, oversampling: int, rate: int) -> None:
    sound = sounds(rate)[kind]
    points = everything(sound, oversampling)
    measured = heard(sound, rate, oversampling=oversampling)
    assert measured.true_peak_dbtp == pytest.approx(20 * math.log10(points.max()), abs=1e-5)
    assert true_peak(audio(sound, rate, 10_007), oversampling) == pytest.approx(points.max(), rel=1e-6)
    assert measured.true_peak_at is not None
    frame = min(len(points) - 25, math.floor(measured.true_peak_at * rate + 1e-6)) + 24
    assert points[frame] == pytest.approx(points.max(), rel=1e-6)


@pytest.mark.parametrize("rate", [48000, 44100])
@pytest.mark.parametrize("kind", ["music", "clipped", "noise"])
def test_lowest_psr_is_that_of_all_windows(kind: str, rate: int) -> None:
    sound = sounds(rate)[kind]
    points, measured = everything(sound, 4)[24:], heard(sound, rate)
    curve = short_term(measured.energies, step=10)
    gate = 10 * math.log10(np.mean(10 ** (curve[curve > -70] / 10))) - 20
    ratios = [
        20 * math.log10(points[i * rate // 10 : i * rate // 10 + 3 * rate].max()) - loudness
        for i, loudness in enumerate(curve.tolist())
        if loudness > max(gate, -70)
    ]
    assert measured.min_psr_lu == pytest.approx(min(ratios), abs=1e-4)


def test_the_filters_ringing_after_a_sudden_end_makes_no_psr() -> None:
    sound = np.concatenate([tone(48000, (6.0125, -10.0), hz=60), tone(48000, (5, -90.0))])
    assert heard(sound, 48000).min_psr_lu == heard(sound[: 6 * 48000], 48000).min_psr_lu
    click = np.zeros((48000 * 9, 2), np.float32)
    click[4800 * 40 - 1] = 1.0  # the last frame of 100 ms: windows from there on hold ringing alone
    first_tap = 0.691 - 10 * math.log10(2 * 1.53512485958697**2 / (3 * 48000))  # and little else passes the K filter
    assert heard(click, 48000, oversampling=1).min_psr_lu == pytest.approx(first_tap, abs=0.15)


@pytest.mark.parametrize("oversampling", [4, 16])
def test_the_interpolator_is_flat_to_nine_tenths_of_nyquist(oversampling: int) -> None:
    frequencies = np.linspace(0, 0.45, 400)[:, None]
    for number, taps in enumerate(phases(oversampling), start=1):
        frames = np.arange(-23, 25) - number / oversampling
        response = np.abs((taps * np.exp(2j * np.pi * frequencies * frames)).sum(axis=1))
        assert 20 * np.log10(response.max()) < 0.01
        assert 20 * np.log10(response.min()) > -0.01


@pytest.mark.parametrize(("oversampling", "least"), [(4, -0.57), (16, -0.05)])
def test_against_an_ideal_interpolation_of_64x(oversampling: int, least: float) -> None:
    random = np.random.default_rng(3)
    length = 2048
    fade = np.hanning(length)
    for _ in range(60):
        spectrum = np.exp(2j * np.pi * random.random(length // 2 + 1)) * random.random(length // 2 + 1)
        spectrum[int(0.9 * length / 2) :] = 0
        sound = np.fft.irfft(spectrum) * fade
        ideal = np.abs(np.fft.irfft(np.pad(np.fft.rfft(sound), (0, 31 * length)), 64 * length)).max() * 64
        found = true_peak(audio(sound.astype(np.float32)[:, None], 48000), oversampling)
        assert least <= 20 * math.log10(found / ideal) <= 0.012


def test_one_times_oversampling_is_the_sample_peak() -> None:
    sound = music(48000, 3)
    measured = heard(sound, 48000, oversampling=1)
    assert measured.true_peak_dbtp == measured.sample_peak_dbfs
    assert true_peak(audio(sound, 48000), 1) == np.abs(sound).max()


def test_blocks_of_steady_level_make_no_false_peaks() -> None:
    sound = np.full((48000 * 6, 2), 0.5, np.float32)
    inside = everything(sound[:4800], 4).max()  # the rise and the fall ring, and nothing else does
    assert true_peak(audio(sound, 48000, 4096)) == pytest.approx(inside, rel=1e-6)
    with pytest.raises(ValueError, match="oversampling"):
        true_peak(audio(sound, 48000), 0)
