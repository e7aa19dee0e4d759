"""Where the spectrum of a file ends: encoders and old sample rates cut it off like a knife."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..model import Json
from .windows import Float64

_LOWEST_HZ = 9000.0
_BELOW_HZ, _GAP_HZ, _ABOVE_HZ = 800.0, 600.0, 1500.0
_LEAST_ABOVE_HZ = 250.0
_STEP = 4  # lines


def top(lines: Float64, rate: int) -> Json:
    """The steepest fall of a long-term spectrum (mean square of each line) above 9 kHz, where the sound ends.

    `hz`: where it has fallen half way; `drop_db`: from the typical line in 800 Hz before it to the high lines in up to
    1.5 kHz behind it, with 600 Hz between; None where the rate is too low for it.
    """
    decibels, line = 10 * np.log10(np.maximum(lines, 1e-30)), rate / 2 / (len(lines) - 1)
    before, gap, behind = (round(hz / line) for hz in (_BELOW_HZ, _GAP_HZ, _ABOVE_HZ))
    first, last = round(_LOWEST_HZ / line), len(decibels) - gap - round(_LEAST_ABOVE_HZ / line)
    if last - first < before:
        return None
    padded = np.pad(decibels, (0, behind), "reflect")
    below = np.median(sliding_window_view(decibels, before)[first:last:_STEP], axis=1)
    above = np.percentile(sliding_window_view(padded, behind)[first + before + gap :: _STEP][: len(below)], 90, axis=1)
    drops = below[: len(above)] - above
    best = int(drops.argmax())
    begin = first + best * _STEP
    fall = decibels[begin : begin + before + gap + behind]
    edge = int((fall > above[best] + drops[best] / 2).nonzero()[0].max(initial=0))
    return {"hz": round((begin + edge) * line, 1), "drop_db": round(float(drops[best]), 1)}
