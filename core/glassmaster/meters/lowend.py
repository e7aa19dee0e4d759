"""Whether two channels move together in the low end, where loudspeakers and grooves want them to."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

SPLIT_HZ = 120.0
_LEAST = 1e-3
_REACH = 2.0
"""The filter spans so many periods of its corner to either side."""


class LowEnd:
    """Correlation of two channels between about 20 and 120 Hz, and above that, from a stream at a low rate.

    None for what is next to nothing: the low end under a thousandth of all, or a silent channel.
    """

    def __init__(self, channels: int, rate: float) -> None:
        reach = round(_REACH * rate / SPLIT_HZ)
        at = np.arange(-reach, reach + 1)
        low = np.sinc(2 * SPLIT_HZ / rate * at) * np.hanning(len(at) + 2)[1:-1]
        self._taps = (low / low.sum()).astype(np.float32)
        self._reach, self._stereo = reach, channels == 2
        self._low, self._rest = np.zeros(3), np.zeros(3)

    def hear(self, planar: NDArray[np.float32]) -> None:
        """Take the next frames; pieces are filtered each by itself."""
        if not self._stereo or planar.shape[1] < 2 * len(self._taps):
            return
        low = np.stack([np.convolve(channel, self._taps, "valid") for channel in planar]).astype(np.float64)
        rest = planar[:, self._reach : self._reach + low.shape[1]] - low
        self._low += _products(low - low.mean(axis=1, keepdims=True))
        self._rest += _products(rest)

    def done(self) -> tuple[float | None, float | None]:
        """(under 120 Hz, above)."""
        if self._low[:2].sum() < _LEAST * self._rest[:2].sum():
            return None, _correlation(self._rest)
        return _correlation(self._low), _correlation(self._rest)


def _products(sound: NDArray[np.float64]) -> list[float]:
    left, right = sound
    return [float(left @ left), float(right @ right), float(left @ right)]


def _correlation(sums: NDArray[np.float64]) -> float | None:
    left, right, both = sums.tolist()
    return round(max(-1.0, min(1.0, both / math.sqrt(left * right))), 4) if left > 0 < right else None
