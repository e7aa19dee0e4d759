"""The level between two recordings, and the noise under which a residual tells nothing: from samples of all music."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cells import Bands, Cells, cells
from .lining import Stretch
from .recording import Recording

_SAMPLES = 64
_WINDOWS = 8
_DITHER = (2.0**-15) ** 2 / 4
"""Mean square of 16 bits' rounding with TPDF dither, the coarsest that a delivery has: LSB squared / 4."""
_MARGIN = 10 ** (12 / 10)
_SHAPED = 10 ** (35 / 10)
"""Noise shaping lifts dither by no more than this in any band."""
_STEADY = 8.0
"""A residual that never falls lower than this share of itself is noise: that of a dither inside a deeper file."""
_FEW = 16
"""Bins of a band whose noise sways too much to be told so."""
_MOST_BITS = 22
_LEAST_DB, _STEP_DB, _CLOSE_DB = -60.0, 0.02, 0.15
_AGREED = 0.05
"""Share of the cells that must agree on one level; otherwise that of the whole music counts."""


@dataclass(frozen=True, eq=False)
class Match:
    factor: float
    """What NEW is multiplied by to be as loud as OLD, negative where its polarity is inverted."""
    allowance: NDArray[np.float64]
    """Residual energy, per band, that rounding and dither of either side may cause."""


def matched(stretches: Sequence[Stretch], old: Recording, new: Recording, bands: Bands, inverted: bool) -> Match | None:
    """Level and noise; None where nothing sounds on both sides."""
    samples = [each for stretch in stretches for each in _samples(stretch, stretches, old, new, bands)]
    if not samples:
        return None
    ours, theirs, shared = (
        np.concatenate([getattr(each, name) for each in samples]) for name in ("old", "new", "shared")
    )
    white = bands.noise(_DITHER) * _MARGIN
    sounding = (ours > 100 * white) & (theirs > 1e-6 * white)
    if not sounding.any():
        return None
    level = _level(ours[sounding], theirs[sounding])
    factor = -level if inverted else level
    left = Cells(0, ours, theirs, shared).residual(factor)[sounding.any(axis=(1, 2))]
    steady = np.quantile(left.max(axis=1), 0.2, axis=0) * _STEADY
    noise = white * (1 + factor**2)
    fine = noise * np.where(np.diff(bands.bins) < _FEW, 1.0, _finer(old, new))
    return Match(factor, np.maximum(fine, np.minimum(steady, noise * _SHAPED)))


def _finer(old: Recording, new: Recording) -> float:
    """How much less noise than 16 bits the files' own depth brings."""
    bits = min((each.source.bits or _MOST_BITS for each in (old, new)), default=16)
    return float(4.0 ** (16 - min(max(bits, 16), _MOST_BITS)))


def _samples(
    stretch: Stretch, stretches: Sequence[Stretch], old: Recording, new: Recording, bands: Bands
) -> list[Cells]:
    """Some windows from all over a stretch, more from longer ones."""
    whole = sum(each.end - each.start for each in stretches)
    windows = (stretch.end - stretch.start - bands.length) // bands.hop + 1
    count = max(1, round(_SAMPLES * (stretch.end - stretch.start) / max(whole, 1)))
    firsts = sorted({max(0, (windows - _WINDOWS) * (2 * n + 1) // (2 * count)) for n in range(count)})
    if windows < 1:
        return []
    return [each for first in firsts for each in cells(stretch, old, new, bands, first, _WINDOWS)]


def _level(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """The level on which most cells agree: what was changed in a mix does not bend it."""
    apart = 10 * np.log10(ours.astype(np.float64) / theirs)
    counts, edges = np.histogram(apart, np.arange(_LEAST_DB, -_LEAST_DB + _STEP_DB, _STEP_DB))
    near = np.convolve(counts, np.ones(5), "same")
    best = float(edges[int(np.argmax(near))]) + _STEP_DB / 2
    close = apart[np.abs(apart - best) < _CLOSE_DB]
    if len(close) < _AGREED * len(apart):
        return float(np.sqrt(ours.sum(dtype=np.float64) / theirs.sum(dtype=np.float64)))
    return float(10 ** (np.median(close) / 20))
