"""Figures under the names that all our JSON uses."""

from __future__ import annotations

from typing import Any

from .model import Json, Measurement

_FIGURES = (
    "rate_hz",
    "channels",
    "frames",
    "integrated_lufs",
    "loudness_range_lu",
    "max_momentary_lufs",
    "max_short_term_lufs",
    "true_peak_dbtp",
    "sample_peak_dbfs",
    "plr_lu",
    "min_psr_lu",
    "dr",
)


def figures(measured: Measurement) -> dict[str, Json]:
    """A measurement under the names that all our JSON uses; null where a value does not exist."""
    return {name: rounded(getattr(measured, name)) for name in _FIGURES}


def rounded(value: Any) -> Any:
    """Floats to four decimals: far finer than any meter, and easy to read."""
    return round(value, 4) + 0.0 if isinstance(value, float) else value  # no negative zero
