"""How to limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limiting:
    """Everything that decides what the limiter does to the sound."""

    ceiling_dbtp: float
    """Highest true peak of the result, dBTP (ITU-R BS.1770-5 annex 2, read at 16 times the rate)."""
    drive_db: float = 0.0
    """Gain in front of the limiter, dB."""
    lookahead_ms: float = 4.0
    """Time over which the gain goes down before a peak."""
    release_ms: float = 20.0
    """Time constant of the recovery after a peak that stands alone; peaks within 20 ms of each other are one."""
    sustain_ms: float = 400.0
    """Time over which lasting reduction builds up a floor, and in which that floor recovers."""
