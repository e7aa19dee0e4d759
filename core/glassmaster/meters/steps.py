"""A stream cut at even steps, however its blocks fall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..model import Block

Planar: TypeAlias = NDArray[np.float32]
"""channels x frames"""


class Steps:
    """Tells for each block which of its frames belong to which step of `length` frames."""

    def __init__(self, length: int) -> None:
        self.length = length
        self._at = 0

    def __call__(self, block: Block) -> Iterator[tuple[int, int, Planar]]:
        """(number of the step, frames of it that came before, the frames) in order; nothing is copied."""
        planar = block.T
        while planar.shape[1]:
            step, before = divmod(self._at, self.length)
            part, planar = planar[:, : self.length - before], planar[:, self.length - before :]
            self._at += part.shape[1]
            yield step, before, part
