"""Traces of a lossy encoder: at its own framing, the transform it used finds the lines that it set to zero.

An encoder cuts the sound into overlapping windows, transforms each (MDCT) and rounds most of the lines, many of them to
nothing. Whoever takes the same transform at the same place gets those nothings back - under 1e-7 in a 24-bit file -
however loud the sound is; one sample beside it, every line is full again. Nothing but an encoder does that. (J. Herre,
M. Schug: Analysis of Decompressed Audio - The Inverse Decoder, AES 109th Convention, 2000.)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import Json, Passage

LENGTH = 2048
"""Long windows of Vorbis (32 kHz and up) and AAC."""
_LINES = range(24, 672, 9)
"""Lines looked at, from 0.6 to 15 kHz at 48 kHz."""
_FULL = 2e-6
_LEAST_LINES = 16
"""Of these so many must hold sound somewhere: what is nothing everywhere tells nothing."""
_SIZE = 4096
_NOTHING = 1e-8
_BESIDE = 2
_DECIBELS = 10 * math.log10(2) / 2**23
"""A step of the bits of a single-precision number, read as an integer: its logarithm to a quarter of a decibel, for a
tenth of what a logarithm costs."""
CONTRAST_DB, LEAD_DB = 1.0, 2.0
"""At the best place the lines lie this far under what they are at any other, on average: a trace, if another window has
one of the same kind at the same framing, and one of them is as clear as the lead."""
CLEAR_DB = 6.0
"""A trace by itself; chance reaches 3 dB. Nothing more is looked at then."""
MOST = 12
"""Windows that are looked at."""
_LEAST_RMS = 1e-3
_FIRST_SECONDS, _STEP_SECONDS = 0.5, 0.25


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


@dataclass(frozen=True)
class _Trace:
    contrast_db: float
    window: str
    framing: int
    """Frame at which the encoder's windows begin, modulo half their length."""


class Traces:
    """Looks at up to `MOST` windows of the first channel, ever further apart: 0.25 s, 0.5 s, 0.75 s ... between them.

    `windows` looked at; `hits`: most of them that show a trace of one kind at one framing; `window`: that kind;
    `contrast_db` of the clearest.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._next, self._number = _FIRST_SECONDS, 1
        self._looked, self._clear = 0, False
        self._found: list[_Trace] = []

    def hear(self, passage: Passage) -> None:
        begin, frames = passage.first * self._rate // 100, len(passage.block)
        while self._looked < MOST and not self._clear:
            start = round(self._next * self._rate) - begin
            if start + _SIZE > frames:
                break
            self._next, self._number = self._next + _STEP_SECONDS * self._number, self._number + 1
            if start >= 0:
                self._look(passage.block[start : start + _SIZE, 0], begin + start)

    def done(self) -> Json:
        leads = {(each.window, each.framing) for each in self._found if each.contrast_db >= LEAD_DB}
        shown = ((each.window, each.framing) for each in self._found if each.contrast_db >= CONTRAST_DB)
        alike = Counter(each for each in shown if each in leads)
        (window, _), hits = max(alike.items(), key=lambda each: each[1], default=((None, 0), 0))
        best = max(self._found, key=lambda each: each.contrast_db, default=_Trace(0.0, "", 0))
        return {
            "windows": self._looked,
            "hits": hits,
            "window": best.window if best.contrast_db >= CLEAR_DB else window,
            "contrast_db": round(best.contrast_db, 1),
        }

    def _look(self, sound: NDArray[np.float32], begin: int) -> None:
        sound = sound - sound.mean()
        if float(sound @ sound) < _LEAST_RMS**2 * len(sound):
            return
        self._looked += 1
        spectrum = np.fft.rfft(sound)
        for name in WINDOWS:
            contrast, place = _contrast(spectrum * _kernels(name))
            self._found.append(_Trace(contrast, name, (begin + place) % (LENGTH // 2)))
            self._clear = self._clear or contrast >= CLEAR_DB


@cache
def _kernels(name: str) -> NDArray[np.complex64]:
    """Spectra of the MDCT's basis functions, turned round in time: a product with them is a correlation."""
    n, middle = np.arange(LENGTH), (LENGTH / 2 + 1) / 2
    phases = np.outer(np.array(_LINES) + 0.5, n + middle)
    basis = np.cos(2 * np.pi / LENGTH * phases) * WINDOWS[name]() * (2 / LENGTH**0.5)
    return np.asarray(np.conj(np.fft.rfft(basis, _SIZE)), np.complex64)


def _contrast(spectra: NDArray[Any]) -> tuple[float, int]:
    """(dB, place): how far the lines lie at the best place, on average, under where they lie at the next best one.

    The next best, for a lone tone makes all lines faint at once too, but again and again.
    """
    lines = np.square(np.fft.irfft(spectra, _SIZE)[:, : LENGTH // 2], dtype=np.float32)
    lines = lines[lines.mean(axis=1) > _FULL**2]
    if len(lines) < _LEAST_LINES:
        return 0.0, 0
    lines += np.float32(_NOTHING**2)
    levels = lines.view(np.int32).mean(axis=0) * _DECIBELS
    best = int(levels.argmin())
    others = np.delete(levels, slice(max(0, best - _BESIDE), best + _BESIDE + 1))
    return float(others.min() - levels[best]), best
