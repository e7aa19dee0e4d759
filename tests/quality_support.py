"""What a limiter does to the sound, in figures: each of a signal, and of what any limiter made of it.

The limiter under test is a function from sound (frames x channels, 48 kHz) to sound of the same length, in time with
it, held to -1 dBTP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.peaks_support import Sound, true_peak_db

Limiter = Callable[[Sound], Sound]
Wave = NDArray[np.float64]

RATE = 48_000
CEILING_DBTP = -1.0
_CEILING = 10 ** (CEILING_DBTP / 20)


@dataclass(frozen=True)
class Figure:
    """One quality of a limiter."""

    title: str
    unit: str
    better: str
    """"lower" or "higher"."""
    of: Callable[[Limiter], float]


def _time(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE)) / RATE


def _stereo(wave: Wave) -> Sound:
    return np.stack((wave, wave), axis=1).astype(np.float32)


def _db(ratio: float) -> float:
    return 20 * float(np.log10(max(ratio, 1e-12)))


def _tone(hz: float, seconds: float, over_db: float) -> Wave:
    """A sine that peaks so far over the ceiling."""
    return np.asarray(_CEILING * 10 ** (over_db / 20) * np.sin(2 * np.pi * hz * _time(seconds)))


def _spectrum(wave: Wave) -> Wave:
    """Magnitudes in bins of 1 Hz of the last second."""
    return np.asarray(np.abs(np.fft.rfft(wave[-RATE:] * np.blackman(RATE))))


def distortion_db(limiter: Limiter, hz: int, over_db: float) -> float:
    """All that is not the tone, against it, in the third second of a tone that is too loud (THD+N)."""
    spectrum = _spectrum(limiter(_stereo(_tone(hz, 3, over_db)))[:, 0].astype(np.float64))
    spectrum[:5] = 0
    near = slice(hz - 4, hz + 5)
    tone = float(np.sum(spectrum[near] ** 2))
    spectrum[near] = 0
    return 10 * float(np.log10(max(np.sum(spectrum**2) / tone, 1e-20)))


def onset_distortion_db(limiter: Limiter) -> float:
    """The first 200 ms of a 50 Hz tone, 6 dB over, against the best fitting copy of the tone itself."""
    clean = _tone(50, 0.2, 6)[2400:]
    made = limiter(_stereo(_tone(50, 1, 6)))[2400 : 2400 + len(clean), 0].astype(np.float64)
    rest = made - clean * (made @ clean) / (clean @ clean)
    return 10 * float(np.log10(np.mean(rest**2) / np.mean(made**2)))


def intermodulation_db(limiter: Limiter) -> float:
    """60 Hz, 4 dB over, moves a quiet 3 kHz tone: side bands within 600 Hz of it, against it."""
    wave = _tone(60, 3, 4) + 0.05 * np.sin(2 * np.pi * 3000 * _time(3))
    spectrum = _spectrum(limiter(_stereo(wave))[:, 0].astype(np.float64))
    tone = float(np.sum(spectrum[2996:3005] ** 2))
    sides = float(np.sum(spectrum[2400:3601] ** 2)) - tone
    return 10 * float(np.log10(max(sides / tone, 1e-20)))


def _drums() -> Sound:
    """A bass drum twice a second, up to 6 dB over, on a quiet 1 kHz tone to hear the gain by."""
    time = _time(6)
    since = time % 0.5
    beat = np.exp(-since * 25) * np.sin(2 * np.pi * 60 * since + 8 * np.exp(-since * 80))
    return _stereo(2 * _CEILING * beat + 0.1 * np.sin(2 * np.pi * 1000 * time))


def _level(wave: Wave, hz: float) -> Wave:
    """Level of a tone over time in dB: its share of each 20 ms, windows that overlap."""
    carrier = np.exp(-2j * np.pi * hz * np.arange(len(wave)) / RATE) * wave
    window = np.hanning(960)
    return np.asarray(20 * np.log10(np.abs(np.convolve(carrier, window / window.sum(), "same"))))


def pumping_db(limiter: Limiter) -> float:
    """How far the quiet tone swings with the drum: least to most over a whole beat, once the beat is known."""
    sound = _drums()
    level = _level(limiter(sound)[:, 0].astype(np.float64), 1000) - _level(sound[:, 0].astype(np.float64), 1000)
    return float(np.ptp(level[4 * RATE : int(5.5 * RATE)]))


def gain_of(limiter: Limiter, wave: Wave) -> Wave:
    """Gain over time in dB, wherever there is signal enough to tell; between, it is taken to move evenly."""
    sound = _stereo(wave)
    made, given = limiter(sound)[:, 0].astype(np.float64), sound[:, 0].astype(np.float64)
    clear = np.flatnonzero((np.abs(given) > 0.05) & (made * given > 0))
    return np.asarray(np.interp(np.arange(len(given)), clear, 20 * np.log10(made[clear] / given[clear])))


def _chord(seconds: float) -> Wave:
    """Music of a kind: a chord that swells, hits of noise, a low tone; never silent for long."""
    time, rng = _time(seconds), np.random.default_rng(2)
    pitches = (55, 220, 277.2, 329.6, 880, 1760)
    chord = np.sum([np.sin(2 * np.pi * hz * time + rng.uniform(0, 6)) for hz in pitches], axis=0)
    hits = np.exp(-(time % 0.4) * 50) * np.convolve(rng.standard_normal(len(time)), np.hanning(7) / 2.5, "same")
    return np.asarray(0.13 * chord * (0.7 + 0.3 * np.sin(2 * np.pi * 0.4 * time)) + 0.5 * hits)


def music(over_db: float, seconds: float = 4) -> Wave:
    """Peaks so far over the ceiling."""
    wave = _chord(seconds)
    return np.asarray(wave * 10 ** ((CEILING_DBTP + over_db - true_peak_db(_stereo(wave)[:, :1], RATE)) / 20))


def slope_db_per_ms(limiter: Limiter) -> float:
    """The steepest that the gain moves over a millisecond, in music that peaks 6 dB over."""
    gain = gain_of(limiter, music(6))
    return float(np.abs(gain[48:] - gain[:-48]).max())


def roughness_db(limiter: Limiter) -> float:
    """Power of the gain's movement above 1 kHz against all of it: what is heard as grit, not as level."""
    gain = 10 ** (gain_of(limiter, music(6)) / 20)
    power = np.abs(np.fft.rfft((gain - gain.mean()) * np.hanning(len(gain)))) ** 2
    fast = round(1000 * len(gain) / RATE)
    return 10 * float(np.log10(max(power[fast:].sum() / power[1:].sum(), 1e-12)))


