"""How many bits of the samples are really used: 16 bits in a file of 24 leave the last eight at zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..model import Block, Json, Passage

DEPTHS = (8, 12, 14, 16, 18, 20, 22, 24)
_PLENTY = 4096
"""Frames that are looked at first: most sound fails there."""


class BitDepth:
    """The smallest depth of `DEPTHS` that holds every sample exactly; None for silence, and from 24 bits on.

    Only as much is looked at as it takes to know: the usual mixdown of 24 bits is known after its first frames.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._fitting: Sequence[int] = DEPTHS
        self._sound = False

    def hear(self, passage: Passage) -> None:
        if self._fitting and self._fitting[0] < DEPTHS[-1]:
            self._narrow(passage.block[:_PLENTY])
        if self._fitting and self._fitting[0] < DEPTHS[-1]:
            self._narrow(passage.block)
            self._sound = self._sound or bool(passage.peaks.any())

    def done(self) -> Json:
        certain = self._fitting and self._fitting[0] < DEPTHS[-1]
        return self._fitting[0] if certain and self._sound else None

    def _narrow(self, block: Block) -> None:
        while self._fitting and not _fits(block, self._fitting[0]):
            self._fitting = self._fitting[1:]


def _fits(block: Block, bits: int) -> bool:
    steps = block * np.float32(2 ** (bits - 1))  # exact: a power of two moves the exponent only
    return bool((steps == np.rint(steps)).all())
