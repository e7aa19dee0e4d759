"""Dither and rounding: the error is noise that knows nothing of the music, and integers never wrap."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from glassmaster.sound.dither import quantised
from tests.formats_support import audio_of, heard

SEED = hashlib.sha256(b"an errand").hexdigest()
RATE = 44_100


def error_in_lsb(samples: np.ndarray, bits: int, dither: str, seed: str = SEED) -> np.ndarray:
    made = heard(quantised(audio_of(samples), bits, dither, seed))
    error: np.ndarray = (made.astype(np.float64) - samples.astype(np.float64)) * 2 ** (bits - 1)
    return error


def tone(amplitude: float, frames: int = 1 << 17, frequency: float = 997.0) -> np.ndarray:
    wave = amplitude * np.sin(2 * np.pi * frequency * np.arange(frames) / RATE)
    return np.stack([wave, -wave], axis=1).astype(np.float32)


SIGNALS = {
    "silence": np.zeros((1 << 17, 2), np.float32),
    "a third of a step": np.full((1 << 17, 2), 1 / 3 / 2**15, np.float32),
    "half a step": np.full((1 << 17, 2), 0.5 / 2**15, np.float32),
    "a tone under one step": tone(0.7 / 2**15),
    "a tone at -20 dB": tone(0.1),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_tpdf_error_has_no_mean_and_one_power_whatever_the_signal(name: str) -> None:
    """TPDF of 2 LSB (variance 1/6) and rounding (1/12) add up to 1/4 LSB squared. Six standard errors are allowed."""
    error = error_in_lsb(SIGNALS[name], 16, "tpdf")
    allowed = 6 * 0.5 / np.sqrt(error.size)
    assert abs(error.mean()) < allowed
    # the total error's fourth moment is below (1.5)**2 / 4, so its square deviates by less than 0.75
    assert error.var() == pytest.approx(0.25, abs=6 * 0.75 / np.sqrt(error.size))


def test_tpdf_error_does_not_follow_the_signal() -> None:
    """In each tenth of a step, mean and power of the error are the same; plain rounding's are not."""
    ramp = np.repeat(np.linspace(0, 1, 10, endpoint=False) / 2**15, 40_000).astype(np.float32)[:, None]
    dithered = error_in_lsb(ramp, 16, "tpdf").reshape(10, -1)
    plain = error_in_lsb(ramp, 16, "none").reshape(10, -1)
    assert np.abs(dithered.mean(axis=1)).max() < 6 * 0.5 / 200
    assert np.abs(dithered.var(axis=1) - 0.25).max() < 6 * 0.75 / 200
    assert np.abs(plain.mean(axis=1)).max() > 0.35


@pytest.mark.parametrize("name", SIGNALS)
def test_shaped_error_has_no_mean_and_one_power_whatever_the_signal(name: str) -> None:
    """TPDF and rounding (1/4 LSB squared) through 1 - 2.033/z + 2.165/z2 - 1.959/z3 + 1.590/z4 - 0.6149/z5."""
    taps = np.array([1, -2.033, 2.165, -1.959, 1.590, -0.6149])
    error = error_in_lsb(SIGNALS[name], 16, "shaped")
    assert abs(error.mean()) < 6 * 0.5 * abs(taps).sum() / np.sqrt(error.size)
    assert error.var() == pytest.approx(0.25 * np.sum(taps**2), rel=0.02)


def test_shaped_error_has_the_spectrum_of_its_filter() -> None:
    taps = np.array([1, -2.033, 2.165, -1.959, 1.590, -0.6149])
    error = error_in_lsb(SIGNALS["a tone at -20 dB"], 16, "shaped")
    for low in range(1000, 21_000, 2000):
        frequencies = np.linspace(low, low + 1000, 50)
        response = np.abs(np.exp(-2j * np.pi * np.outer(frequencies / RATE, np.arange(6))) @ taps) ** 2
        white = 0.25 * np.sum(np.hanning(4096) ** 2)
        assert band_db(error, low, low + 1000) == pytest.approx(10 * np.log10(white * response.mean()), abs=1.0)


