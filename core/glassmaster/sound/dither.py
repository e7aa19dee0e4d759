"""Dither and rounding to integer depths.

TPDF: the sum of two uniform values of one LSB, then rounding to nearest, makes the error's mean zero and its variance
independent of the signal (Lipshitz, Wannamaker, Vanderkooy, "Quantization and Dither", JAES 40/5, 1992). `shaped` moves
the error to where hearing is least sensitive, by error feedback (Lipshitz, Vanderkooy, Wannamaker, "Minimally Audible
SFC64 Shaping", JAES 39/11, 1991: five coefficients for 44.1 kHz).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.random import SFC64
from numpy.typing import NDArray

from ..model import Audio, Block
from .blocks import regular

_BLOCK = 1 << 14  # stays in the cache
_SHAPED_BLOCK = 1 << 18
_STRIP = 2048
_SHAPE = (2.033, -2.165, 1.959, -1.590, 0.6149)
_SHAPED_RATES = (44_100, 48_000)
_Wide = NDArray[np.float64]


def quantised(audio: Audio, bits: int, dither: str, seed: str) -> Audio:
    """`audio` on the grid of `bits`-bit integers (multiples of 2**(1 - bits), full scale clipped to +max).

    `dither` is "tpdf", "shaped" or "none"; `seed` (hex) makes the noise, the same for the same errand.
    """

    shape = _shape(dither, audio.rate)

    def blocks() -> Iterator[Block]:
        noise = SFC64(int(seed[:32], 16))
        for block in regular(audio, _SHAPED_BLOCK if shape else _BLOCK):
            yield _rounded(block, bits, shape, noise if dither != "none" else None)

    return Audio(audio.rate, audio.channels, audio.frames, blocks)


def noise_peak(bits: int, dither: str, rate: int) -> float:
    """How high the noise of rounding rises, between its samples too, as a share of full scale.

    Six times its standard deviation: gaussian noise passes that once in 500 million values.
    """
    step = 2.0 ** (1 - bits)
    if dither == "none":
        return 6.0 * step * math.sqrt(1 / 12)
    return 6.0 * step * math.sqrt(0.25 * (1.0 + sum(factor * factor for factor in _shape(dither, rate))))


def _shape(dither: str, rate: int) -> tuple[float, ...]:
    if dither != "shaped":
        return ()
    return _SHAPE if rate in _SHAPED_RATES else (1.0,)  # elsewhere a plain high-pass of the error


def _rounded(block: Block, bits: int, shape: tuple[float, ...], noise: SFC64 | None) -> Block:
    top = float(2 ** (bits - 1))
    steps = np.multiply(block, top, dtype=np.float64)
    if shape:
        steps = _fed_back(steps, _tpdf(noise, steps.shape) if noise else np.zeros_like(steps), shape)
    elif noise:
        steps += _tpdf(noise, steps.shape)
    np.rint(steps, out=steps)
    np.clip(steps, -top, top - 1, out=steps)
    steps *= 1 / top  # a power of two: exact
    return steps.astype(np.float32)


def _tpdf(noise: SFC64, shape: tuple[int, ...]) -> _Wide:
    """Differences of two 16-bit random integers: an LSB in 65,536 steps, at a quarter of the time of two floats."""
    size = math.prod(shape)
    random = noise.random_raw((size + 1) // 2).view(np.uint16)[: 2 * size]
    spread = random[:size].astype(np.int32) - random[size:]
    scaled: _Wide = np.multiply(spread, 2.0**-16, dtype=np.float64)
    return scaled.reshape(shape)


def _fed_back(steps: _Wide, dither: _Wide, shape: tuple[float, ...]) -> _Wide:
    """Error feedback over strips of 2,048 frames side by side: no loop over every sample of a song.

    The error starts anew with each strip; the error of one LSB that is forgotten there is as small as the noise.
    """
    frames, channels = steps.shape
    strips = -(-frames // _STRIP)
    padding = ((0, strips * _STRIP - frames), (0, 0))
    signal = np.pad(steps, padding).reshape(strips, _STRIP, channels).transpose(1, 0, 2).copy()
    hiss = np.pad(dither, padding).reshape(strips, _STRIP, channels).transpose(1, 0, 2).copy()
    errors = [np.zeros((strips, channels)) for _ in shape]
    for now, spread in zip(signal, hiss, strict=True):
        wanted = now - sum(factor * error for factor, error in zip(shape, errors, strict=True))
        now[...] = np.rint(wanted + spread)
        errors = [now - wanted, *errors[:-1]]
    return signal.transpose(1, 0, 2).reshape(strips * _STRIP, channels)[:frames]
