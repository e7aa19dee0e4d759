"""The stereo image: correlation, width and balance, of the whole file and second by second."""

from __future__ import annotations

import math

from ..model import Block, Json
from .decibels import power_db
from .steps import Steps

SECONDS = 1.0
"""Length of a step."""


class Stereo:
    """Of two channels L and R, from their mean squares and their mean product; None for any other number of channels.

    `correlation`: LR / sqrt(LL RR), +1 in phase (mono), 0 unrelated, -1 in opposite phase; None if a channel is silent.
    `width`: the side's share of the energy of mid and side, 0 mono, 0.5 unrelated or one-sided, 1 opposite phase.
    `balance_db`: level of R over L, above 0 to the right; None if a channel is silent.
    Lists hold one value for each second; an incomplete last one counts for what it is.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._channels = channels
        self._steps = Steps(round(SECONDS * rate))
        self._sums: list[list[float]] = []

    def hear(self, block: Block) -> None:
        if self._channels != 2:
            return
        for _, before, (left, right) in self._steps(block):
            if not before:
                self._sums.append([0.0, 0.0, 0.0])
            for number, product in enumerate((left @ left, right @ right, left @ right)):
                self._sums[-1][number] += float(product)

    def done(self) -> Json:
        if self._channels != 2:
            return None
        each = [_image(*sums) for sums in self._sums]
        whole = _image(*(sum(column) for column in zip([0.0] * 3, *self._sums, strict=True)))
        curves = {f"{name}_over_time": [image[name] for image in each] for name in whole}
        return {**whole, "step_seconds": SECONDS, **curves}


def _image(left: float, right: float, product: float) -> dict[str, Json]:
    both = left > 0 < right
    return {
        "correlation": round(max(-1.0, min(1.0, product / math.sqrt(left * right))), 4) if both else None,
        "width": round(max(0.0, min(1.0, 0.5 - product / (left + right))), 4) if left + right > 0 else None,
        "balance_db": power_db(right / left) if both else None,
    }
