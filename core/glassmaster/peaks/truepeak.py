"""Where the waveform between the samples passes a ceiling; only stretches that can pass it are interpolated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .decibels import Curve, amplitude, to_db
from .kernels import Kernel, Meter, Planar, Survey

Cells = NDArray[np.intp]

_CELLS_PER_SECOND = 3000
_KEEP_DB = -0.002
"""What stands higher over the ceiling than this is taken down ..."""
_AIM_DB = -0.02
"""... to this."""

_PLAIN = Kernel(64, 8.0)
_EDGY = (
    Kernel(48, 0.0),
    Kernel(64, 0.0),
    Kernel(96, 0.0),
    Kernel(48, 5.0),
    Kernel(96, 9.0),
    Kernel(128, 10.0),
    Kernel(192, 9.0, 0.955),
    Kernel(256, 10.0),
    Kernel(512, 12.0),
    Kernel(1024, 12.0),
)
"""Meters differ on sound near half the rate; short ones, long ones and resamplers all have to find it right."""
_DISPUTED_DB = 0.015
"""How far others may still read above all of these there. It starts no gain reduction, but deepens one."""
_EDGE = 0.0005
"""Share of the ceiling that such sound must reach to matter."""
_SUSPECT, _SUSPECT_EDGY = 0.93, 0.6
"""A first reading below this share of the ceiling is no peak above it in the final one."""


def around(cells: Cells, reach: int, count: int) -> NDArray[np.bool_]:
    """Which of `count` cells are no more than `reach` away from any of `cells`."""
    begins = np.bincount(np.maximum(cells - reach, 0), minlength=count + 1)
    ends = np.bincount(np.minimum(cells + reach + 1, count), minlength=count + 1)
    return np.asarray(np.cumsum(begins - ends)[:count] > 0)


def _runs(values: Planar, length: int) -> Planar:
    """The highest of each `length` (a power of two) values."""
    step = 1
    while 2 * step < length:  # every second one is not needed, but to skip it takes longer
        values, step = np.maximum(values[:-step], values[step:]), 2 * step
    return values if length == 1 else np.maximum(values[:-step:length], values[step::length])


def _around(groups: Planar) -> Planar:
    """The highest of each group and its two neighbours; the first and the last are neighbours only."""
    highest: Planar = np.maximum(np.maximum(groups[:-2], groups[2:]), groups[1:-1])
    return highest


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read of a run of cells."""

    peaks: Planar
    """Highest magnitude of the waveform."""
    edgy: NDArray[np.bool_]
    """Whether there is sound near half the sample rate, where meters differ."""

    @classmethod
    def silence(cls, cells: int) -> Reading:
        return cls(np.zeros(cells, np.float32), np.zeros(cells, bool))

    def then(self, other: Reading) -> Reading:
        return Reading(np.concatenate((self.peaks, other.peaks)), np.concatenate((self.edgy, other.edgy)))

    def spread(self, cells: int) -> Reading:
        """Edgy for so many cells before and behind, too: the longer kernels hear it there."""
        if not self.edgy.any():
            return self
        return Reading(self.peaks, around(np.flatnonzero(self.edgy), cells, len(self.edgy)))

    def since(self, cell: int) -> Reading:
        return Reading(self.peaks[cell:], self.edgy[cell:])


