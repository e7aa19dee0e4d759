"""Whether two channels move together in the low end, where loudspeakers and grooves want them to."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

SPLIT_HZ = 120.0
_REACH = 2.0
"""The filter spans so many periods of its corner to either side."""


class LowEnd:
    """Correlation of two channels between about 20 and 120 Hz, from a stream at a low rate."""

    def __init__(self, channels: int, rate: float) -> None:
        at = np.arange(-round(_REACH * rate / SPLIT_HZ), round(_REACH * rate / SPLIT_HZ) + 1)
        low = np.sinc(2 * SPLIT_HZ / rate * at) * np.hanning(len(at) + 2)[1:-1]
        self._taps = (low / low.sum()).astype(np.float32)
        self._stereo = channels == 2
        self._sums = np.zeros(3)
        self._step = max(1, int(rate / (4 * SPLIT_HZ)))

    def hear(self, planar: NDArray[np.float32]) -> None:
        """Take the next frames; pieces are filtered each by itself."""
        if not self._stereo or planar.shape[1] < 2 * len(self._taps):
            return
        left, right = (self._filtered(channel) for channel in planar)
        self._sums += [left @ left, right @ right, left @ right]

    def done(self) -> float | None:
        left, right, both = self._sums.tolist()
        return round(max(-1.0, min(1.0, both / math.sqrt(left * right))), 4) if left > 0 < right else None

    def _filtered(self, sound: NDArray[np.float32]) -> NDArray[np.float64]:
        low = np.convolve(sound, self._taps, "valid")[:: self._step].astype(np.float64)
        return np.asarray(low - low.mean())
