"""The one thing that moves: audio, in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Block: TypeAlias = NDArray[np.float32]
    """Sound: float32, frames x channels, full scale 1.0. Whoever receives one treats it as read-only."""
    Grid: TypeAlias = NDArray[np.float32]
    """One figure for each 10 ms hop of a file, an incomplete last hop included."""
    Figures: TypeAlias = NDArray[np.float32] | NDArray[np.float64]
    """One figure for each channel and hop (channels x hops)."""
else:
    Block = Grid = Figures = Any

Json: TypeAlias = Any
"""What `json` can write: None, bool, int, finite float, str, lists and string-keyed dicts of these."""
Seconds: TypeAlias = float
HOP_SECONDS = 0.01
"""Hop of every `Grid`. Fine enough for the momentary maximum (EBU Tech 3341 cases 13 and 14)."""


@dataclass(frozen=True, eq=False)
class Audio:
    """A re-iterable stream of blocks: iterate as often as you like, each time from the first frame."""

    rate: int
    """Frames per second."""
    channels: int
    frames: int
    """Length; the blocks of one iteration add up to exactly this."""
    open: Callable[[], Iterator[Block]]
    before: Audio | None = None
    """For a song that runs on: the sound that leads to its first frame, for encoders that must not begin cold there."""
    after: Audio | None = None
    """For a song that is run on from: the sound right behind its last frame."""

    def __iter__(self) -> Iterator[Block]:
        return self.open()


class Passage(Protocol):
    """Some frames of a file as all meters hear them: whole hops, but for the file's last one.

    What several meters need of each hop is found once, when the first of them asks. Read-only, and overwritten as soon
    as the next passage comes.
    """

    @property
    def block(self) -> Block:
        """The sound; its transpose holds each channel in one piece of memory."""

    @property
    def first(self) -> int:
        """Number of its first hop in the file."""

    @property
    def peaks(self) -> Figures:
        """Highest magnitude."""

    @property
    def sums(self) -> Figures:
        """Sum of the samples."""

    @property
    def squares(self) -> Figures:
        """Sum of the squared samples."""

    def products(self, one: int, other: int) -> Figures:
        """Sum of the products of two channels' samples, one for each hop."""
