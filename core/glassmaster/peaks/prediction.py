"""What gain, drive and limiting will do to a song, from its energies and peaks on the 10 ms grid; no audio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model import HOP_SECONDS, Grid
from .decibels import Curve, amplitude, from_db, to_db
from .envelope import Shape, State, envelope
from .settings import Limiting

_CELLS = 8
"""Per hop; a hop's peak is taken to last one of them (of 2, 4, 6, 8 cells nearest to real music: within 0.05 LU)."""
_RUN = 4096
"""Cells worked on at a time."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """A song as it will be behind the limiter."""

    energies: Grid
    """K-weighted mean square of each hop, as in `Measurement.energies`."""
    reduction: Grid
    """Gain reduction in dB >= 0, the most of each hop."""


def forecast(energies: Grid, peaks: Grid, gain_db: float, how: Limiting, true_to_sample: float = 1.0) -> Forecast:
    """Predict `energies` behind `gain_db` and `limit`.

    `peaks` are the highest magnitudes of the same hops; `true_to_sample` is what true peaks are taken to be above
    them (a ratio). The envelope is the limiter's own, run at 8 cells a hop.
    """
    gain = amplitude(gain_db + how.drive_db)
    ratio = gain * true_to_sample / amplitude(how.ceiling_dbtp)
    after = np.multiply(energies, gain**2, dtype=np.float64).astype(np.float32)
    reduction = np.zeros(len(energies), np.float32)
    for at, attenuation in _attenuation(peaks, ratio, how):
        part = slice(at, at + len(attenuation))
        before = energies[max(0, at - 1) : at] if at else energies[:1]
        power = from_db(-attenuation) ** 2
        kept = _kept(before.astype(np.float64), energies[part].astype(np.float64), power)
        after[part] = energies[part] * (kept * gain**2)
        reduction[part] = attenuation.max(axis=1)
    return Forecast(after, reduction)


def _kept(before: Curve, energies: Curve, power: NDArray[np.float64]) -> Curve:
    """Share of each hop's energy that is left: the mean over its cells, but the share at its peak where a sound begins.

    How much begins is told by the rise of the energy from the hop before; `before` is the first one's.
    """
    before = np.concatenate((before, energies[:-1]))
    begins = 1.0 - np.sqrt(np.minimum(1.0, before / np.maximum(energies, 1e-20)))
    mean = power.mean(axis=1)
    kept: Curve = mean + begins * (power[:, _CELLS // 2] - mean)
    return kept


def _attenuation(peaks: Grid, ratio: float, how: Limiting) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """(first hop, hops x cells in dB) run by run, so that a long song takes no more memory than a short one; none at
    all where no peak, times `ratio`, exceeds 1."""
    if not peaks.max(initial=0.0) * ratio > 1.0:
        return
    shape = Shape.of(how, _CELLS / HOP_SECONDS)
    state = State.fresh(shape)
    for at in range(0, len(peaks), _RUN // _CELLS):
        run = envelope(_need(peaks[at:], ratio, _RUN + shape.ahead), state, shape)
        yield at, run.attenuation[:_RUN].reshape(-1, _CELLS)[: len(peaks) - at]
        state = run.state(_RUN, shape)


def _need(peaks: Grid, ratio: float, cells: int) -> Curve:
    """Attenuation in dB that the first `cells` cells of these hops and of the silence behind them ask for."""
    hops = peaks[: -(-cells // _CELLS)].astype(np.float64)
    need = np.zeros((-(-cells // _CELLS), _CELLS))
    need[: len(hops), _CELLS // 2] = to_db(np.maximum(hops * ratio, 1.0))
    return need.reshape(-1)[:cells]
