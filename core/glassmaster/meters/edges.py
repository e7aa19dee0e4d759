"""The very first and the very last samples: whether a file begins and ends in silence."""

from __future__ import annotations

import numpy as np

from ..model import Block, Json, Passage


class Edges:
    """First and last sample of each channel, full scale 1; None for a file without a frame.

    A player jumps from silence to the first sample and from the last one to silence: whatever they are away from zero
    is heard as a click.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._first: Block | None = None
        self._last: Block | None = None

    def hear(self, passage: Passage) -> None:
        if self._first is None:
            self._first = passage.block[0].copy()
        self._last = passage.block[-1].copy()

    def done(self) -> Json:
        return {"first": _told(self._first), "last": _told(self._last)}


def _told(samples: Block | None) -> list[float] | None:
    return None if samples is None else np.round(samples.astype(np.float64), 7).tolist()
