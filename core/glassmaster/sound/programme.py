"""Puts the songs of a programme together: end to end, or overlapping in a crossfade."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..model import Audio, Block
from .curves import quarter_sine


@dataclass(frozen=True, eq=False)
class Piece:
    """One song's sound with its place in the programme."""

    audio: Audio
    overlap: int = 0
    """Frames by which it overlaps the piece before."""
    mark: int = 0
    """Frames from its first frame to its track mark."""


def marks(pieces: Sequence[Piece]) -> tuple[int, ...]:
    """First frame of each song in the programme, and the programme's length."""
    return bounds([(piece.audio.frames, piece.overlap, piece.mark) for piece in pieces])


def bounds(pieces: Sequence[tuple[int, int, int]]) -> tuple[int, ...]:
    """Likewise, from each piece's (length, overlap, mark) in frames, without any sound."""
    found, at = [], 0
    for number, (frames, overlap, mark) in enumerate(pieces):
        at -= overlap
        found.append(at + mark if number else 0)
        at += frames
    return (*found, at)


def assembled(pieces: Sequence[Piece]) -> Audio:
    """The programme as one sound; crossfades keep the power (sine and cosine), joints are left as they are."""
    first = pieces[0].audio
    if len(pieces) == 1:
        return first
    overlaps = [*(piece.overlap for piece in pieces[1:]), 0]

    def blocks() -> Iterator[Block]:
        tail = np.zeros((0, first.channels), np.float32)
        for piece, ahead in zip(pieces, overlaps, strict=True):
            tail = yield from _laid(piece.audio, tail, ahead)

    return Audio(first.rate, first.channels, marks(pieces)[-1], blocks)


def _laid(audio: Audio, before: Block, ahead: int) -> Generator[Block, None, Block]:
    """Yield `audio` over the tail of the piece `before`, and return its own last `ahead` frames, faded out."""
    rising, falling = _curves(len(before))
    at, keep = 0, audio.frames - ahead
    tail = []
    for block in audio:
        if at < len(before):
            block = block.copy()
            over = min(len(block), len(before) - at)
            block[:over] = block[:over] * rising[at : at + over] + before[at : at + over] * falling[at : at + over]
        if at < keep:
            yield block[: keep - at]
        if at + len(block) > keep:
            tail.append(block[max(0, keep - at) :].copy())
        at += len(block)
    return np.concatenate(tail) if tail else np.zeros((0, audio.channels), np.float32)


def _curves(frames: int) -> tuple[Block, Block]:
    place = (np.arange(frames) + 0.5) / max(1, frames)
    rising, falling = quarter_sine(place), quarter_sine(1.0 - place)
    return rising.astype(np.float32)[:, None], falling.astype(np.float32)[:, None]
