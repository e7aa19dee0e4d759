"""RMS level, crest factor and DC offset of a whole file."""

from __future__ import annotations

import numpy as np

from ..model import Json, Passage
from .decibels import power_db, rms_dbfs


class Rms:
    """RMS in dBFS by AES17 (a full-scale sine reads 0), over all frames and without any gate.

    Of each channel, and of all (the mean of their powers). `crest_db`: highest sample of any channel over the RMS of
    all, both as amplitudes, so that a sine has 3.01 dB. None for digital silence.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._squares = np.zeros(channels)
        self._peak = 0.0
        self._frames = 0

    def hear(self, passage: Passage) -> None:
        self._squares += passage.squares.sum(axis=1, dtype=np.float64)
        self._peak = max(self._peak, float(passage.peaks.max()))
        self._frames += len(passage.block)

    def done(self) -> Json:
        squares = self._squares / max(1, self._frames)
        mean = float(squares.mean())
        return {
            "rms_dbfs": rms_dbfs(mean),
            "rms_dbfs_by_channel": [rms_dbfs(float(each)) for each in squares],
            "crest_db": power_db(self._peak**2 / mean) if mean else None,
        }


class DcOffset:
    """Mean of all samples of each channel; full scale is 1.0. None for a file without a frame."""

    def __init__(self, rate: int, channels: int) -> None:
        self._sums = np.zeros(channels)
        self._frames = 0

    def hear(self, passage: Passage) -> None:
        self._sums += passage.sums.sum(axis=1, dtype=np.float64)
        self._frames += len(passage.block)

    def done(self) -> Json:
        return [round(float(each) / self._frames, 7) if self._frames else None for each in self._sums]
