"""Clipped runs: tops of the wave that were cut flat, at full scale or at any level below it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import HOP_SECONDS, Json, Passage

SHORTEST_FRAMES = 3
"""Equal samples in a row that are a flat top. Two may be: a round top between two samples gives them as well, so they
count at the very top of a file, and only where longer ones stand at the same level."""
_SURE = 0.25
"""Share of longer runs from which on those of two count."""
_NEAR_DB = 0.5
"""Only what stands this close under the highest peak so far is looked at: what is clipped stands at one level."""
_CLASS_DB = 0.05
_EVEN = 1e-4
"""Samples this close are equal: three steps of 16 bits, so that dither hides no flat top."""
_STEEP = 20.0
"""How many times its own unevenness (and `_EVEN`) the wave falls within one run's length on either side of a run that
was cut. Beside a round top (a parabola) of n equal samples it falls by 4n(2n - 1)/(n - 1)^2 times their unevenness, 15
at most, whatever its frequency and level."""
_FAINT = 10 ** (-40 / 20)
_PLACES = 8
_NONE: dict[str, Json] = {"runs": 0, "frames": 0, "longest_frames": 0, "level_dbfs": None, "at": []}


class FlatTops:
    """Runs of `SHORTEST_FRAMES` and more equal samples within 0.5 dB of the file's highest peak.

    `runs` at the level where most of them stand, `frames` in them, `longest_frames`, `level_dbfs`, `at`: seconds of the
    first few.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rate, self._top = rate, _FAINT
        self._levels: dict[int, _Level] = {}

    def hear(self, passage: Passage) -> None:
        self._top = max(self._top, float(passage.peaks.max(initial=0.0)))
        near = self._top * 10 ** (-_NEAR_DB / 20)
        for channel in np.flatnonzero((passage.peaks >= near).any(axis=1)).tolist():
            sound = passage.block[:, channel]
            begins, lengths, tops = self._runs(sound, near)
            classes = np.floor(20 * np.log10(tops) / _CLASS_DB).astype(int)
            for level in np.unique(classes).tolist():
                seconds = passage.first * HOP_SECONDS + begins[classes == level] / self._rate
                self._levels.setdefault(level, _Level()).take(lengths[classes == level], seconds)
        lowest = 20 * math.log10(near) / _CLASS_DB - 1
        self._levels = {level: each for level, each in self._levels.items() if level >= lowest}

    def _runs(self, sound: NDArray[np.float32], near: float) -> tuple[NDArray[np.int64], NDArray[np.int64], Any]:
        begins, lengths = _runs(sound, near)
        tops = np.abs(sound[begins])
        counts = (lengths >= SHORTEST_FRAMES) | (tops >= self._top - 2 * _EVEN)
        return begins[counts], lengths[counts], tops[counts]

    def done(self) -> Json:
        if not self._levels:
            return dict(_NONE)
        level = max(self._levels, key=lambda each: sum(one.runs for one in self._beside(each)))
        found = self._beside(level)
        runs, pairs = sum(each.runs for each in found), sum(each.pairs for each in found)
        if runs - pairs < _SURE * pairs:
            return dict(_NONE)
        return {
            "runs": runs,
            "frames": sum(each.frames for each in found),
            "longest_frames": max(each.longest for each in found),
            "level_dbfs": round((level + 0.5) * _CLASS_DB, 2),
            "at": sorted({round(at, 2) for each in found for at in each.at})[:_PLACES],
        }

    def _beside(self, level: int) -> list[_Level]:
        """What stands at one level: its class and those next to it."""
        return [self._levels[each] for each in (level - 1, level, level + 1) if each in self._levels]


class _Level:
    """The runs at one level, counted."""

    def __init__(self) -> None:
        self.runs = self.pairs = self.frames = self.longest = 0
        self.at: list[float] = []

    def take(self, lengths: NDArray[np.int64], seconds: NDArray[Any]) -> None:
        self.runs += len(lengths)
        self.pairs += int(np.count_nonzero(lengths < SHORTEST_FRAMES))
        self.frames += int(lengths.sum())
        self.longest = max(self.longest, int(lengths.max()))
        self.at = [*self.at, *seconds[:_PLACES].tolist()][:_PLACES]


def _runs(sound: NDArray[np.float32], near: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(first frame, frames) of each flat top, those of two samples included."""
    high = np.flatnonzero(np.abs(sound) >= np.float32(near))
    alike = (np.diff(high) == 1) & (np.abs(np.diff(sound[high])) <= _EVEN)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], alike, [False]]).astype(np.int8)))
    first, last = high[edges[::2]], high[edges[1::2]]
    lengths = last - first + 1
    spans = np.stack([edges[::2], edges[1::2] + 1], axis=1).ravel()
    heights = np.concatenate([sound[high], [0.0]])
    spread = np.maximum.reduceat(heights, spans)[::2] - np.minimum.reduceat(heights, spans)[::2] if len(spans) else 0
    sign, level = np.sign(sound[first]), np.abs(sound[first])
    before, after = np.maximum(first - lengths, 0), np.minimum(last + lengths, len(sound) - 1)
    fall = level - np.maximum(sign * sound[before], sign * sound[after])
    cut = (spread <= 2 * _EVEN) & (fall >= _STEEP * (spread + _EVEN))
    return first[cut], lengths[cut]
