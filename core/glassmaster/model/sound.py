"""The one thing that moves: audio, in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Block: TypeAlias = NDArray[np.float32]
    """Sound: float32, frames x channels, full scale 1.0. Whoever receives one treats it as read-only."""
    Grid: TypeAlias = NDArray[np.float32]
    """One figure for each 10 ms hop of a file, an incomplete last hop included."""
else:
    Block = Grid = Any

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

    def __iter__(self) -> Iterator[Block]:
        return self.open()
