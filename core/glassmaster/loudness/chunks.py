"""Sound in chunks that fit the cache: planar, of whole hops, with what came before in front of them.

However a caller cuts a file into blocks, its chunks are the same; so is, to the bit, all that is measured on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..model import Block
from .hops import PER_SECOND, STRETCH, Hops, edge

Float32: TypeAlias = NDArray[np.float32]
REACH = 64
"""Frames that are in front of and behind a chunk's neighbouring hops."""
_SAMPLES = 393_216
"""Samples (frames x channels) in a chunk."""
_LOUDEST = 1e6
"""Full scale is 1.0; above +120 dBFS there is no sound, only a broken file."""


class BrokenSoundError(ValueError):
    """Samples that are not finite, or above +120 dBFS."""

    def __init__(self, frame: int, channel: int, value: float, count: int) -> None:
        """The first such sample and how many there are; frames and channels count from 0."""
        super().__init__(
            f"frame {frame}, channel {channel + 1}: the sample is {value:g}, which is no sound ({count} such samples)"
        )
        self.frame, self.channel, self.value, self.count = frame, channel, value, count

    def __reduce__(self) -> tuple[object, ...]:  # it crosses process borders
        return (BrokenSoundError, (self.frame, self.channel, self.value, self.count))


def broken(samples: Float32) -> NDArray[np.bool_]:
    """Which samples are no sound."""
    return np.asarray(~(np.abs(samples) <= _LOUDEST))


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some hops of a file; only the file's last hop may be incomplete. Overwritten when the next one is made."""

    sound: Float32
    """channels x (margin + frames + room for three hops); behind the end of the file there is silence."""
    margin: int
    """Frames before the chunk: one hop and `REACH` at least; silence before the file's start."""
    frames: int
    first: int
    """The first hop's number in the file, a multiple of 10."""
    hops: Hops
    peaks: Float32
    """Highest magnitude in each channel and hop."""
    scratch: tuple[Float32, Float32]
    """To work in, as large as `sound`."""
    last: bool

    @property
    def x(self) -> Float32:
        """channels x frames."""
        return self.sound[:, self.margin : self.margin + self.frames]

    @property
    def block(self) -> Block:
        """frames x channels, for whoever must not write into it."""
        view = self.x.T
        view.flags.writeable = False
        return view

    @cached_property
    def squares(self) -> NDArray[Any]:
        """Sum of the squared samples of each channel and hop."""
        return self.hops.dots(self.x, self.x)

    @cached_property
    def sums(self) -> NDArray[Any]:
        """Sum of the samples of each channel and hop."""
        if self.hops.width:  # a matrix product is three times as fast as a sum
            return np.asarray(self.hops.split(self.x) @ np.ones(self.hops.width, np.float32))
        return self.hops.reduced(np.add, self.x.astype(np.float64))

    def products(self, one: int, other: int) -> NDArray[Any]:
        """Sum of the products of two channels' samples in each hop."""
        return np.asarray(self.hops.dots(self.x[one : one + 1], self.x[other : other + 1])[0])


class Chunker:
    """Makes chunks of blocks."""

    def __init__(self, rate: int, channels: int) -> None:
        if not 8000 <= rate <= 384_000:
            raise ValueError(f"a sample rate of {rate} Hz is not between 8000 and 384000 Hz")
        if channels < 1:
            raise ValueError(f"{channels} channels: there must be one at least")
        self._rate, self._channels = rate, channels
        self._hops = max(1, _SAMPLES // channels * PER_SECOND // rate // STRETCH) * STRETCH
        self.longest = edge(self._hops + 1, rate)
        """Frames that no chunk exceeds."""
        self._margin = edge(1, rate) + 1 + REACH
        self._sound = np.zeros((channels, self._margin + self.longest + edge(3, rate) + REACH), np.float32)
        self._scratch = (np.empty_like(self._sound), np.empty_like(self._sound))
        self._first = self._filled = 0

    def feed(self, block: Block) -> Iterator[Chunk]:
        """Take the next frames (frames x channels, any number); gives the chunks that got full.

        Raises ValueError for another shape, BrokenSoundError (with the count up to here) for samples that are no sound.
        """
        if block.ndim != 2 or block.shape[1] != self._channels:
            raise ValueError(f"a block of shape {block.shape} instead of frames x {self._channels}")
        while len(block):
            room = edge(self._first + self._hops, self._rate) - edge(self._first, self._rate) - self._filled
            part, block = block[:room], block[room:]
            begin = self._margin + self._filled
            self._sound[:, begin : begin + len(part)] = part.T
            self._filled += len(part)
            if len(part) == room:
                yield self._chunk(last=False)
                self._forget()

    def end(self) -> Chunk:
        """What is left at the end of the file, perhaps nothing."""
        self._sound[:, self._margin + self._filled :] = 0.0
        return self._chunk(last=True)

    def _chunk(self, last: bool) -> Chunk:
        x = self._sound[:, self._margin : self._margin + self._filled]
        hops = Hops.of(self._first, self._filled, self._rate)
        peaks = hops.reduced(np.maximum, np.abs(x, out=self._scratch[0][:, : self._filled]))
        if not peaks.max(initial=0.0) <= _LOUDEST:
            raise self._broken(x)
        return Chunk(self._sound, self._margin, self._filled, self._first, hops, peaks, self._scratch, last)

    def _forget(self) -> None:
        self._sound[:, : self._margin] = self._sound[:, self._filled : self._filled + self._margin]
        self._first += self._hops
        self._filled = 0

    def _broken(self, x: Float32) -> BrokenSoundError:
        frame, channel = np.argwhere(broken(x.T))[0].tolist()
        value, count = float(x[channel, frame]), int(broken(x).sum())
        return BrokenSoundError(edge(self._first, self._rate) + frame, channel, value, count)
