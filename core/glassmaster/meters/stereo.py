"""The stereo image: correlation, width and balance, of the whole file and second by second."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..model import HOP_SECONDS, Json, Passage
from .decibels import power_db

SECONDS = 1.0
"""Length of a step."""
_HOPS = round(SECONDS / HOP_SECONDS)


class Stereo:
    """Of two channels L and R, from their mean squares and their mean product; None for any other number of channels.

    `correlation`: LR / sqrt(LL RR), +1 in phase (mono), 0 unrelated, -1 in opposite phase; None if a channel is silent.
    `width`: the side's share of the energy of mid and side, 0 mono, 0.5 unrelated or one-sided, 1 opposite phase.
    `balance_db`: level of R over L, above 0 to the right; None if a channel is silent.
    Lists hold one value for each second; an incomplete last one counts for what it is.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._channels = channels
        self._steps: list[NDArray[np.float64]] = []

    def hear(self, passage: Passage) -> None:
        if self._channels != 2:
            return
        hops = np.vstack([passage.squares, passage.products(0, 1)])
        steps = (passage.first + np.arange(hops.shape[1])) // _HOPS
        begins = np.flatnonzero(np.diff(steps, prepend=-1))
        sums = np.add.reduceat(hops, begins, axis=1, dtype=np.float64).T
        if begun := len(self._steps) - int(steps[0]):
            self._steps[-1] += sums[0]
        self._steps.extend(sums[begun:])

    def done(self) -> Json:
        if self._channels != 2:
            return None
        each = [_image(*sums.tolist()) for sums in self._steps]
        whole = _image(*sum(self._steps, np.zeros(3)).tolist())
        curves = {f"{name}_over_time": [image[name] for image in each] for name in whole}
        return {**whole, "step_seconds": SECONDS, **curves}


def _image(left: float, right: float, product: float) -> dict[str, Json]:
    both = left > 0 < right
    return {
        "correlation": round(max(-1.0, min(1.0, product / math.sqrt(left * right))), 4) if both else None,
        "width": round(max(0.0, min(1.0, 0.5 - product / (left + right))), 4) if left + right > 0 else None,
        "balance_db": power_db(right / left) if both else None,
    }
