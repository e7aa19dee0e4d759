"""What is still there in the quietest moments: mains hum and steady noise."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from ..model import Json
from .decibels import rms_dbfs

KEPT, LEAST, SHARE = 8, 3, 6
"""Moments that are kept; of short files a sixth, but three at least."""
HARMONICS = 6
_NOTHING = 1e-7
_BESIDE_HZ = (-12.0, -10.0, -8.0, 8.0, 10.0, 12.0)
OFF_HZ = 0.4
"""Mains keep to 0.2 Hz; the nearest notes of the tempered scale are 1 Hz away (G, 49.0 Hz)."""
STANDS_OUT_DB = 10.0
_NOISE_HZ = (350.0, 950.0)


class Quiet:
    """Keeps the quietest moments of a stream at a low rate, all of one length; digital silence is left out."""

    def __init__(self, rate: float, length: int) -> None:
        self._rate, self._length = rate, length
        self._kept: list[tuple[float, int, NDArray[np.float32]]] = []
        self._heard = 0

    def hear(self, planar: NDArray[np.float32]) -> None:
        """Take the next moments, one after another."""
        count = planar.shape[1] // self._length
        for moment in planar[:, : count * self._length].mean(axis=0).reshape(count, self._length):
            self._heard += 1
            level = float(moment.std())
            if level <= _NOTHING or (len(self._kept) == KEPT and -level <= self._kept[0][0]):
                continue
            push = heapq.heappush if len(self._kept) < KEPT else heapq.heapreplace
            push(self._kept, (-level, -self._heard, moment.copy()))

    def done(self) -> Json:
        if not self._kept:
            return None
        count = max(LEAST, min(KEPT, self._heard // SHARE))
        quietest = sorted(self._kept, key=lambda each: (-each[0], -each[1]))[:count]
        moments = np.stack([moment for _, _, moment in quietest]).astype(float)
        moments -= moments.mean(axis=1, keepdims=True)
        levels = 20 * np.log10(moments.std(axis=1))
        spread = round(float(levels.max() - levels.min()), 1)
        mains = {str(base): self._mains(moments, base) for base in (50, 60)}
        return {"moments": len(moments), "spread_db": spread, "flatness": self._flatness(moments), "mains": mains}

    def _mains(self, moments: NDArray[np.float64], base: int) -> list[Json]:
        """Of each harmonic: its level, how far it stands out, in how many moments it is there, how steady it is."""
        harmonics = [base * k for k in range(1, HARMONICS + 1) if base * k < self._rate / 2 - 20]
        return [self._line(moments, float(hz)) for hz in harmonics]

    def _line(self, moments: NDArray[np.float64], hz: float) -> Json:
        taper = np.hanning(self._length)
        level = np.abs(self._at(moments, taper, hz)) ** 2
        beside = np.median([np.abs(self._at(moments, taper, hz + off)) ** 2 for off in _BESIDE_HZ], axis=0)
        there = (level > beside * 10 ** (STANDS_OUT_DB / 10)) & (np.abs(self._off(moments, hz)) <= OFF_HZ)
        found = level[there]
        spread = float(10 * np.log10(np.percentile(found, 90) / np.percentile(found, 10))) if len(found) else None
        return {
            "hz": hz,
            "share": round(float(there.mean()), 3),
            "dbfs": rms_dbfs(float(np.median(found)) * 2) if len(found) else None,
            "out_db": round(float(10 * np.log10(np.median(level / np.maximum(beside, 1e-30)))), 1),
            "spread_db": None if spread is None else round(spread, 1),
        }

    def _at(self, moments: NDArray[np.float64], taper: NDArray[np.float64], hz: float) -> NDArray[np.complex128]:
        """Half the amplitude of a sine of this frequency, with its phase."""
        turning = np.exp(-2j * np.pi * hz / self._rate * np.arange(len(taper)))
        return np.asarray(moments[:, : len(taper)] @ (turning * taper) / taper.sum())

    def _off(self, moments: NDArray[np.float64], hz: float) -> NDArray[np.float64]:
        """By how many Hz the line differs, told by its phase in the first and the second half."""
        half = self._length // 2
        taper = np.hanning(half)
        one, other = self._at(moments, taper, hz), self._at(moments[:, half:], taper, hz)
        turned = np.angle(other * np.conj(one) * np.exp(-2j * np.pi * hz / self._rate * half))
        return np.asarray(turned / (2 * np.pi) * self._rate / half)

    def _flatness(self, moments: NDArray[np.float64]) -> float:
        """Median over the moments of geometric over arithmetic mean of the power spectrum: noise has 0.56, notes 0."""
        power = np.abs(np.fft.rfft(moments * np.hanning(self._length), axis=1)) ** 2 + 1e-30
        low, high = (round(hz / self._rate * self._length) for hz in _NOISE_HZ)
        band = power[:, low:high]
        return round(float(np.median(np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1))), 3)
