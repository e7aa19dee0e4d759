"""Loudness of a whole album from the measurements of its songs, without hearing anything again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import Measurement, Seconds
from .gating import integrated, loudness_range, whole_hops


@dataclass(frozen=True)
class AlbumLoudness:
    """Songs taken together. None: the value does not exist (silence, too short)."""

    songs: int
    seconds: Seconds
    integrated_lufs: float | None
    """All songs' blocks gated together (BS.1770-5); never the mean of the songs' figures."""
    loudness_range_lu: float | None
    """Of all songs' 3 s windows together (EBU Tech 3342)."""
    max_momentary_lufs: float | None
    max_short_term_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    plr_lu: float | None
    """Highest true peak minus the album's integrated loudness."""
    min_psr_lu: float | None
    dr: int | None
    """Rounded mean of the songs' DR."""


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def album(measurements: Sequence[Measurement]) -> AlbumLoudness:
    """Pool the measurements of an album's songs; none at all gives an album of nothing."""
    grids = [whole_hops(m) for m in measurements]
    loudness, peak = integrated(grids), _highest(m.true_peak_dbtp for m in measurements)
    ratios = [m.min_psr_lu for m in measurements if m.min_psr_lu is not None]
    dynamics = [m.dr for m in measurements if m.dr is not None]
    return AlbumLoudness(
        songs=len(measurements),
        seconds=sum(m.frames / m.rate_hz for m in measurements),
        integrated_lufs=loudness,
        loudness_range_lu=loudness_range(grids),
        max_momentary_lufs=_highest(m.max_momentary_lufs for m in measurements),
        max_short_term_lufs=_highest(m.max_short_term_lufs for m in measurements),
        true_peak_dbtp=peak,
        sample_peak_dbfs=_highest(m.sample_peak_dbfs for m in measurements),
        plr_lu=peak - loudness if peak is not None and loudness is not None else None,
        min_psr_lu=min(ratios, default=None),
        dr=math.floor(sum(dynamics) / len(dynamics) + 0.5) if dynamics else None,
    )