def transparency_db(limiter: Limiter) -> float:
    """What 1 dB of gain reduction on the highest peaks changes, against the music."""
    sound = _stereo(music(1))
    change = limiter(sound).astype(np.float64) - sound
    share = float(np.mean(change**2) / np.mean(sound.astype(np.float64) ** 2))
    return 10 * float(np.log10(max(share, 1e-20)))


def bypass_db(limiter: Limiter) -> float:
    """What is changed in music that never comes within 0.5 dB of the ceiling: -240 is not one bit."""
    sound = _stereo(music(-0.5))
    change = np.abs(limiter(sound).astype(np.float64) - sound).max()
    return _db(float(change))


def recovery_ms(limiter: Limiter) -> float:
    """After one click 10 dB over in music: how long until the gain is back to 1 dB."""
    wave = music(-6, 2)
    wave[RATE] = _CEILING * 10**0.5
    gain = gain_of(limiter, wave)
    late = np.flatnonzero(gain[RATE + 2 :] < -1.0)
    return float(late[-1] + 2) / RATE * 1000 if len(late) else 0.0


def overshoot_db(limiter: Limiter) -> float:
    """True peak over the ceiling, music driven 9 dB over."""
    return true_peak_db(limiter(_stereo(music(9)))[:, :1], RATE) - CEILING_DBTP


FIGURES = (
    Figure("true peak over the ceiling, music 9 dB over", "dB", "lower", overshoot_db),
    Figure("distortion of 50 Hz, 3 dB over", "dB", "lower", lambda each: distortion_db(each, 50, 3)),
    Figure("distortion of 50 Hz, 6 dB over", "dB", "lower", lambda each: distortion_db(each, 50, 6)),
    Figure("distortion of 100 Hz, 6 dB over", "dB", "lower", lambda each: distortion_db(each, 100, 6)),
    Figure("distortion of 50 Hz, 6 dB over, its first 200 ms", "dB", "lower", onset_distortion_db),
    Figure("side bands of 3 kHz under 60 Hz, 4 dB over", "dB", "lower", intermodulation_db),
    Figure("swing of a quiet tone under a bass drum, 6 dB over", "dB", "lower", pumping_db),
    Figure("steepest gain, music 6 dB over", "dB/ms", "lower", slope_db_per_ms),
    Figure("gain movement above 1 kHz, music 6 dB over", "dB", "lower", roughness_db),
    Figure("back to 1 dB after a click, 10 dB over", "ms", "lower", recovery_ms),
    Figure("change of music whose peaks stand 1 dB over", "dB", "lower", transparency_db),
    Figure("change of music under the ceiling", "dB", "lower", bypass_db),
)
