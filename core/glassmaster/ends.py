"""Where a song starts and ends within its mixdown, told from the 10 ms grid of peaks.

A song starts at the first sound above -65 dB and ends where its reverb has died away to -72 dB, both under the song's
own peak; steady noise before or after it (hum, tape hiss) lifts these thresholds to 6 dB above the noise. A single
click does not count as sound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .model import HOP_SECONDS, Grid, Measurement, Seconds

START_DB = -65.0
END_DB = -72.0
AIR_BEFORE_S = 0.05
AIR_AFTER_S = 0.1
_EDGE = 30  # hops in which steady noise is looked for
_NOISE_SPREAD_DB = 6.0
_ABOVE_NOISE_DB = 6.0
_NOISE_BELOW_DB = -50.0  # a steady sound above this may be a quiet opening: rather hiss kept than music lost
_AUDIBLE_STEP_DB = -70.0


@dataclass(frozen=True)
class Ends:
    """Where the sound is, in seconds, with a little air; and how these places were found."""

    start: Seconds
    end: Seconds
    silence_before: Seconds
    """Seconds in front of the first sound."""
    silence_after: Seconds
    """Seconds behind the last sound."""
    start_db: float
    """Threshold of the first sound, under the song's peak."""
    end_db: float


def ends(measurement: Measurement) -> Ends:
    """Start and end of the sound; the whole file if it is silent."""
    length = measurement.frames / measurement.rate_hz
    levels = _levels(measurement.peaks)
    start_at, end_at = _threshold(levels, START_DB), _threshold(levels[::-1], END_DB)
    first, last = _first(levels > start_at), len(levels) - _first(levels[::-1] > end_at)
    before, after = first * HOP_SECONDS, max(0.0, length - last * HOP_SECONDS)
    if before >= length:
        return Ends(0.0, length, length, length, START_DB, END_DB)
    return Ends(
        round(max(0.0, before - AIR_BEFORE_S), 3),
        min(length, round(last * HOP_SECONDS + AIR_AFTER_S, 3)),
        before,
        after,
        20 * math.log10(start_at),
        20 * math.log10(end_at),
    )


def sounding(measurement: Measurement, at: Seconds) -> bool:
    """Whether a cut at this place goes into sound: a step there could be heard (more than -70 dB under the peak)."""
    hop = min(int(at / HOP_SECONDS + 1e-6), len(measurement.peaks) - 1)
    return bool(_levels(measurement.peaks)[hop] > _ratio(_AUDIBLE_STEP_DB))


def _levels(peaks: Grid) -> Any:
    """Ratio to the highest peak."""
    return peaks / max(float(peaks.max(initial=0.0)), 1e-30)


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _threshold(levels: Any, least_db: float) -> float:
    """`least_db`, or a little above the noise that the file starts with (reversed levels: ends with), as a ratio."""
    edge = levels[:_EDGE]
    if not len(edge):
        return _ratio(least_db)
    low, high = (float(each) for each in np.percentile(edge, (10, 90)))
    steady = high < low * _ratio(_NOISE_SPREAD_DB) and high < _ratio(_NOISE_BELOW_DB)
    return max(_ratio(least_db), float(edge.max()) * _ratio(_ABOVE_NOISE_DB) if steady else 0.0)


def _first(sound: Any) -> int:
    """First hop of a sound: of the five hops from it on, three sound at least. The number of hops if there is none."""
    counts = np.convolve(sound, np.ones(5))[4:]
    found = np.flatnonzero(sound[: len(counts)] & (counts >= 3))
    return int(found[0]) if len(found) else len(sound)
