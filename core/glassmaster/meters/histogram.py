"""How often the sound peaks how high."""

from __future__ import annotations

import numpy as np

from ..model import HOP_SECONDS, Json, Passage

FLOOR_DBFS, TOP_DBFS = -60, 6
_EDGES = 10.0 ** (np.arange(FLOOR_DBFS + 1, TOP_DBFS) / 20)


class PeakHistogram:
    """Counts the sample peaks of each 10 ms of each channel in classes of 1 dB.

    `counts[i]` are the peaks from `from_dbfs` + i dB (reached) to 1 dB more (not reached); the lowest class takes in
    all that is quieter, the highest all that is louder. Music spreads over many classes; where a limiter or a clipper
    was at work one class at the top stands out. An incomplete last hop counts as one.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._counts = np.zeros(TOP_DBFS - FLOOR_DBFS, np.int64)

    def hear(self, passage: Passage) -> None:
        classes = np.searchsorted(_EDGES, passage.peaks.ravel(), side="right")
        self._counts += np.bincount(classes, minlength=len(self._counts))

    def done(self) -> Json:
        counts = self._counts.tolist()
        return {"step_seconds": HOP_SECONDS, "from_dbfs": FLOOR_DBFS, "class_db": 1, "counts": counts}
