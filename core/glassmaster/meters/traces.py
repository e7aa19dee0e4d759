"""Traces of a lossy encoder: at its own framing, the transform it used finds the lines that it set to zero.

An encoder cuts the sound into overlapping windows, transforms each (MDCT) and rounds most of the lines, many of them to
nothing. Whoever takes the same transform at the same place gets those nothings back - under 1e-7 in a 24-bit file -
however loud the sound is; one sample beside it, every line is full again. Nothing but an encoder does that. (J. Herre,
M. Schug: Analysis of Decompressed Audio - The Inverse Decoder, AES 109th Convention, 2000.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import HOP_SECONDS, Json, Passage

LENGTH = 2048
"""Long windows of Vorbis (32 kHz and up) and AAC."""
_LINES = range(24, 672, 9)
"""Lines looked at, from 0.6 to 15 kHz at 48 kHz."""
_FULL = 2e-6
_LEAST_LINES = 16
"""Of these so many must hold sound somewhere: what is nothing everywhere tells nothing."""
_SIZE = 4096
_QUANTILE = 0.2
_BESIDE = 2
CONTRAST_DB = 10.0
"""At the best place the faint lines lie this far under what they are at any other."""
ENOUGH = 2
"""Windows with a trace after which nothing more is looked at."""
MOST = 12
"""Windows that are looked at."""
_LEAST_RMS = 1e-3


def _vorbis() -> NDArray[np.float64]:
    """Vorbis I specification, 1.3.2."""
    return np.asarray(np.sin(np.pi / 2 * np.sin(np.pi * (np.arange(LENGTH) + 0.5) / LENGTH) ** 2))


def _sine() -> NDArray[np.float64]:
    return np.asarray(np.sin(np.pi * (np.arange(LENGTH) + 0.5) / LENGTH))


def _kaiser() -> NDArray[np.float64]:
    """Kaiser-Bessel derived, alpha 4: ISO/IEC 14496-3, 4.6.11."""
    sums = np.cumsum(np.kaiser(LENGTH // 2 + 1, 4 * np.pi))
    rising = np.sqrt(sums[:-1] / sums[-1])
    return np.asarray(np.concatenate([rising, rising[::-1]]))


WINDOWS: dict[str, Callable[[], NDArray[np.float64]]] = {"vorbis": _vorbis, "aac-sine": _sine, "aac-kbd": _kaiser}


class Traces:
    """Looks at up to `MOST` windows of the first channel, ever further apart: 0.5 s, 1 s, 1.5 s ... between them.

    `windows` looked at, `hits` among them, `window`: the kind that fits, `contrast_db` of the best.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._next, self._number = 0.5, 1
        self._found: list[tuple[float, str]] = []

    def hear(self, passage: Passage) -> None:
        begin, frames = passage.first * HOP_SECONDS, len(passage.block)
        while len(self._found) < MOST and sum(contrast >= CONTRAST_DB for contrast, _ in self._found) < ENOUGH:
            start = round((self._next - begin) * self._rate)
            if start + _SIZE > frames:
                break
            self._next, self._number = self._next + 0.5 * self._number, self._number + 1
            if start >= 0:
                self._look(passage.block[start : start + _SIZE, 0])

    def done(self) -> Json:
        best, window = max(self._found, default=(0.0, ""))
        hits = sum(contrast >= CONTRAST_DB for contrast, _ in self._found)
        return {
            "windows": len(self._found),
            "hits": hits,
            "window": window if hits else None,
            "contrast_db": round(best, 1),
        }

    def _look(self, sound: NDArray[np.float32]) -> None:
        sound = sound - sound.mean()
        if float(sound @ sound) < _LEAST_RMS**2 * len(sound):
            return
        spectrum = np.fft.rfft(sound)
        self._found.append(max((_contrast(spectrum * _kernels(name)), name) for name in WINDOWS))


@cache
def _kernels(name: str) -> NDArray[np.complex64]:
    """Spectra of the MDCT's basis functions, turned round in time: a product with them is a correlation."""
    n, middle = np.arange(LENGTH), (LENGTH / 2 + 1) / 2
    phases = np.outer(np.array(_LINES) + 0.5, n + middle)
    basis = np.cos(2 * np.pi / LENGTH * phases) * WINDOWS[name]() * (2 / LENGTH**0.5)
    return np.asarray(np.conj(np.fft.rfft(basis, _SIZE)), np.complex64)


def _contrast(spectra: NDArray[Any]) -> float:
    """How far the faint lines lie at the best place under what they are at the next best one, in dB.

    The next best, for a lone tone makes all lines faint at once too, but again and again.
    """
    lines = np.abs(np.fft.irfft(spectra, _SIZE)[:, : LENGTH // 2])
    lines = lines[np.median(lines, axis=1) > _FULL]
    if len(lines) < _LEAST_LINES:
        return 0.0
    rank = int(_QUANTILE * len(lines))
    faint = np.partition(lines, rank, axis=0)[rank] + 1e-9
    best = int(faint.argmin())
    others = np.delete(faint, slice(max(0, best - _BESIDE), best + _BESIDE + 1))
    return float(20 * np.log10(others.min() / faint[best]))
