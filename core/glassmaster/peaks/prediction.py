"""What gain, drive and limiting will do to a song, from its energies and peaks on the 10 ms grid; no audio."""

from __future__ import annotations

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
    over = peaks.astype(np.float64) * (gain * true_to_sample / amplitude(how.ceiling_dbtp))
    need = np.zeros((len(over), _CELLS))
    need[:, _CELLS // 2] = to_db(np.maximum(over, 1.0))
    attenuation = _attenuation(need.reshape(-1), how)
    kept = _kept(energies.astype(np.float64), from_db(-attenuation).reshape(-1, _CELLS) ** 2)
    after = (energies * (kept * gain**2)).astype(np.float32)
    return Forecast(after, attenuation.reshape(-1, _CELLS).max(axis=1).astype(np.float32))


def _kept(energies: Curve, power: NDArray[np.float64]) -> Curve:
    """Share of each hop's energy that is left: the mean over its cells, but the share at its peak where a sound begins.

    How much begins is told by the rise of the energy from the hop before.
    """
    before = np.concatenate((energies[:1], energies[:-1]))
    begins = 1.0 - np.sqrt(np.minimum(1.0, before / np.maximum(energies, 1e-20)))
    mean = power.mean(axis=1)
    kept: Curve = mean + begins * (power[:, _CELLS // 2] - mean)
    return kept


def _attenuation(need: Curve, how: Limiting) -> Curve:
    if not need.any():
        return need
    shape = Shape.of(how, _CELLS / HOP_SECONDS)
    state, runs = State.fresh(shape), []
    padded = np.concatenate((need, np.zeros(_RUN + shape.ahead)))
    for at in range(0, len(need), _RUN):
        run = envelope(padded[at : at + _RUN + shape.ahead], state, shape)
        runs.append(run.attenuation[:_RUN])
        state = run.state(_RUN, shape)
    return np.concatenate(runs)[: len(need)]