class Finder:
    """Reads sound in cells: stretches of a power of two of frames, about 1/3 ms each."""

    def __init__(self, rate: int, ceiling: float) -> None:
        self.cell = 2 ** max(0, round(np.log2(rate / _CELLS_PER_SECOND)))
        self.group = max(16, self.cell) // self.cell
        self._survey = Survey(self.group * self.cell, self.group)
        self._plain = Meter(_PLAIN, self.cell)
        self._edgy = [Meter(kernel, self.cell) for kernel in _EDGY]
        reach = max(kernel.taps for kernel in _EDGY) // 2
        self.context = -(-reach // (self.cell * self.group)) * self.group
        """Cells of sound needed on both sides of whatever is read."""
        self._disputed = np.float32(amplitude(_DISPUTED_DB))
        self._aim, self._keep = ceiling * amplitude(_AIM_DB), ceiling * amplitude(_KEEP_DB)

    def samples(self, sound: Planar) -> Planar:
        """Highest sample of each cell, linked over channels."""
        return self._by_cell(np.abs(sound))

    def _by_cell(self, magnitudes: Planar) -> Planar:
        highest: Planar = magnitudes[0]
        for channel in magnitudes[1:]:
            highest = np.maximum(highest, channel)
        return _runs(highest, self.cell)

    def waveform(self, sound: Planar, sample: Planar) -> Reading:
        """Reads the cells of `sound`; `sample` is what `samples` found in them.

        Both have `context` more cells at both ends. Cells that cannot come near the ceiling keep what their samples
        told.
        """
        margin, group = self.context, self.group
        peaks = sample[margin : len(sample) - margin].copy()
        by_group = peaks.reshape(-1, group)
        hot = self._hot(sound, sample)
        limit = _EDGE * self._keep
        found, edge = self._survey.read(sound, (margin + hot * group) * self.cell, self._keep, limit)
        by_group[hot] = np.maximum(by_group[hot], found)
        edgy = np.zeros(len(by_group), bool)
        edgy[hot] = edge > limit
        return Reading(peaks, np.repeat(edgy, group))

    def _hot(self, sound: Planar, sample: Planar) -> Cells:
        """Groups of cells whose waveform may come near the ceiling; most need no interpolation to be told apart."""
        margin, group = self.context, self.group
        wide = slice(margin - group, len(sample) - margin + group)
        highest = _runs(sample[wide], group)
        possible = _around(highest) > np.float32(self._keep / self._survey.bound)
        if not possible.any():
            return np.zeros(0, np.intp)
        beside = np.maximum(highest[1:-1], sample[margin + group : wide.stop : group])
        beside += _around(_runs(self._bends(sound, wide), group)) * np.float32(self._survey.bend)
        return np.flatnonzero(possible & (beside > np.float32(_SUSPECT * self._keep)))

    def _bends(self, sound: Planar, cells: slice) -> Planar:
        """Highest second difference of each of `cells`."""
        part = sound[:, cells.start * self.cell - 1 : cells.stop * self.cell + 1]
        slope = part[:, 1:] - part[:, :-1]
        bend = slope[:, 1:] - slope[:, :-1]
        return self._by_cell(np.abs(bend, out=bend))

    def need(self, reading: Reading) -> Curve:
        """Attenuation in dB that brings each cell under the ceiling."""
        need = np.zeros(len(reading.peaks))
        over = np.flatnonzero(reading.peaks > self._keep)
        need[over] = to_db(reading.peaks[over].astype(np.float64) / self._aim)
        return need

    def suspects(self, reading: Reading, level: Curve) -> Cells:
        """Cells whose reading times their gain comes near the ceiling."""
        peaks, edgy = reading.peaks[: len(level)] * level, reading.edgy[: len(level)]
        return np.flatnonzero((peaks > _SUSPECT * self._keep) | (edgy & (peaks > _SUSPECT_EDGY * self._keep)))

    def excess(self, result: Planar, cells: Cells, edgy: NDArray[np.bool_], reduced: bool) -> tuple[Cells, Curve]:
        """Those of `cells` that stand over the ceiling in the finished sound, and by how many dB they must go down.

        `result` has `context` more cells in front of cell 0; `reduced`: its gain is not 1 throughout.
        """
        starts = (cells + self.context) * self.cell
        peak = self._plain.peaks(result, starts, self._keep)
        odd = np.flatnonzero(edgy[cells])
        disputed = self._disputed if reduced else np.float32(1.0)
        for meter in self._edgy if len(odd) else ():
            read = meter.peaks(result, starts[odd], self._keep / float(disputed))
            peak[odd] = np.maximum(peak[odd], disputed * read)
        over = peak > self._keep
        return cells[over], to_db(peak[over].astype(np.float64) / self._aim)
