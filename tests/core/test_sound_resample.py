"""Sample-rate conversion: nothing heard is lost, nothing is added, and everything stays in its place."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassmaster.sound.resample import resampled, resampled_frames
from tests.formats_support import audio_of, heard

PAIRS = [(48_000, 44_100), (96_000, 44_100), (44_100, 48_000), (88_200, 44_100)]
DELIVERED = [(rate, to) for rate in (48_000, 88_200, 96_000, 176_400, 192_000) for to in (44_100, 48_000) if to < rate]
DELIVERED += [(rate, to) for rate in (176_400, 192_000) for to in (88_200, 96_000)] + [(44_100, 48_000)]
"""What is converted for a delivery, allow_upsampling included."""


def tone(frequency: float, rate: int, seconds: float = 2.0, amplitude: float = 0.5) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def converted(samples: np.ndarray, rate: int, to_rate: int, block: int = 10_007) -> np.ndarray:
    made: np.ndarray = heard(resampled(audio_of(samples.reshape(len(samples), -1), rate, block), to_rate))
    return made


def middle(sound: np.ndarray) -> np.ndarray:
    """Without the ends, where the filter meets silence."""
    return sound[len(sound) // 4 : -len(sound) // 4]


@pytest.mark.parametrize(("rate", "to_rate"), PAIRS)
@pytest.mark.parametrize("frequency", [1000.0, 10_000.0, 18_000.0])
def test_the_passband_is_flat_and_in_time(rate: int, to_rate: int, frequency: float) -> None:
    """A tone comes out as the very same tone of the new rate: level, phase and all, within 0.01 dB."""
    made = converted(tone(frequency, rate), rate, to_rate)[:, 0]
    wanted = tone(frequency, to_rate)
    level = np.sqrt(np.mean(middle(made).astype(np.float64) ** 2)) / np.sqrt(np.mean(middle(wanted) ** 2.0))
    assert abs(20 * np.log10(level)) < 0.01
    assert np.abs(middle(made) - middle(wanted)).max() < 0.5 * (10 ** (0.01 / 20) - 1)


@pytest.mark.parametrize(("rate", "to_rate"), DELIVERED)
def test_ripple_and_aliases_of_every_delivered_pair(rate: int, to_rate: int) -> None:
    """To 0.8 of half the lower rate within 0.001 dB, to 0.9 of it within 0.01; beyond the new half, 120 dB down."""
    lower = min(rate, to_rate)
    for share, ripple in ((0.05, 0.001), (0.5, 0.001), (0.8, 0.001), (0.9, 0.01)):
        made = middle(converted(tone(share * lower / 2, rate, 0.4), rate, to_rate)[:, 0])
        assert abs(20 * np.log10(fitted(made, share * lower / 2, to_rate) / 0.5)) < ripple
    if to_rate < rate:
        for frequency in np.linspace(1.0, rate / to_rate, 5)[1:-1] * to_rate / 2 + 2000:
            folded = middle(converted(tone(min(frequency, 0.49 * rate), rate, 0.4), rate, to_rate)[:, 0])
            assert 20 * np.log10(np.abs(folded).max() / 0.5) < -120


def fitted(sound: np.ndarray, frequency: float, rate: int) -> float:
    """Amplitude of the sine of this frequency that fits best."""
    angle = 2 * np.pi * frequency * np.arange(len(sound)) / rate
    basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    found, *_ = np.linalg.lstsq(basis, sound.astype(np.float64), rcond=None)
    return float(np.hypot(*found))


@pytest.mark.parametrize(("rate", "frequency"), [(48_000, 23_000.0), (96_000, 30_000.0), (96_000, 43_000.0)])
def test_what_does_not_fit_is_taken_away_not_folded_back(rate: int, frequency: float) -> None:
    """Over 120 dB down, image and all."""
    made = middle(converted(tone(frequency, rate, amplitude=0.9), rate, 44_100)[:, 0]).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(made * np.hanning(len(made)))) / (len(made) / 4)
    assert 20 * np.log10(spectrum.max() / 0.9) < -120


@pytest.mark.parametrize(("rate", "to_rate"), PAIRS)
def test_a_click_stays_at_its_time(rate: int, to_rate: int) -> None:
    samples = np.zeros((rate, 1), np.float32)
    at = rate // 3
    samples[at] = 1.0
    made = converted(samples, rate, to_rate)[:, 0].astype(np.float64)
    centre = np.sum(np.arange(len(made)) * made**2) / np.sum(made**2)
    assert abs(centre - at * to_rate / rate) < 0.01


@given(st.integers(0, 10**10), st.sampled_from([8000, 44_100, 48_000, 96_000]), st.sampled_from([44_100, 48_000]))
def test_the_length_is_the_nearest_whole_frame(frames: int, rate: int, to_rate: int) -> None:
    exact = Fraction(frames * to_rate, rate)
    assert abs(resampled_frames(frames, rate, to_rate) - exact) <= Fraction(1, 2)


@pytest.mark.parametrize("frames", [1, 2, 3, 147, 160, 161, 1000, 44_099, 65_536, 65_537, 131_073])
def test_exactly_so_many_frames_come_out(frames: int) -> None:
    for rate, to_rate in PAIRS:
        audio = resampled(audio_of(np.full((frames, 2), 0.25), rate), to_rate)
        assert audio.frames == resampled_frames(frames, rate, to_rate)
        assert (audio.rate, audio.channels) == (to_rate, 2)
        assert heard(audio).shape == (audio.frames, 2)


def test_blocks_of_any_size_give_the_same_samples() -> None:
    samples = np.random.default_rng(3).standard_normal((150_000, 2)).astype(np.float32) * 0.2
    wanted = converted(samples, 48_000, 44_100, block=150_000)
    for block in (480, 65_536, 70_001):
        assert np.array_equal(converted(samples, 48_000, 44_100, block), wanted)


def test_channels_are_kept_apart() -> None:
    left = tone(1000.0, 48_000)
    made = converted(np.stack([left, np.zeros_like(left)], axis=1), 48_000, 44_100)
    assert np.abs(made[:, 0]).max() > 0.4
    assert not made[:, 1].any()


def test_the_same_rate_is_the_same_sound_untouched() -> None:
    audio = audio_of(np.zeros((10, 2)), 48_000)
    assert resampled(audio, 48_000) is audio
