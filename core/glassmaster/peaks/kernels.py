"""The waveform between the samples, from windowed-sinc kernels (ITU-R BS.1770-5 annex 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial

import numpy as np
from numpy.typing import NDArray

Planar = NDArray[np.float32]
"""Sound, channels x frames."""
Starts = NDArray[np.intp]
Wide = NDArray[np.float64]

_AT_A_TIME = 1024  # stretches, to stay in the cache
_TAP_BITS, _SAMPLE_BITS = 22, 24
_NOISE = 2.0**-14
"""What two processors' products may differ by, as a share of what they are held against, with much to spare ..."""
_EDGE_NOISE = 2.0**-16
"""... and where they are held against a small part of it."""


@dataclass(frozen=True)
class Kernel:
    """A windowed sinc."""

    taps: int
    beta: float
    """Of the Kaiser window; 0 stands for a Hann window."""
    band: float = 1.0
    """What it lets through, as a share of half the sample rate."""

    def rows(self, points: int) -> Wide:
        """Points x taps: row p gives the value p/points after sample taps/2 - 1 of its window."""
        offsets = np.arange(1 - self.taps // 2, self.taps // 2 + 1)
        distance = np.arange(points)[:, None] / points - offsets[None, :]
        place = np.minimum(1.0, np.abs(2.0 * distance / self.taps))
        window = np.i0(self.beta * np.sqrt(1.0 - place**2)) if self.beta else 0.5 + 0.5 * np.cos(np.pi * place)
        rows = np.sinc(self.band * distance) * window
        normed: Wide = rows / rows.sum(axis=1, keepdims=True)
        return normed


def _matrix(kernel: Kernel, points: int, frames: int, first: int = 0) -> Wide:
    """Points from `first` on of `frames` frames as one product: (frames * (points - first)) x (frames + taps - 1)."""
    rows = kernel.rows(points)[first:]
    matrix = np.zeros((frames, len(rows), frames + kernel.taps - 1))
    for frame in range(frames):
        matrix[frame, :, frame : frame + kernel.taps] = rows
    return matrix.reshape(frames * len(rows), -1)


def whole(values: Wide | Planar, bits: int) -> Wide:
    """Each value at the nearest multiple of 2**-`bits`: sums of products of such are exact, so that their order, which
    differs between processors, does not matter, as long as they need no more than 53 bits."""
    steps = np.multiply(values, 2.0**bits, dtype=np.float64)
    np.rint(steps, out=steps)
    return np.multiply(steps, 2.0**-bits, out=steps)


class _Product:
    """A matrix times windows of sound: fast, and once more where the last bit decides something.

    Taps have 22 bits behind the point and samples 24: exact up to +29 dBFS, as taps' magnitudes add up to 4.5 at most.
    """

    def __init__(self, matrix: Callable[[], Wide]) -> None:
        """`matrix` makes it, once more where it is needed in whole steps."""
        self._matrix = matrix
        self._fast: Planar = matrix().astype(np.float32)
        self.width = self._fast.shape[1]

    @cached_property
    def _whole(self) -> Wide:
        return whole(self._matrix(), _TAP_BITS)

    def fast(self, windows: Planar) -> Planar:
        """The product, with what this machine's order of adding up and rounding makes of its last bits."""
        return self._fast @ windows

    def exact(self, windows: Planar) -> Planar:
        """The product as every machine finds it."""
        return np.asarray(self._whole @ whole(windows, _SAMPLE_BITS), np.float32)


@cache
def _product(kernel: Kernel, points: int, frames: int) -> _Product:
    return _Product(partial(_matrix, kernel, points, frames))


def _windows(sound: Planar, starts: Starts, width: int) -> Iterator[tuple[slice, Planar]]:
    shape, step = (sound.shape[1] - width + 1, width), sound.itemsize
    for at in range(0, len(starts), _AT_A_TIME):
        part = starts[at : at + _AT_A_TIME]
        for channel in sound:  # not by sliding_window_view: it takes as long as the product of a short run
            windows: Planar = np.ndarray(shape, sound.dtype, channel, 0, (step, step))
            yield slice(at, at + _AT_A_TIME), windows[part].T


class Meter:
    """Highest magnitude of the waveform at 16 values a frame, in stretches of `frames` frames."""

    _POINTS = 16
    _FIRST = 4, 0.92
    """Values a frame of a first reading, and the least share of the true peak that it finds."""

    def __init__(self, kernel: Kernel, frames: int) -> None:
        self._first = _product(kernel, self._FIRST[0], frames)
        self._final = _product(kernel, self._POINTS, frames)
        self._before = kernel.taps // 2 - 1

    def peaks(self, sound: Planar, starts: Starts, ceiling: float) -> Planar:
        """The highest value between the samples, linked over channels, of each stretch that begins at `starts`.

        Where it stays under `ceiling`, the first reading will do; what passes it is the same on every machine.
        """
        found = self._read(self._first.fast, sound, starts)
        near = np.flatnonzero(found > self._FIRST[1] * ceiling)
        found[near] = self._read(self._final.fast, sound, starts[near])
        over = near[found[near] > (1.0 - _NOISE) * ceiling]
        found[over] = self._read(self._final.exact, sound, starts[over])
        return found

    def _read(self, product: Callable[[Planar], Planar], sound: Planar, starts: Starts) -> Planar:
        found = np.zeros(len(starts), np.float32)
        for part, windows in _windows(sound, starts - self._before, self._first.width):
            values = product(windows)
            np.abs(values, out=values)
            np.maximum(found[part], values.max(axis=0), out=found[part])
        return found


class Survey:
    """A first reading at 4 values a frame of groups of cells, and how much of their sound sits near half the rate."""

    _kernel = Kernel(24, 6.0)
    _POINTS = 4

    def __init__(self, frames: int, cells: int) -> None:
        self._cells = cells
        self._product = _survey_product(self._kernel, self._POINTS, frames)
        rows = self._kernel.rows(self._POINTS)
        self.bound = float(np.abs(rows).sum(axis=1).max())
        """No value can exceed the highest sample in its window times this ..."""
        self.bend = _bend(rows)
        """... nor the higher of its two neighbours by more than the highest second difference times this."""

    def read(self, sound: Planar, starts: Starts, ceiling: float, edgy: float) -> tuple[Planar, Planar]:
        """Highest magnitude between the samples, groups x cells, and magnitude near half the rate, per group.

        What passes `ceiling`, and on which side of `edgy` the latter lies, is the same on every machine.
        """
        found, edge = self._read(self._product.fast, sound, starts)
        doubtful = (found.max(axis=1) > (1.0 - _NOISE) * ceiling) | (np.abs(edge - edgy) < _EDGE_NOISE * ceiling)
        found[doubtful], edge[doubtful] = self._read(self._product.exact, sound, starts[doubtful])
        return found, edge

    def _read(self, product: Callable[[Planar], Planar], sound: Planar, starts: Starts) -> tuple[Planar, Planar]:
        found = np.zeros((self._cells, len(starts)), np.float32)
        edge = np.zeros(len(starts), np.float32)
        for part, windows in _windows(sound, starts - (self._kernel.taps // 2 - 1), self._product.width):
            values = product(windows)
            np.abs(values, out=values)
            highest = values[:-1].reshape(self._cells, -1, values.shape[1]).max(axis=1)
            np.maximum(found[:, part], highest, out=found[:, part])
            np.maximum(edge[part], values[-1], out=edge[part])
        return found.T, edge


@cache
def _survey_product(kernel: Kernel, points: int, frames: int) -> _Product:
    """The points between the samples, and one row that alternates from sample to sample."""
    between = _matrix(kernel, points, frames, 1)
    width = between.shape[1]
    alternating = np.kaiser(width, 8.0) * np.where(np.arange(width) % 2, -1.0, 1.0)
    matrix = np.vstack((between, alternating / np.abs(alternating).sum()))
    return _Product(lambda: matrix)


def _bend(rows: Wide) -> float:
    """How far interpolation leaves the straight line between two samples, per unit of the highest second difference.

    What a row of taps adds to the line sums up to nothing, and so (but for the window's little) does its first moment:
    summed up twice it weighs second differences instead of samples.
    """
    line = np.zeros_like(rows)
    place, middle = np.arange(len(rows)) / len(rows), rows.shape[1] // 2
    line[:, middle - 1], line[:, middle] = 1.0 - place, place
    weights = np.cumsum(np.cumsum(rows - line, axis=1), axis=1)
    return float(np.abs(weights[:, :-1]).sum(axis=1).max())
