"""Where the spectrum of a file ends: encoders and old sample rates cut it off like a knife."""

from __future__ import annotations

import numpy as np

from ..model import Json
from .windows import Float64

_LOWEST_HZ = 9000.0
_BELOW_HZ, _GAP_HZ, _ABOVE_HZ = 800.0, 600.0, 1500.0
_LEAST_ABOVE_HZ = 250.0
_STEP_HZ = 100.0


def top(lines: Float64, rate: int) -> Json:
    """The steepest fall of a long-term spectrum (mean square of each line) above 9 kHz, where the sound ends.

    `hz`: the middle of the fall; `drop_db`: from the typical line in 800 Hz before it to the high lines in up to
    1.5 kHz behind it, with 600 Hz between; None where the rate is too low for it.
    """
    decibels, line = 10 * np.log10(np.maximum(lines, 1e-30)), rate / 2 / (len(lines) - 1)
    best = (-1e9, 0.0)
    for hz in np.arange(_LOWEST_HZ, rate / 2 - _GAP_HZ / 2 - _LEAST_ABOVE_HZ, _STEP_HZ).tolist():
        before = decibels[int((hz - _GAP_HZ / 2 - _BELOW_HZ) / line) : int((hz - _GAP_HZ / 2) / line)]
        behind = decibels[int((hz + _GAP_HZ / 2) / line) : int((hz + _GAP_HZ / 2 + _ABOVE_HZ) / line)]
        best = max(best, (float(np.median(before) - np.percentile(behind, 90)), hz))
    return {"hz": best[1], "drop_db": round(best[0], 1)} if best[1] else None
