"""Holds the ceiling and brings loudness: `[[treatment]] stage = "limit"`, a look-ahead true-peak limiter."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le

from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Block, Grid, Stage

if TYPE_CHECKING:
    from glassmaster.peaks import Limiting


@dataclass(frozen=True)
class Limit:
    """Settings of `limit`."""

    ceiling_dbtp: Annotated[float, Ge(-20), Le(0)] = -1.0
    """Highest true peak of the master, dBTP."""
    max_gain_reduction_db: Annotated[float, Ge(0), Le(20)] = 4.0
    """The most gain reduction that the music may take for the sake of loudness; rather than more, a song stays quieter.
    It counts what comes back or lasts: the reduction exceeded for more than 150 ms of the hardest 3 seconds, about four
    drum hits. A single peak may be taken down by twice as much; `drive_db` alone is not held back."""
    drive_db: Annotated[float, Ge(-24), Le(24)] = 0.0
    """Gain in front of the limiter. Where `level` sets an aim, the drive that reaches it is found instead."""
    lookahead_ms: Annotated[float, Ge(0.5), Le(20)] = 4.0
    """Time over which the gain goes down before a peak: shorter keeps more attack, longer is smoother."""
    release_ms: Annotated[float, Ge(10), Le(1000)] = 20.0
    """Time constant of the recovery after a peak that stands alone; peaks within 20 ms of each other are one."""
    sustain_ms: Annotated[float, Ge(50), Le(2000)] = 400.0
    """Time of the slower recovery after lasting reduction."""


def _limiting(value: Limit) -> Limiting:
    from glassmaster.peaks import Limiting

    return Limiting(value.ceiling_dbtp, value.drive_db, value.lookahead_ms, value.release_ms, value.sustain_ms)


def render(audio: Audio, value: Limit) -> Generator[Block, None, Grid]:
    """Limit `audio`; returns the gain reduction in dB, the most of each 10 ms."""
    from glassmaster.peaks import limit

    return (yield from limit(audio, _limiting(value)))


def forecast(energies: Grid, peaks: Grid, value: Limit) -> tuple[Grid, Grid]:
    """What `render` will make of these hops, and the gain reduction it will return."""
    from glassmaster import peaks as limiter

    found = limiter.forecast(energies, peaks, 0.0, _limiting(value))
    return found.energies, found.reduction


@hookimpl
def glassmaster_stages() -> Iterator[Stage]:
    yield Stage(
        "limit",
        Limit,
        render,
        about="look-ahead true-peak limiter; finds its drive for the loudness wanted",
        drive="drive_db",
        allowance="max_gain_reduction_db",
        ceiling="ceiling_dbtp",
        forecast=forecast,
        whole=True,
        version=3,
    )
