"""Dynamics: DR by the rule of the TT meter, and the lowest peak-to-short-term ratio."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..model import Grid, Seconds
from .chunks import Chunk
from .gating import GATE, OFFSET, SHORT_TERM, windows
from .hops import PER_SECOND, STRETCH

Float32: TypeAlias = NDArray[np.float32]
_LOUDEST = 0.2


class Dr:
    """DR of the TT meter: for each channel the second-highest peak of its 3 s blocks against sqrt 2 times the RMS of
    the loudest 20 % of the blocks, in dB; averaged over the channels that sound, and rounded.

    As that meter does it: 132,480 frames a block at 44.1 kHz, and an incomplete last block counts for what it is.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._length = 132_480 if rate == 44_100 else 3 * rate
        self._channels = channels
        self._blocks: list[tuple[NDArray[np.float64], Float32]] = []
        self._begin()

    def _begin(self) -> None:
        self._filled = 0
        self._square = np.zeros(self._channels)
        self._peak = np.zeros(self._channels, np.float32)

    def hear(self, chunk: Chunk) -> None:
        """Take the file's next chunk."""
        begin, edges = 0, np.append(chunk.hops.begins, chunk.frames)
        while begin < chunk.frames:
            end = min(chunk.frames, begin + self._length - self._filled)
            self._take(chunk, edges, begin, end)
            self._filled += end - begin
            if self._filled == self._length:
                self._end()
            begin = end

    def _take(self, chunk: Chunk, edges: NDArray[np.int64], begin: int, end: int) -> None:
        """Whole hops by what is known of them; what is left of a hop at either end by its samples."""
        first, last = int(np.searchsorted(edges, begin)), int(np.searchsorted(edges, end, "right")) - 1
        if first >= last:
            self._add_samples(chunk.x[:, begin:end])
            return
        self._add(chunk.squares[:, first:last].sum(axis=1, dtype=np.float64), chunk.peaks[:, first:last].max(axis=1))
        self._add_samples(chunk.x[:, begin : edges[first]])
        self._add_samples(chunk.x[:, edges[last] : end])

    def _add_samples(self, x: Float32) -> None:
        if x.shape[1]:
            self._add(np.vecdot(x, x), np.abs(x).max(axis=1))

    def _add(self, squares: NDArray[Any], peaks: Float32) -> None:
        self._square += squares
        np.maximum(self._peak, peaks, out=self._peak)

    def _end(self) -> None:
        self._blocks.append((self._square / self._filled, self._peak))
        self._begin()

    def done(self) -> int | None:
        """None for fewer than two blocks, or silence."""
        if self._filled:
            self._end()
        if len(self._blocks) < 2:
            return None
        squares = np.sort([square for square, _ in self._blocks], axis=0)
        second = np.sort([peak for _, peak in self._blocks], axis=0)[-2]
        loudest = 2 * squares[-max(1, int(len(squares) * _LOUDEST)) :].mean(axis=0)
        ratios = [20 * math.log10(p) - 10 * math.log10(s) for p, s in zip(second, loudest, strict=True) if p > 0 < s]
        return math.floor(sum(ratios) / len(ratios) + 0.5) if ratios else None


def min_psr(grid: Grid, stretches: Sequence[float]) -> tuple[float | None, Seconds | None]:
    """Lowest peak to short-term loudness ratio in LU, the true peak of each 3 s minus their loudness at every 100 ms,
    and where the first such 3 s begin.

    `stretches`: linear peaks of each 100 ms (`TruePeak.stretches`). Exact for windows at multiples of 100 ms. Windows
    count that pass the gates of the loudness range (-70 LUFS, 20 LU under the mean): what the K filter still rings
    with after a sudden end has no peak to be compared with. Nothing if there is no window.
    """
    means = windows(grid, SHORT_TERM, STRETCH)
    loud = means > GATE
    if not loud.any():
        return None, None
    peaks = sliding_window_view(np.asarray(stretches), SHORT_TERM // STRETCH).max(axis=1)[: len(means)]
    loud &= (means >= means[loud].mean() / 100) & (peaks > 0)
    ratios = peaks[loud] ** 2 / means[loud]
    lowest = int(ratios.argmin())
    return 10 * math.log10(float(ratios[lowest])) - OFFSET, int(np.flatnonzero(loud)[lowest]) * STRETCH / PER_SECOND
