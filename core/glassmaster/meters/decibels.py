"""Mean squares and amplitudes in decibels; None where there is nothing to take a logarithm of."""

from __future__ import annotations

import math

SINE = 2.0
"""A full-scale sine's mean square is 1 / 2; AES17-2020, 3.12: it reads 0 dBFS RMS."""


def power_db(ratio: float) -> float | None:
    """10 log10 of a ratio of powers, to a thousandth of a decibel; None for nothing."""
    return round(10 * math.log10(ratio), 3) if ratio > 0 else None


def rms_dbfs(mean_square: float) -> float | None:
    """RMS level in dBFS: a full-scale sine reads 0; None for digital silence."""
    return power_db(SINE * mean_square)
