"""Whether two channels move together in the low end, where loudspeakers and grooves want them to."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .windows import Decimator

SPLIT_HZ = 120.0
_LEAST = 1e-3
_LOW_HZ = 1250.0
_REACH = 2.0
"""The filter spans so many periods of its corner to either side."""


class LowEnd:
    """Correlation of two channels between about 20 and 120 Hz, and above that, from a stream at a low rate.

    None for what is next to nothing: a part under a thousandth of the other, or a silent channel.
    """

    def __init__(self, channels: int, rate: float) -> None:
        factor = max(1, round(rate / _LOW_HZ))
        self._decimate = Decimator(channels, factor)
        reach = round(_REACH * rate / factor / SPLIT_HZ)
        low = np.sinc(2 * SPLIT_HZ / rate * factor * np.arange(-reach, reach + 1)) * np.hanning(2 * reach + 3)[1:-1]
        self._taps = (low / low.sum()).astype(np.float32)
        self._stereo = channels == 2
        self._low, self._rest = np.zeros(3), np.zeros(3)

    def hear(self, planar: NDArray[np.float32]) -> None:
        """Take the next frames; pieces are filtered each by itself."""
        slow = self._decimate(planar) if self._stereo else planar[:, :0]
        if slow.shape[1] > 2 * len(self._taps):
            low = np.stack([np.convolve(channel, self._taps, "same") for channel in slow])
            self._low += _products(low)
            self._rest += _products(slow - low)

    def done(self) -> tuple[float | None, float | None]:
        """(under 120 Hz, above)."""
        low, rest = self._low, self._rest
        heard = low[:2].sum() > _LEAST * rest[:2].sum(), rest[:2].sum() > _LEAST * low[:2].sum()
        return _correlation(low) if heard[0] else None, _correlation(rest) if heard[1] else None


def _products(sound: NDArray[np.float32]) -> list[float]:
    left, right = sound - sound.mean(axis=1, keepdims=True)
    return [float(left @ left), float(right @ right), float(left @ right)]


def _correlation(sums: NDArray[np.float64]) -> float | None:
    left, right, both = sums.tolist()
    return round(max(-1.0, min(1.0, both / math.sqrt(left * right))), 4) if left > 0 < right else None
