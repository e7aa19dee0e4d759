"""The 10 ms grid. Hop h of a file covers the frames from h * rate // 100 up to (h + 1) * rate // 100: where rate / 100
is no whole number (11025, 22050) hops differ by one frame, and no drift adds up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Float32: TypeAlias = NDArray[np.float32]
PER_SECOND = 100
STRETCH = 10
"""Hops between gating blocks (100 ms)."""


def edge(hop: int, rate: int) -> int:
    """First frame of a hop."""
    return hop * rate // PER_SECOND


def starts(first: int, count: int, rate: int) -> NDArray[np.int64]:
    """First frames of `count` hops and of the one after them, relative to the start of hop `first`."""
    return np.arange(first, first + count + 1, dtype=np.int64) * rate // PER_SECOND - edge(first, rate)


@dataclass(frozen=True, eq=False)
class Hops:
    """Some hops in a row, the last one perhaps incomplete, and sums over each of them."""

    begins: NDArray[np.int64]
    """First frame of each, relative to the first one's."""
    width: int
    """Frames of each where all have the same number, 0 where they differ."""

    @classmethod
    def of(cls, first: int, frames: int, rate: int) -> Hops:
        """Those that cover so many frames from the start of hop `first`."""
        count = -(-(edge(first, rate) + frames) * PER_SECOND // rate) - first
        each, rest = divmod(rate, PER_SECOND)
        return cls(starts(first, count, rate)[:count], each if not rest and count * each == frames else 0)

    def reduced(self, ufunc: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
        """From channels x frames to channels x hops."""
        if not len(self.begins):
            return np.zeros((len(values), 0), values.dtype)
        if self.width:
            return np.asarray(ufunc.reduce(self.split(values), axis=2))
        return np.asarray(ufunc.reduceat(values, self.begins, axis=1))

    def dots(self, one: Float32, other: Float32) -> NDArray[Any]:
        """Sum of the products of two sounds' samples."""
        if self.width:
            return np.asarray(np.vecdot(self.split(one), self.split(other)))
        return self.reduced(np.add, np.multiply(one, other, dtype=np.float64))

    def split(self, values: NDArray[Any]) -> NDArray[Any]:
        """channels x hops x frames, where all hops are of one width."""
        return values.reshape(len(values), -1, self.width)
