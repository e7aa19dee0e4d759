"""What is decided: the numbers of every stage, and the promise that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .heard import Cut, Source
from .release import Step

if TYPE_CHECKING:
    from .outcome import Master


@dataclass(frozen=True)
class Decided:
    """One step of a song's chain with its number decided: the worker's errand and the cache key."""

    stage: str
    version: str
    """Of the stage and, for a stranger's, of its distribution; a new one makes its work be done again."""
    settings: Any
    value: Any
    """What the stage's `decide` returned; its settings when it has none."""


@dataclass(frozen=True, eq=False)
class Made:
    """What is already settled when a stage decides."""

    chain: tuple[Step, ...]
    """The whole chain of this song's master, in order."""
    decided: tuple[Decided, ...] = ()
    """What earlier stages of this chain decided."""
    heard: Mapping[int, Master] = field(default_factory=dict)
    """By song index: this chain's masters of the round before."""
    driven: bool = False
    """Whether a stage of this chain declares a drive, so that the loudness aimed at is reached under its ceiling."""


@dataclass(frozen=True)
class Part:
    """One song's place in a programme."""

    song: int = field(metadata={"key": False})
    """Index in `release.songs`."""
    source: Source
    cut: Cut
    steps: tuple[Decided, ...]
    """Stages that run on this song alone, in order."""
    overlap: int = 0
    """Frames by which it overlaps the part before (crossfade)."""
    mark: int = 0
    """Frames from its first sound to its track mark."""


@dataclass(frozen=True)
class Order:
    """All that decides the sound of one programme's master."""

    parts: tuple[Part, ...]
    steps: tuple[Decided, ...]
    """Stages that run once over the whole programme, in order, after the parts were put together."""
    aim_lufs: float | None
    """Integrated loudness that the programme shall end with; None leaves the drive as it stands."""
    ceiling_dbtp: float | None = None
    """True peak that the chain holds, and that whatever comes after it must not pass; None: no such promise."""


@dataclass(frozen=True)
class Promise:
    """What the plan expects of an order, from the 10 ms model."""

    lufs: float | None
    """Integrated loudness to expect."""
    drive_db: float
    max_gain_reduction_db: float
    """Of the highest peak."""
    sustained_gain_reduction_db: float = 0.0
    """At work on the music: exceeded for no more than 150 ms of any 3 s."""
    why: str = ""
    """Which rule stops it short of its aim, and by how much; empty when it gets there."""
