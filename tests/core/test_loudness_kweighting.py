"""K-weighting against the standard's own coefficients, and what every sample rate must read."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from tests.loudness_support import Sound, heard, loudness, music, tone

SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])


def by_the_book(sound: Sound) -> list[float]:
    """Energies of whole 10 ms hops at 48 kHz (BS.1770-5, annex 1, tables 1 and 2), in float64, sample by sample."""
    y = lfilter(*HIGH_PASS, lfilter(*SHELF, sound.astype(np.float64), axis=0), axis=0)
    squares = (y * y).sum(axis=1)
    return [float(squares[i : i + 480].mean()) for i in range(0, len(squares) // 480 * 480, 480)]


@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_energies_are_those_of_the_standards_filters(offset: float) -> None:
    sound = music(48000, 12) + np.float32(offset)
    expected = by_the_book(sound)
    energies = heard(sound, 48000).energies
    assert len(energies) == len(expected)
    np.testing.assert_allclose(np.sqrt(energies), np.sqrt(expected), rtol=1e-5, atol=2e-7)


def test_a_quiet_tone_on_a_large_offset_is_still_heard() -> None:
    sound = tone(48000, (10, -60.0)) + np.float32(0.9)
    np.testing.assert_allclose(heard(sound, 48000).energies[300:], by_the_book(sound)[300:], rtol=1e-3)


RATES = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000, 384000)


@pytest.mark.parametrize("rate", RATES)
def test_997_hz_at_full_scale_in_one_channel_reads_minus_3_01(rate: int) -> None:
    sound = tone(rate, (5, 0.0), hz=997)
    sound[:, 1] = 0
    reading = loudness(sound, rate).integrated_lufs
    assert reading == pytest.approx(-3.010, abs=0.001 if rate == 48000 else 0.005)


@pytest.mark.parametrize("rate", [11025, 22050, 11111, 44101])
def test_hops_do_not_drift_at_rates_that_they_do_not_divide(rate: int) -> None:
    sound = tone(rate, (90, None), (1.005, -20.0))
    measured = heard(sound, rate)
    assert len(measured.energies) == len(measured.peaks) == -(-len(sound) * 100 // rate) == 9101
    assert measured.peaks[:9000].max() == 0.0
    assert measured.peaks[9000:9100].min() == pytest.approx(0.1, abs=0.005)
    assert measured.max_momentary_lufs == pytest.approx(-20.0, abs=0.05)


def test_a_steady_tone_reads_the_same_for_any_length() -> None:
    whole = tone(48000, (40, -20.0), hz=997)
    expected = loudness(whole, 48000).integrated_lufs
    for seconds in (0.4, 0.4951, 0.55, 0.9999, 1.0, 2.345, 3.0, 7.777, 20.005, 33.33):
        assert loudness(whole[: round(seconds * 48000)], 48000).integrated_lufs == pytest.approx(expected, abs=0.002)


def test_silence_after_sound_decays_to_nothing() -> None:
    energies = heard(tone(48000, (1, 0.0), (20, None)), 48000).energies
    assert energies[300:].max() < 1e-15
    assert energies[-1] == 0.0
