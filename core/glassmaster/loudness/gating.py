"""Loudness from grids of energies: gating and curves (ITU-R BS.1770-5, EBU Tech 3341 and 3342).

A grid holds the K-weighted, channel-weighted mean square of each 10 ms hop; a slice of a song's grid stands for that
part of the song. Gating blocks begin at the grid's start and every 100 ms from there; incomplete ones are not used.
Every hop is taken as complete: an incomplete last one is left out beforehand (`whole_hops`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..model import Grid, Measurement, Seconds
from .hops import PER_SECOND, STRETCH

Curve: TypeAlias = NDArray[np.float64]
MOMENTARY = 40
"""Hops of a momentary window and gating block, 400 ms."""
SHORT_TERM = 300
"""Hops of a short-term window, 3 s."""
SILENCE_LUFS = -120.0
"""Whatever is quieter is silence: no single figure, and the floor of the curves."""
OFFSET = -0.691
_PIECE = 65_536
"""Hops looked at together: a long file takes no more memory than a short one."""


def energy(lufs: float) -> float:
    """Mean square of a loudness."""
    return float(10 ** ((lufs - OFFSET) / 10))


_FLOOR = energy(SILENCE_LUFS)
GATE = energy(-70.0)
"""The absolute gate, as a mean square."""


def lufs(mean_square: float) -> float | None:
    """Loudness of a mean square; None for silence."""
    return OFFSET + 10 * math.log10(mean_square) if mean_square > _FLOOR else None


def whole_hops(measurement: Measurement) -> Grid:
    """The energies of a measurement without an incomplete last hop."""
    return measurement.energies[: measurement.frames * PER_SECOND // measurement.rate_hz]


def windows(grid: Grid, width: int, step: int = 1) -> Curve:
    """Mean energy of each complete window of `width` hops, one every `step` hops; `step` must divide `width`."""
    if len(grid) < width:
        return np.empty(0, np.float64)
    if step == 1:
        total = np.zeros(len(grid) + 1)
        np.cumsum(grid, dtype=np.float64, out=total[1:])
        return (total[width:] - total[: len(total) - width]) / max(width, 1)  # never below 0: the sums only grow
    strides = grid[: len(grid) // step * step].reshape(-1, step).sum(axis=1, dtype=np.float64)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(strides, width // step).sum(axis=1) / width)


def _pieces(grid: Grid, width: int) -> Iterator[tuple[int, Curve]]:
    """(first window, means of one window every hop) of a grid, piece by piece."""
    for begin in range(0, len(grid) - width + 1, _PIECE):
        yield begin, windows(grid[begin : begin + _PIECE + width - 1], width)


def _curve(grid: Grid, width: int, step: int) -> Curve:
    if width % step == 0:
        means = windows(grid, width, step)
    else:
        means = np.concatenate([np.empty(0), *(each[-begin % step :: step] for begin, each in _pieces(grid, width))])
    np.maximum(means, _FLOOR, out=means)
    np.log10(means, out=means)
    means *= 10
    means += OFFSET
    return means


def momentary(grid: Grid, step: int = 1) -> Curve:
    """Momentary loudness in LUFS, one value every `step` hops of 10 ms.

    Value i belongs to the 400 ms that begin at hop i * step; there are none for less than 400 ms. Nothing reads lower
    than `SILENCE_LUFS` (-120): no NaN, no -inf.
    """
    return _curve(grid, MOMENTARY, step)


def short_term(grid: Grid, step: int = 1) -> Curve:
    """Short-term loudness in LUFS; as `momentary`, with windows of 3 s."""
    return _curve(grid, SHORT_TERM, step)


def _pooled(grids: Sequence[Grid], width: int) -> Curve:
    """Energies above the absolute gate of all windows of all grids, one window every 100 ms."""
    means = np.concatenate([np.empty(0), *(windows(grid, width, STRETCH) for grid in grids)])
    return means[means > GATE]


def integrated(grids: Sequence[Grid]) -> float | None:
    """Integrated loudness in LUFS (BS.1770-5) of songs taken together: for one song a sequence of one.

    All songs' blocks pass the two gates together, and no block straddles two songs. None if no block passes.
    """
    blocks = _pooled(grids, MOMENTARY)
    if not blocks.size:
        return None
    return lufs(float(blocks[blocks > blocks.mean() / 10].mean()))


def loudness_range(grids: Sequence[Grid]) -> float | None:
    """Loudness range in LU (EBU Tech 3342) of songs taken together; None if no 3 s window passes the gates."""
    means = _pooled(grids, SHORT_TERM)
    if not means.size:
        return None
    means = np.sort(means[means >= means.mean() / 100])
    low, high = (float(means[int((len(means) - 1) * part + 0.5)]) for part in (0.10, 0.95))
    return 10 * math.log10(high / low)


def loudest_passages(grid: Grid) -> float | None:
    """Loudness in LUFS of a song's loudest passages: the energy mean of the loudest tenth of its 3 s windows, one
    every 100 ms, of those above -70 LUFS. A song of less than 3 s: its loudest 400 ms; of less than that: all of it.
    None if all is below the gate."""
    if len(grid) >= SHORT_TERM:
        means = windows(grid, SHORT_TERM, STRETCH)
    else:
        means = windows(grid, min(MOMENTARY, len(grid))).max(initial=0.0, keepdims=True)
    means = np.sort(means[means > GATE])
    return lufs(float(means[-math.ceil(len(means) / 10) :].mean())) if means.size else None


def loudest(grid: Grid, width: int) -> tuple[float | None, Seconds | None]:
    """Highest loudness in LUFS of any window of `width` hops, at every 10 ms, and where the first such window begins;
    nothing for silence or too short."""
    highest, at = 0.0, 0
    for begin, means in _pieces(grid, width):
        best = int(means.argmax())
        if means[best] > highest:
            highest, at = float(means[best]), begin + best
    found = lufs(highest)
    return found, None if found is None else at / PER_SECOND
