"""Finds the gain that holds a lossy file's decoded true peak under its ceiling, from what was measured of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass

from .model import Deliverable

MARGIN_DB = 0.1
"""Overshoot is not monotone in the gain: aim a little below."""
_STEPS = 100
"""Trims are whole hundredths of a dB: easy to read, and a song's smallest change does not move all the others."""


@dataclass(frozen=True)
class Decoded:
    """What one lossy file decoded to, or is expected to."""

    trim_db: float
    """Gain (<= 0) that it was encoded with."""
    true_peak_dbtp: float | None
    doubt_db: float = MARGIN_DB
    """How far the peak may lie above what follows from this one when the file is encoded with another gain."""
    expected: bool = False
    """Nobody encoded it yet: the doubt counts at this gain, too."""


def trims(
    deliverable: Deliverable,
    ceiling_dbtp: float,
    decoded: Mapping[int, Decoded],
    fixed: Container[int] = (),
    runs: Iterable[Collection[int]] = (),
) -> dict[int, float]:
    """The gain (<= 0 dB) for each song's next encode; the same as before where nothing has to change.

    With `trim = "album"` all songs share the gain, up to `max_trim_db`, so that they keep their distance; only a song
    that needs more is turned down further by itself. `fixed` songs keep what they have. Songs of one of the `runs` run
    on and are always turned down alike: a step where they meet would be heard.
    """
    free = {song: _needed(each, ceiling_dbtp) for song, each in decoded.items() if song not in fixed}
    for run in runs:
        mine = [song for song in run if song in free]
        free |= dict.fromkeys(mine, min((free[song] for song in mine), default=0.0))
    return {song: each.trim_db for song, each in decoded.items()} | _shared(deliverable, free)


def _shared(deliverable: Deliverable, needed: dict[int, float]) -> dict[int, float]:
    if deliverable.trim == "song":
        return needed
    shared = max(0.0 - deliverable.max_trim_db, min(needed.values(), default=0.0))
    return {song: min(shared, each) for song, each in needed.items()}


def _needed(decoded: Decoded, ceiling_dbtp: float) -> float:
    peak = decoded.true_peak_dbtp
    if peak is None or (peak <= ceiling_dbtp and not decoded.expected):
        return decoded.trim_db
    wanted = decoded.trim_db - (peak - ceiling_dbtp) - decoded.doubt_db
    return min(decoded.trim_db, math.floor(wanted * _STEPS + 1e-6) / _STEPS)
