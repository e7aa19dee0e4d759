"""Test signals for the meter, made without it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from glassmaster.loudness import Hearing
from glassmaster.model import Audio, Block, Grid, Measurement

Sound = NDArray[np.float32]
RATES = (44100, 48000, 88200, 96000, 192000)


def tone(rate: int, *parts: tuple[float, float | None], channels: int = 2, hz: int = 1000) -> Sound:
    """A sine through (seconds, peak level in dBFS or None for silence), in phase on all channels."""
    frames = [round(seconds * rate) for seconds, _ in parts]
    gains = [0.0 if level is None else 10 ** (level / 20) for _, level in parts]
    second = np.sin(2 * np.pi * hz * np.arange(rate) / rate).astype(np.float32)
    sound = np.empty((sum(frames), channels), np.float32)
    sound[:] = np.resize(second, len(sound))[:, None]
    for end, count, gain in zip(np.cumsum(frames), frames, gains, strict=True):
        sound[end - count : end] *= np.float32(gain)
    return sound


def music(rate: int, seconds: float, seed: int = 1) -> Sound:
    """Something like music: beats, chords, hiss, a fade-in and a pause, different on both channels."""
    random = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    swell = np.clip(t / 4, 0, 1) * (0.4 + 0.6 * np.sin(2 * np.pi * t / 19) ** 2) * ((t % 23) > 2.5)
    beat = np.exp(-((t % 0.5) * 18)) * np.sin(2 * np.pi * 55 * t)
    sound = np.empty((len(t), 2), np.float32)
    for channel, detune in enumerate((1.0, 1.003)):
        chord = sum(np.sin(2 * np.pi * hz * detune * t + hz) for hz in (110.0, 277.2, 659.3, 2637.0)) / 8
        sound[:, channel] = swell * (0.5 * beat + 0.4 * chord + 0.05 * random.standard_normal(len(t)))
    return sound


def audio(sound: Sound, rate: int, size: int = 65536) -> Audio:
    """A stream of blocks of `size` frames."""

    def blocks() -> Iterator[Block]:
        for begin in range(0, len(sound), size):
            yield sound[begin : begin + size]

    return Audio(rate, sound.shape[1], len(sound), blocks)


def heard(sound: Sound, rate: int, sizes: Sequence[int] = (65536,), **options: object) -> Measurement:
    """Hear a sound in blocks of the given sizes, over and over."""
    hearing = Hearing(rate, sound.shape[1], **options)  # type: ignore[arg-type]
    begin = turn = 0
    while begin < len(sound):
        size = sizes[turn % len(sizes)]
        hearing.hear(sound[begin : begin + size])
        begin, turn = begin + size, turn + 1
    return hearing.done()


def loudness(sound: Sound, rate: int) -> Measurement:
    """Hear a sound, with sample peaks only: sines are the hardest there is for the true peak's short cuts."""
    return heard(sound, rate, oversampling=1)


def gated(grids: Sequence[Grid]) -> float | None:
    """Integrated loudness by the book (BS.1770-5, annex 1, equations 3 to 7), block by block."""
    blocks = [
        math.fsum(map(float, grid[begin : begin + 40])) / 40 for grid in grids for begin in range(0, len(grid) - 39, 10)
    ]
    loud = [z for z in blocks if z > 0 and -0.691 + 10 * math.log10(z) > -70]
    if not loud:
        return None
    threshold = -0.691 + 10 * math.log10(math.fsum(loud) / len(loud)) - 10
    louder = [z for z in loud if -0.691 + 10 * math.log10(z) > threshold]
    return -0.691 + 10 * math.log10(math.fsum(louder) / len(louder))
