"""How often the sound peaks how high."""

from __future__ import annotations

import numpy as np

from ..model import Block, Json
from .steps import Planar

FLOOR_DBFS, TOP_DBFS = -60, 6
_EDGES = 10.0 ** (np.arange(FLOOR_DBFS + 1, TOP_DBFS) / 20)


class PeakHistogram:
    """Counts the sample peaks of each 10 ms of each channel in classes of 1 dB.

    `counts[i]` are the peaks from `from_dbfs` + i dB (reached) to 1 dB more (not reached); the lowest class takes in
    all that is quieter, the highest all that is louder. Music spreads over many classes; where a limiter or a clipper
    was at work one class at the top stands out. An incomplete last step counts as one.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._step = max(1, round(rate / 100))
        self._open = np.zeros(channels, np.float32)
        self._filled = 0
        self._counts = np.zeros(TOP_DBFS - FLOOR_DBFS, np.int64)

    def hear(self, block: Block) -> None:
        planar = block.T
        if self._filled:
            begun, planar = np.split(planar, [self._step - self._filled], axis=1)
            self._begin(begun)
        whole = planar.shape[1] // self._step * self._step
        if whole:
            self._count(_highest(planar[:, :whole].reshape(len(planar), -1, self._step)))
        if whole < planar.shape[1]:
            self._begin(planar[:, whole:])

    def _begin(self, part: Planar) -> None:
        if part.shape[1]:
            np.maximum(self._open, _highest(part), out=self._open)
        self._filled += part.shape[1]
        if self._filled == self._step:
            self._close()

    def _close(self) -> None:
        self._count(self._open)
        self._open[:] = 0.0
        self._filled = 0

    def _count(self, peaks: Planar) -> None:
        classes = np.searchsorted(_EDGES, peaks.ravel(), side="right")
        self._counts += np.bincount(classes, minlength=len(self._counts))

    def done(self) -> Json:
        if self._filled:
            self._close()
        return {"step_seconds": 0.01, "from_dbfs": FLOOR_DBFS, "class_db": 1, "counts": self._counts.tolist()}


def _highest(sound: Planar) -> Planar:
    """Highest magnitude along the last axis."""
    return np.asarray(np.maximum(sound.max(axis=-1), -sound.min(axis=-1)))
