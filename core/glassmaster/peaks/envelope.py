"""From the attenuation that each cell needs to a smooth curve that never falls short of it.

A cell is a short stretch of frames (about 1/3 ms); all curves are in dB of attenuation, one value a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .decibels import NEPER_DB, Curve, amplitude
from .settings import Limiting

JOIN_MS = 20.0
"""Peaks of a tone of 25 Hz are this far apart: between peaks so near, nothing is let go."""
_SILENT_DB = 0.001
"""Reduction below this is none: recovery ends, and the samples are the input's own again."""


@dataclass(frozen=True)
class Shape:
    """The envelope's times in cells."""

    attack: int
    """Over which the gain goes down before a peak."""
    join: int
    sustain: int
    release: float

    @property
    def ahead(self) -> int:
        """How far the need must be known beyond what is asked for."""
        return self.attack + self.join - 1

    @classmethod
    def of(cls, how: Limiting, cells_per_second: float) -> Shape:
        def cells(ms: float) -> float:
            return ms * cells_per_second / 1000.0

        return cls(
            attack=max(2, round(cells(how.lookahead_ms))),
            join=max(1, round(cells(JOIN_MS))),
            sustain=max(2, round(cells(how.sustain_ms))),
            release=max(2.0, cells(how.release_ms)),
        )


@dataclass(frozen=True, eq=False)
class State:
    """What the envelope remembers at a cut: values of the cells before it."""

    need: Curve
    """The last one."""
    wide: Curve
    """The last `join` - 1."""
    joined: Curve
    """The last `sustain` - 1."""
    released: Curve
    """The last `attack` - 1."""
    fast: float = 0.0

    @classmethod
    def fresh(cls, shape: Shape) -> State:
        return cls(np.zeros(1), np.zeros(shape.join - 1), np.zeros(shape.sustain - 1), np.zeros(shape.attack - 1))

    def over(self) -> bool:
        """Nothing is left that could still be heard."""
        left = (self.need, self.wide, self.joined, self.released)
        return self.fast < _SILENT_DB and all(each.max(initial=0.0) < _SILENT_DB for each in left)


def sliding_max(values: Curve, width: int) -> Curve:
    """out[i] = max(values[i : i + width]); shorter than `values` by width - 1."""
    have, out = 1, values
    while have < width:
        step = min(have, width - have)
        out = np.maximum(out[: len(out) - step], out[step:])
        have += step
    return out


def _sliding_min(values: Curve, width: int) -> Curve:
    return np.negative(sliding_max(np.negative(values), width))


def _box(values: Curve, width: int) -> Curve:
    sums = np.concatenate(([0.0], np.cumsum(values)))
    mean: Curve = (sums[width:] - sums[:-width]) / width
    return mean


def _bell(values: Curve, width: int, first: float) -> Curve:
    """Weighted mean of each `width` values in a row: two boxes, the first with that share of the width."""
    one = max(1, min(width - 1, round(first * width)))
    return _box(_box(values, one), width + 1 - one)


@lru_cache(maxsize=8)
def _powers(time: float, count: int) -> tuple[Curve, Curve]:
    """r, r**2 ... r**count with r = exp(-1/time), and their inverses."""
    fall = np.multiply.accumulate(np.full(count, amplitude(-NEPER_DB / time)))
    return fall, 1.0 / fall


def _recover(values: Curve, before: float, time: float) -> Curve:
    """out[k] = max(values[k], r out[k-1]), r = exp(-1/time)."""
    fall, rise = _powers(time, len(values))
    risen: Curve = values * rise
    risen[0] = max(risen[0], before)
    np.maximum.accumulate(risen, out=risen)
    risen *= fall
    return np.maximum(risen, values, out=risen)


@dataclass(frozen=True, eq=False)
class Envelope:
    """The attenuation of a run of cells, and all that is needed to cut it anywhere."""

    attenuation: Curve
    """Smooth, at least the need of its own cell and both neighbours; ends `Shape.ahead` cells before the need does."""
    need: Curve
    wide: Curve
    joined: Curve
    released: Curve
    fast: Curve

    @classmethod
    def none(cls, need: Curve, shape: Shape) -> Envelope:
        """No need, no attenuation."""
        count = len(need) - shape.ahead
        lengths = (shape.join - 1 + count, shape.sustain - 1 + count, shape.attack - 1 + count, count)
        return cls(np.zeros(count), need, *(np.zeros(length) for length in lengths))

    def state(self, cell: int, shape: Shape) -> State:
        """What to go on with at `cell`."""
        return State(
            self.need[cell - 1 : cell],
            self.wide[cell : cell + shape.join - 1],
            self.joined[cell : cell + shape.sustain - 1],
            self.released[cell : cell + shape.attack - 1],
            float(self.fast[cell - 1]),
        )


def envelope(need: Curve, before: State, shape: Shape) -> Envelope:
    """Attenuation for the `need` of each cell, going on from `before`.

    Between peaks that are near each other nothing is let go, so that a low tone finds an even gain from its second
    peak on; a peak that stands alone is not held, and recovers with the time constant `release`. The mean over
    `sustain` is a floor under that recovery, so that lasting reduction does not pump.
    """
    if before.over() and not need.any():
        return Envelope.none(need, shape)
    peaks = sliding_max(np.concatenate((before.need, need)), shape.attack + 2)
    peaks += _SILENT_DB * (peaks > 0.0)
    wide = np.concatenate((before.wide, sliding_max(peaks, shape.join)))
    closed = _sliding_min(wide, shape.join)
    fast = _recover(closed, before.fast, shape.release)
    joined = np.concatenate((before.joined, closed))
    released = np.concatenate((before.released, np.maximum(fast, _bell(joined, shape.sustain, 0.75))))
    attenuation = np.maximum(_bell(released, shape.attack, 0.5) - _SILENT_DB, 0.0)
    reach = np.concatenate((before.need, need[: len(closed) + 1]))
    return Envelope(np.maximum(attenuation, sliding_max(reach, 3)), need, wide, joined, released, fast)
