"""What is found between two recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..model import Seconds


@dataclass(frozen=True)
class Region:
    """A stretch of time and frequency in which NEW is not OLD at another level."""

    start: Seconds
    """In OLD."""
    end: Seconds
    new_start: Seconds
    """Where the same moment is in NEW."""
    low_hz: float
    high_hz: float
    change_db: float
    """Level of NEW over OLD, the level match of the whole taken out; about 0 where the sound is another one."""
    residual_db: float
    """Level of what is left when one is taken from the other, against the sound itself."""
    channels: Literal["both", "left", "right"]


@dataclass(frozen=True)
class Edit:
    """A place where one recording goes on and the other does not."""

    kind: Literal["head", "tail", "cut"]
    """At the start, at the end, or in between."""
    at: Seconds
    """In OLD."""
    new_at: Seconds
    seconds: float
    """Longer in NEW (+) or shorter (-)."""
    silent: bool
    """There is nothing but silence in what is more or missing."""


@dataclass(frozen=True)
class Difference:
    """What came of a comparison."""

    aligned: bool
    """The two are the same recording, or most of it; nothing else is known of them otherwise."""
    rate_hz: int
    """At which they were compared."""
    seconds: tuple[Seconds, Seconds]
    """Lengths of OLD and NEW."""
    offset: Seconds = 0.0
    """How much later the music begins in NEW (first stretch)."""
    gain_db: float = 0.0
    """Level of NEW over OLD."""
    inverted: bool = False
    """NEW has the opposite polarity."""
    mono: bool = False
    """One of them is mono, so both were compared in mono."""
    null_db: float | None = None
    """Level of what is left of all the music when OLD is taken from NEW, against OLD; None: nothing is left."""
    edits: tuple[Edit, ...] = ()
    regions: tuple[Region, ...] = ()

    @property
    def same(self) -> bool:
        """Nothing but level, polarity, dither or silence around the music differs."""
        return self.aligned and not self.regions and all(each.silent and each.kind != "cut" for each in self.edits)
