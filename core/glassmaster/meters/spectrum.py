"""Long-term average spectrum in third octaves, and the balance of low end and high end."""

from __future__ import annotations

import numpy as np

from ..model import Json, Passage
from .decibels import power_db, rms_dbfs
from .lowend import LowEnd
from .quiet import Quiet
from .top import top
from .windows import Decimator, Float64, Windows

BANDS_HZ = (
    *(20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160),
    *(200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000),
    *(5000, 6300, 8000, 10000, 12500, 16000, 20000),
)
"""Nominal mid-band frequencies (IEC 61260-1:2014, annex E)."""
LOW, MIDDLE, HIGH = slice(0, 10), slice(10, 24), slice(24, 31)
"""20 to 160 Hz, 200 Hz to 4 kHz, 5 to 20 kHz."""
_EDGES_HZ = 1000 * 10 ** ((np.arange(len(BANDS_HZ) + 1) - 17.5) / 10)
"""Base ten: exact mid-band frequencies are 1000 * 10 ** (n / 10)."""
_SPLIT = 17
"""The bands up to 800 Hz come from the decimated stream."""
_SLOW_HZ = 2500
_SLOW_LENGTH = 1024


class Spectrum:
    """Level of each third octave, averaged over all channels and the whole file, in dBFS RMS (AES17).

    Windows without overlap, tapered at their ends: up to 800 Hz a third of a second each, of the sound at a lower rate;
    above 43 ms each, of which the channels take turns to give every second one: a fourth of what windows that overlap
    by half would be, and within 0.2 dB of what those tell.
    A full-scale sine on all channels reads 0 dBFS in its band. None for a band without any energy, or one that reaches
    above half the sample rate. `low_end_db` and `high_end_db`: the level of the bands up to 160 Hz, or from 5 kHz, over
    that of the bands between.

    What else these windows tell: `low_correlation` of two channels under 120 Hz, `body_correlation`
    from there to 0.6 kHz, `top` (where the spectrum ends) and
    `quiet` (hum and noise in the quietest moments).
    """

    def __init__(self, rate: int, channels: int, thorough: bool = False) -> None:
        """`thorough`: all windows that overlap by half, of all channels; four times the work."""
        self._rate, self._factor = rate, max(1, rate // _SLOW_HZ)
        length = 2 ** round(np.log2(rate * 2048 / 48_000))
        self._fast = Windows(channels, length, length // 2 if thorough else 2 * length)
        self._decimate = Decimator(channels, self._factor)
        self._slow = Windows(channels, _SLOW_LENGTH, _SLOW_LENGTH // 2 if thorough else _SLOW_LENGTH)
        self._left = np.empty((channels, 0), np.float32)
        self._low_end = LowEnd(channels, rate / self._factor)
        self._quiet = Quiet(rate / self._factor, _SLOW_LENGTH)

    def hear(self, passage: Passage) -> None:
        planar = passage.block.T
        self._fast.hear(planar)  # what is left at a passage's end is less than one turn of the channels
        slow = np.concatenate([self._left, self._decimate(planar)], axis=1)
        used = self._slow.hear(slow)
        self._low_end.hear(slow[:, :used])
        self._quiet.hear(slow[:, :used])
        self._left = slow[:, used:]

    def done(self) -> Json:
        bands, (low, body) = self._bands(), self._low_end.done()
        return {
            "bands_hz": list(BANDS_HZ),
            "levels_dbfs": [rms_dbfs(float(each)) for each in bands],
            "low_end_db": _over(bands[LOW], bands[MIDDLE]),
            "high_end_db": _over(bands[HIGH], bands[MIDDLE]),
            "low_correlation": low,
            "body_correlation": body,
            "top": top(self._fast.mean_squares(), self._rate),
            "quiet": self._quiet.done(),
        }

    def _bands(self) -> Float64:
        """Mean square of each band; 0 where there is none."""
        slow_hz, fast_hz = self._rate / self._factor / self._slow.length, self._rate / self._fast.length
        slow = self._slow.mean_squares()
        slow /= np.maximum(1e-3, self._decimate.power(np.arange(len(slow)) * slow_hz / self._rate))
        low = _sums(slow, _EDGES_HZ[: _SPLIT + 1] / slow_hz)
        high = _sums(self._fast.mean_squares(), _EDGES_HZ[_SPLIT:] / fast_hz)
        high[_EDGES_HZ[_SPLIT + 1 :] > self._rate / 2] = 0.0
        return np.concatenate([low, high])


def _sums(lines: Float64, edges: Float64) -> Float64:
    """Sum of the lines between each edge and the next; a line stands for half a line to either side."""
    below = np.concatenate([[0.0], np.cumsum(lines)])
    return np.diff(np.interp(edges + 0.5, np.arange(len(below)), below))


def _over(part: Float64, middle: Float64) -> float | None:
    power, other = float(part.sum()), float(middle.sum())
    return power_db(power / other) if power > 0 < other else None
