"""Sound that slides by, and the record of what was done to it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model import Audio, Block, Grid
from .decibels import to_db
from .kernels import Planar


def planar(audio: Audio, gain: np.float32, step: int, kept: int) -> Iterator[Planar]:
    """Windows of kept + step frames that move on by `step`; silence before the start and, for ever, after the end."""
    sound = np.zeros((audio.channels, kept + step), np.float32)
    blocks, block = iter(audio), np.zeros((0, audio.channels), np.float32)
    while True:
        sound[:, :kept] = sound[:, step:].copy() if kept > step else sound[:, step:]
        at = kept
        while at < kept + step:
            if not len(block):
                fresh = next(blocks, None)
                if fresh is None:
                    sound[:, at:] = 0.0
                    break
                block = fresh
            part = block[: kept + step - at]
            sound[:, at : at + len(part)] = part.T
            block, at = block[len(part) :], at + len(part)
        if gain != 1.0:
            sound[:, kept:] *= gain
        yield sound


class Reduction:
    """Least gain of each 10 ms hop, from consecutive runs of gain."""

    def __init__(self, rate: int, frames: int) -> None:
        self._rate = rate
        self._least = np.ones(-(-frames * 100 // rate))
        self._at = 0

    def note(self, gain: Planar | None, frames: int) -> None:
        """The next `frames` frames had this gain; None: 1."""
        if gain is not None and frames:
            hops = np.arange(self._hop(self._at), self._hop(self._at + frames - 1) + 1)
            starts = np.maximum(0, hops * self._rate // 100 - self._at)
            least = np.minimum.reduceat(gain[:frames], starts)
            self._least[hops] = np.minimum(self._least[hops], least)
        self._at += frames

    def _hop(self, frame: int) -> int:
        """Hop h begins at frame h * rate // 100."""
        return ((frame + 1) * 100 - 1) // self._rate

    def grid(self) -> Grid:
        return np.abs(to_db(self._least)).astype(np.float32)


def interleaved(sound: Planar) -> Block:
    """Frames x channels, contiguous."""
    block = np.empty(sound.shape[::-1], np.float32)
    for index, channel in enumerate(sound):
        block[:, index] = channel
    return block
