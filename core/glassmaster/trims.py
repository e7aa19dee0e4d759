"""Finds the gain that holds a lossy file's decoded true peak under its ceiling, from what was measured of it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from .model import Deliverable

_MARGIN_DB = 0.1  # overshoot is not monotone in the gain: aim a little below


@dataclass(frozen=True)
class Decoded:
    """What one lossy file decoded to."""

    trim_db: float
    """Gain (<= 0) that it was encoded with."""
    true_peak_dbtp: float | None


def trims(deliverable: Deliverable, decoded: Mapping[int, Decoded], fixed: Container[int] = ()) -> dict[int, float]:
    """The gain (<= 0 dB) for each song's next encode; the same as before where nothing has to change.

    With `trim = "album"` all songs share the gain, up to `max_trim_db`, so that they keep their distance; only a song
    that needs more is turned down further by itself. `fixed` songs keep what they have.
    """
    ceiling = deliverable.decoded_ceiling_dbtp
    free = {song: each for song, each in decoded.items() if song not in fixed}
    return {song: each.trim_db for song, each in decoded.items()} | _free_trims(deliverable, free, ceiling)


def _free_trims(deliverable: Deliverable, decoded: Mapping[int, Decoded], ceiling_dbtp: float) -> dict[int, float]:
    needed = {song: _needed(each, ceiling_dbtp) for song, each in decoded.items()}
    if deliverable.trim == "song":
        return needed
    shared = max(0.0 - deliverable.max_trim_db, min(needed.values(), default=0.0))
    return {song: min(shared, each) for song, each in needed.items()}


def _needed(decoded: Decoded, ceiling_dbtp: float) -> float:
    if decoded.true_peak_dbtp is None or decoded.true_peak_dbtp <= ceiling_dbtp:
        return decoded.trim_db
    return decoded.trim_db - (decoded.true_peak_dbtp - ceiling_dbtp) - _MARGIN_DB