def test_without_dither_each_sample_goes_to_the_nearest_step() -> None:
    samples = np.random.default_rng(1).uniform(-0.9, 0.9, (10_000, 2)).astype(np.float32)
    error = error_in_lsb(samples, 16, "none")
    assert np.abs(error).max() <= 0.5
    assert not heard(quantised(audio_of(np.zeros((5000, 2))), 16, "none", SEED)).any()


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("dither", ["tpdf", "shaped", "none"])
def test_everything_stands_on_the_grid_exactly(bits: int, dither: str) -> None:
    samples = np.random.default_rng(2).uniform(-1.2, 1.2, (50_000, 2)).astype(np.float32)
    made = heard(quantised(audio_of(samples), bits, dither, SEED))
    steps = made.astype(np.float64) * 2 ** (bits - 1)
    assert made.dtype == np.float32
    assert np.array_equal(steps, np.round(steps))
    assert steps.min() == -(2 ** (bits - 1))
    assert steps.max() == 2 ** (bits - 1) - 1


@pytest.mark.parametrize("dither", ["tpdf", "shaped", "none"])
def test_full_scale_clips_and_never_wraps(dither: str) -> None:
    over = np.full((20_000, 2), 1.5, np.float32)
    over[:, 1] = -1.5
    made = heard(quantised(audio_of(over), 16, dither, SEED))
    assert np.all(made[:, 0] == np.float32(32767 / 32768))
    assert np.all(made[:, 1] == -1.0)


def test_the_same_seed_makes_the_same_noise_and_another_another() -> None:
    samples = tone(0.3)
    one, again, other = (heard(quantised(audio_of(samples), 16, "tpdf", seed)) for seed in (SEED, SEED, SEED[::-1]))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("dither", ["tpdf", "shaped"])
def test_blocks_of_any_size_give_the_same_samples(dither: str) -> None:
    samples = tone(0.3, frames=600_001)
    wanted = heard(quantised(audio_of(samples, block=600_001), 16, dither, SEED))
    for block in (997, 65_536):
        assert np.array_equal(heard(quantised(audio_of(samples, block=block), 16, dither, SEED)), wanted)


def test_channels_get_different_noise() -> None:
    error = error_in_lsb(SIGNALS["silence"], 16, "tpdf")
    assert abs(np.corrcoef(error.T)[0, 1]) < 6 / np.sqrt(len(error))


def band_db(error: np.ndarray, low: float, high: float, rate: int = RATE) -> float:
    """Power density of the error between two frequencies, in dB."""
    pieces = error[: len(error) // 4096 * 4096, 0].reshape(-1, 4096) * np.hanning(4096)
    power = np.mean(np.abs(np.fft.rfft(pieces)) ** 2, axis=0)
    frequencies = np.fft.rfftfreq(4096, 1 / rate)
    return float(10 * np.log10(power[(frequencies >= low) & (frequencies <= high)].mean()))


def test_shaped_noise_leaves_the_band_where_hearing_is_keenest() -> None:
    """From 2 to 5 kHz, 1 - 2.033/z + 2.165/z2 - 1.959/z3 + 1.590/z4 - 0.6149/z5 lies 10 dB and more under 0."""
    white = error_in_lsb(tone(0.1), 16, "tpdf")
    shaped = error_in_lsb(tone(0.1), 16, "shaped")
    assert band_db(shaped, 2000, 5000) < band_db(white, 2000, 5000) - 10
    assert band_db(shaped, 15_000, 20_000) > band_db(white, 15_000, 20_000) + 10
    assert abs(shaped.mean()) < 0.05
    # white error of 0.25 through that filter: the sum of its squared taps
    gain = 1 + 2.033**2 + 2.165**2 + 1.959**2 + 1.590**2 + 0.6149**2
    assert shaped.var() == pytest.approx(0.25 * gain, rel=0.05)


def test_at_other_rates_the_shaped_noise_only_rises() -> None:
    samples = np.zeros((1 << 16, 1), np.float32)
    error = heard(quantised(audio_of(samples, rate=96_000), 16, "shaped", SEED)) * 2.0**15
    assert band_db(error, 100, 2000, 96_000) < band_db(error, 30_000, 48_000, 96_000) - 20
    assert error.var() == pytest.approx(0.5, rel=0.05)  # 1 - 1/z doubles the power


def test_length_rate_and_channels_stay() -> None:
    for frames in (1, 2047, 2048, 2049, 4097):
        audio = quantised(audio_of(np.zeros((frames, 1)), rate=48_000), 16, "shaped", SEED)
        assert (audio.rate, audio.channels, audio.frames) == (48_000, 1, frames)
        assert heard(audio).shape == (frames, 1)
