"""From the attenuation that each cell needs to a smooth curve that never falls short of it.

A cell is a short stretch of frames (about 1/6 ms); all curves are in dB of attenuation, one value a cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .decibels import Curve
from .settings import Limiting

HOLD_MS = 15.0
"""Peaks of a tone of 33 Hz are this far apart: between them, nothing is let go."""
_SILENT_DB = 0.001
"""Reduction below this is none: recovery ends, and the samples are the input's own again."""


@dataclass(frozen=True)
class Shape:
    """The envelope's times in cells."""

    ahead: int
    """Over which the gain goes down before a peak."""
    hold: int
    sustain: int
    release: float

    @classmethod
    def of(cls, how: Limiting, cells_per_second: float) -> Shape:
        def cells(ms: float) -> float:
            return ms * cells_per_second / 1000.0

        return cls(
            ahead=max(2, round(cells(how.lookahead_ms))),
            hold=max(1, round(cells(HOLD_MS))),
            sustain=max(2, round(cells(how.sustain_ms))),
            release=max(2.0, cells(how.release_ms)),
        )


@dataclass(frozen=True, eq=False)
class State:
    """What the envelope remembers at a cut: values of the cells before it."""

    need: Curve
    """The last one."""
    wide: Curve
    """The last `hold`."""
    held: Curve
    """The last `sustain` - 1."""
    released: Curve
    """The last `ahead` - 1."""
    fast: float = 0.0

    @classmethod
    def fresh(cls, shape: Shape) -> State:
        return cls(np.zeros(1), np.zeros(shape.hold), np.zeros(shape.sustain - 1), np.zeros(shape.ahead - 1))

    def over(self) -> bool:
        """Nothing is left that could still be heard."""
        left = max(self.need[0], self.held.max(), self.wide.max(), self.released.max(), self.fast)
        return bool(left < _SILENT_DB)


def sliding_max(values: Curve, width: int) -> Curve:
    """out[i] = max(values[i : i + width]); shorter than `values` by width - 1."""
    have, out = 1, values
    while have < width:
        step = min(have, width - have)
        out = np.maximum(out[: len(out) - step], out[step:])
        have += step
    return out


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
    fall = np.multiply.accumulate(np.full(count, math.exp(-1.0 / time)))
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
    """Smooth, at least the need of its own cell and both neighbours; ends `ahead` cells before the need does."""
    need: Curve
    wide: Curve
    held: Curve
    released: Curve
    fast: Curve

    @classmethod
    def none(cls, need: Curve, shape: Shape) -> Envelope:
        """No need, no attenuation."""
        count = len(need) - shape.ahead
        lengths = (shape.hold + count, shape.sustain - 1 + count, shape.ahead - 1 + count, count)
        return cls(np.zeros(count), need, *(np.zeros(length) for length in lengths))

    def state(self, cell: int, shape: Shape) -> State:
        """What to go on with at `cell`."""
        return State(
            self.need[cell - 1 : cell],
            self.wide[cell : cell + shape.hold],
            self.held[cell : cell + shape.sustain - 1],
            self.released[cell : cell + shape.ahead - 1],
            float(self.fast[cell - 1]),
        )


def envelope(need: Curve, before: State, shape: Shape) -> Envelope:
    """Attenuation for the `need` of each cell, going on from `before`.

    Single peaks recover with the time constant `release`. The mean over `sustain` of what was held over `hold` is a
    floor under that recovery, so that lasting reduction neither pumps nor follows the waveform of a low tone.
    """
    if before.over() and not need.any():
        return Envelope.none(need, shape)
    ahead = sliding_max(np.concatenate((before.need, need)), shape.ahead + 2)
    ahead += _SILENT_DB * (ahead > 0.0)
    fast = _recover(ahead, before.fast, shape.release)
    wide = np.concatenate((before.wide, ahead))
    held = np.concatenate((before.held, sliding_max(wide, shape.hold + 1)))
    released = np.concatenate((before.released, np.maximum(fast, _bell(held, shape.sustain, 0.75))))
    attenuation = np.maximum(_bell(released, shape.ahead, 0.5) - _SILENT_DB, 0.0)
    reach = np.concatenate((before.need, need[: len(ahead) + 1]))
    return Envelope(np.maximum(attenuation, sliding_max(reach, 3)), need, wide, held, released, fast)
