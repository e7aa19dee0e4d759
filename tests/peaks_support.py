"""Signals that are hard on a limiter, and a true-peak meter that shares nothing with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from glassmaster.model import Audio, Grid
from glassmaster.peaks import Limiting, limit

Sound = NDArray[np.float32]
Wave = NDArray[np.float64]

RATES = (44100, 48000, 96000, 192000)
POINTS = 16


def audio(sound: Sound, rate: int, block: int = 65536) -> Audio:
    """`sound` (frames x channels) as a stream."""

    def blocks() -> Iterator[Sound]:
        return (sound[at : at + block] for at in range(0, len(sound), block))

    return Audio(rate, sound.shape[1], len(sound), blocks)


def drained(blocks: Iterator[Sound], channels: int) -> tuple[Sound, Grid]:
    """All blocks of a limiter as one, and what it returned."""
    parts = [np.zeros((0, channels), np.float32)]
    while True:
        try:
            parts.append(next(blocks))
        except StopIteration as end:
            return np.concatenate(parts), end.value


def limited(sound: Sound, rate: int, how: Limiting, block: int = 65536) -> tuple[Sound, Grid]:
    return drained(limit(audio(sound, rate, block), how), sound.shape[1])


def mono(wave: Wave) -> Sound:
    return wave.astype(np.float32)[:, None]


def db(ratio: float) -> float:
    return 20 * float(np.log10(max(ratio, 1e-10)))


def _convolved(wave: Wave, window: Wave) -> float:
    """Highest value at 16 points a frame by a windowed sinc; `window` has 16 x taps + 1 values."""
    half = len(window) // 2
    kernel = np.sinc(np.arange(-half, half + 1) / POINTS) * window
    return max(float(np.abs(np.convolve(wave, kernel[phase::POINTS])).max()) for phase in range(POINTS))


def true_peak_db(sound: Sound, rate: int) -> float:
    """Highest true peak in dBTP at 16 times the rate: the highest that three unlike meters find.

    A Hann-windowed sinc of 48 taps a phase, a Blackman-windowed one of 144, and libsoxr's VHQ resampler.
    """
    found = 0.0
    for channel in sound.T.astype(np.float64):
        wave = np.pad(channel, 400)
        for window in (np.hanning(48 * POINTS + 1), np.blackman(144 * POINTS + 1)):
            found = max(found, _convolved(wave, window))
        found = max(found, float(np.abs(soxr.resample(wave, rate, rate * POINTS, "VHQ")).max()))
    return db(found)


def _clicks(rng: np.random.Generator, n: int) -> Wave:
    wave = np.zeros(n)
    wave[rng.integers(0, n, 20)] = rng.uniform(-4, 4, 20)
    return wave


def _music(rng: np.random.Generator, n: int) -> Wave:
    t = np.arange(n)
    tones = sum(rng.random() * np.sin(rng.uniform(0.001, 0.8) * t + rng.random() * 6) for _ in range(12))
    hits = np.exp(-(t % max(500, n // 6)) / 300.0) * rng.standard_normal(n)
    return np.asarray(0.4 * tones + 1.5 * hits)


def _gated(rng: np.random.Generator, wave: Wave) -> Wave:
    length = int(rng.integers(40, 900))
    gate = rng.random(len(wave) // length + 1) > 0.5
    return np.asarray(wave * np.repeat(gate, length)[: len(wave)])


def _tone(rng: np.random.Generator, n: int, low: float, high: float) -> Wave:
    return np.asarray(np.sin(np.pi * rng.uniform(low, high) * np.arange(n) + rng.random() * 6))


HARD: dict[str, Callable[[np.random.Generator, int], Wave]] = {
    "quarter-rate tone": lambda rng, n: 2 * np.sin(np.pi / 2 * np.arange(n) + np.pi / 4),
    "quarter-rate bursts": lambda rng, n: _gated(rng, 2 * np.sin(np.pi / 2 * np.arange(n) + np.pi / 4)),
    "third-rate tone": lambda rng, n: 2 * np.sin(2 * np.pi / 3 * np.arange(n) + 1),
    "white noise": lambda rng, n: 0.6 * rng.standard_normal(n),
    "hard-clipped noise": lambda rng, n: np.clip(3 * rng.standard_normal(n), -1, 1),
    "random signs": lambda rng, n: rng.choice([-1.0, 1.0], n),
    "alternating": lambda rng, n: 1.5 * np.where(np.arange(n) % 2, 1.0, -1.0),
    "alternating bursts": lambda rng, n: _gated(rng, 1.5 * np.where(np.arange(n) % 2, 1.0, -1.0)),
    "square": lambda rng, n: 1.4 * np.sign(_tone(rng, n, 0.001, 0.1)),
    "clicks": _clicks,
    "high tone": lambda rng, n: 1.8 * _tone(rng, n, 0.7, 0.99),
    "low tone": lambda rng, n: 2.5 * _tone(rng, n, 0.001, 0.05),
    "sweep": lambda rng, n: 1.9 * np.sin(np.pi / 2 * np.arange(n) ** 2.0 / n),
    "music": _music,
    "clipped music": lambda rng, n: np.clip(2 * _music(rng, n), -1, 1),
    "steps": lambda rng, n: _gated(rng, np.full(n, 2.0)),
}
"""Each more than 1 dB over full scale somewhere between its samples."""


def hard(seed: int, kind: int, frames: int) -> Sound:
    """One of the hard signals, in one or two channels."""
    rng = np.random.default_rng([seed, kind])
    make = list(HARD.values())[kind]
    channels = [make(rng, frames) * rng.uniform(0.7, 2.0) for _ in range(rng.integers(1, 3))]
    return np.stack(channels, axis=1).astype(np.float32)
