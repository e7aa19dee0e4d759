"""The 10 ms grid. Hop h of a file covers the frames from h * rate // 100 up to (h + 1) * rate // 100: where rate / 100
is no whole number (11025, 22050) hops differ by one frame, and no drift adds up."""

from __future__ import annotations

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


def width(begins: NDArray[np.int64], frames: int) -> int:
    """Frames of each hop where all have the same number; 0 where they differ."""
    each = frames // max(1, len(begins))
    return each if each * len(begins) == frames and (np.diff(begins) == each).all() else 0


def dots(one: Float32, other: Float32, begins: NDArray[np.int64]) -> NDArray[Any]:
    """Sum of the products of each hop (channels x frames to channels x hops)."""
    channels, frames = one.shape
    if each := width(begins, frames):
        shape = (channels, len(begins), each)
        return np.asarray(np.vecdot(one.reshape(shape), other.reshape(shape)))
    return by_hop(np.add, np.multiply(one, other, dtype=np.float64), begins)


def by_hop(ufunc: np.ufunc, values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    """Reduce each hop of `values` (channels x frames); the last hop may be incomplete."""
    if not len(begins):
        return np.zeros((len(values), 0), values.dtype)
    if each := width(begins, values.shape[1]):
        return np.asarray(ufunc.reduce(values.reshape(len(values), -1, each), axis=2))
    return np.asarray(ufunc.reduceat(values, begins, axis=1))
