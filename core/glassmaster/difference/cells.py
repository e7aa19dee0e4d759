"""Both recordings in cells of a band and a moment: energies of each, and of what they have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .lining import Stretch
from .recording import Floats, Recording, blended

_WINDOW_SECONDS = 0.085
_FRAMES = 128
_EDGES_HZ = (17.8, 44.7, *(float(1000 * 10 ** (n / 10)) for n in np.arange(-10.5, 13)))
"""Two octaves, which windows cannot tell finer, then third octaves of base ten (IEC 61260-1) from 89 Hz to 17.8 kHz."""
_TOP = 0.8
"""Of half the sample rate: above it, converters of rates have their say."""


@dataclass(frozen=True)
class Bands:
    """How a sample rate is cut into windows and bands."""

    rate: int

    @property
    def length(self) -> int:
        """Frames of a window."""
        return int(2 ** round(np.log2(self.rate * _WINDOW_SECONDS)))

    @property
    def hop(self) -> int:
        return self.length // 2

    @cached_property
    def edges_hz(self) -> tuple[float, ...]:
        """Limits of the bands: one more than there are bands."""
        return tuple(each for each in _EDGES_HZ if each <= self.rate / 2 * _TOP)

    @cached_property
    def bins(self) -> NDArray[np.int64]:
        """First bin of each band, and the one behind the last."""
        return np.unique(np.ceil(np.array(self.edges_hz) * self.length / self.rate).astype(np.int64))

    @cached_property
    def window(self) -> Floats:
        return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.length) / self.length), np.float32)

    def noise(self, power: float) -> NDArray[np.float64]:
        """Energy that white noise of a mean square `power` has in each band of a window."""
        return np.diff(self.bins) * power * float(np.sum(self.window.astype(np.float64) ** 2))


@dataclass(frozen=True, eq=False)
class Cells:
    """Energies, windows x channels x bands, of windows one hop apart from frame `start` of OLD on."""

    start: int
    old: Floats
    new: Floats
    shared: Floats
    """Real part of the cross spectrum."""

    def residual(self, factor: float) -> Floats:
        """Energy of what is left of OLD when `factor` times NEW is taken from it."""
        left = self.old + np.float32(factor**2) * self.new - np.float32(2 * factor) * self.shared
        return np.asarray(np.maximum(left, 0), np.float32)


def cells(
    stretch: Stretch, old: Recording, new: Recording, bands: Bands, first: int = 0, most: int | None = None
) -> Iterator[Cells]:
    """The windows that lie whole within a stretch, in blocks; `first` and `most` count windows."""
    there = (stretch.end - stretch.start - bands.length) // bands.hop + 1
    last = there if most is None else min(there, first + most)
    turn = _turn(stretch.fraction, bands)
    mono = old.channels != new.channels
    for number in range(first, last, _FRAMES):
        count = min(_FRAMES, last - number)
        start, frames = stretch.start + number * bands.hop, (count - 1) * bands.hop + bands.length
        ours, theirs = old.read(start, frames), new.read(start + stretch.lag, frames)
        x, y = (_spectra(blended(each)[None] if mono else each, bands) for each in (ours, theirs))
        y = y if turn is None else y * turn
        yield Cells(start, *(_summed(each, bands) for each in (_power(x), _power(y), _cross(x, y))))


def _turn(fraction: float, bands: Bands) -> NDArray[np.complex64] | None:
    """Brings NEW forward by a part of a frame."""
    if not fraction:
        return None
    low, high = int(bands.bins[0]), int(bands.bins[-1])
    return np.asarray(np.exp(2j * np.pi * np.arange(low, high) / bands.length * fraction), np.complex64)


def _spectra(sound: Floats, bands: Bands) -> NDArray[np.complex64]:
    """Windows x channels x bins of the bands."""
    views = np.lib.stride_tricks.sliding_window_view(sound, bands.length, axis=1)[:, :: bands.hop]
    found = np.fft.rfft(views * bands.window, axis=2)[:, :, int(bands.bins[0]) : int(bands.bins[-1])]
    return found.astype(np.complex64, copy=False).transpose(1, 0, 2)


def _power(x: NDArray[np.complex64]) -> Floats:
    return np.asarray(x.real**2 + x.imag**2, np.float32)


def _cross(x: NDArray[np.complex64], y: NDArray[np.complex64]) -> Floats:
    return np.asarray(x.real * y.real + x.imag * y.imag, np.float32)


def _summed(bins: Floats, bands: Bands) -> Floats:
    return np.asarray(np.add.reduceat(bins, bands.bins[:-1] - bands.bins[0], axis=2), np.float32)
