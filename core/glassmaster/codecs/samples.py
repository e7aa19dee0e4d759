"""What may reach an encoder: finite samples in short blocks, and integers that stand for them exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..model import Audio, Block
from ..pulse import beat
from ..sound.blocks import between

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAMES = 65_536
"""Frames a write: libvorbis overruns its stack when a minute comes in one call."""
MOST = 16.0
"""Largest sample (+24 dBFS): beyond it something is broken, and LAME would abort the process."""


def finite(audio: Audio) -> Iterator[tuple[int, Block]]:
    """(first frame, block) of `FRAMES` frames each but the last, C-contiguous, proven finite.

    The cuts do not depend on the blocks that come in, for libvorbis gives other bytes when they do. Raises ValueError
    that names the first frame and channel with a NaN, an infinity or more than `MOST`, and when the blocks do not add
    up to `audio.frames`.
    """
    at = 0
    for block in _cut(audio):
        _proven(block, at)
        beat(len(block))
        yield at, block
        at += len(block)
    if at != audio.frames:
        raise ValueError(f"{audio.frames} frames were announced, but {at} came")


def surrounded(audio: Audio, lead: int, tail: int) -> tuple[Audio, int]:
    """(the sound with up to `lead` frames of what comes before it and `tail` of what comes after, frames of the first).

    An encoder that begins in the middle of music hears a jump from silence, and spends its bits on it. `audio` itself
    where it has no neighbours.
    """
    before, after = audio.before, audio.after
    first = min(lead, before.frames) if before else 0
    last = min(tail, after.frames) if after else 0
    if not first and not last:
        return audio, 0

    def blocks() -> Iterator[Block]:
        if before:
            yield from between(before, before.frames - first, before.frames)
        yield from proven(audio)
        if after:
            yield from between(after, 0, last)

    return Audio(audio.rate, audio.channels, first + audio.frames + last, blocks), first


def proven(audio: Iterable[Block]) -> Iterator[Block]:
    """The blocks, each proven finite; raises ValueError as `finite` does, with the frame counted from the first."""
    at = 0
    for block in audio:
        _proven(block, at)
        yield block
        at += len(block)


def _cut(audio: Audio) -> Iterator[Block]:
    held: list[Block] = []
    room = FRAMES
    for whole in audio:
        if whole.ndim != 2 or whole.shape[1] != audio.channels:
            raise ValueError(f"a block of shape {whole.shape} does not hold {audio.channels} channels")
        while len(whole):
            held.append(whole[:room])
            whole, room = whole[room:], room - len(held[-1])
            if not room:
                yield _one(held)
                held, room = [], FRAMES
    if held:
        yield _one(held)


def _one(blocks: list[Block]) -> Block:
    return np.ascontiguousarray(blocks[0] if len(blocks) == 1 else np.concatenate(blocks), dtype=np.float32)


def _proven(block: Block, at: int) -> None:
    if not len(block):
        return
    if not -MOST <= block.min() <= block.max() <= MOST:  # a NaN is not <= either
        frame, channel = np.argwhere(~(np.abs(block) <= MOST))[0]
        raise ValueError(f"frame {at + frame}, channel {channel + 1} is {block[frame, channel]}: no level to encode")


def integers(block: Block, bits: int, at: int = 0) -> NDArray[np.int32]:
    """The block's samples as integers of `bits` (16 or 24), exactly.

    Raises ValueError that names the frame (counted from `at`) when a sample stands between two integers or beyond
    the range -2^(bits-1) .. 2^(bits-1) - 1.
    """
    top = 1 << (bits - 1)
    scaled = block * np.float32(top)  # a power of two: exact
    whole: Block = np.clip(np.rint(scaled), -top, top - 1)
    if not np.array_equal(whole, scaled):
        frame, channel = np.argwhere(whole != scaled)[0]
        raise ValueError(
            f"frame {at + frame}, channel {channel + 1} is {block[frame, channel]!r}, which is no {bits}-bit value"
        )
    return whole.astype(np.int32)


def packed(values: NDArray[np.int32], bits: int) -> bytes:
    """Integers of `bits` (8, 16, 24 or 32, signed) as little-endian bytes of that width."""
    width = bits // 8
    raw = np.ascontiguousarray(values, dtype="<i4").view(np.uint8).reshape(-1, 4)
    kept = np.empty((len(raw), width), np.uint8)
    for at in range(width):  # one strided copy a byte is six times as fast as copying the slice
        kept[:, at] = raw[:, at]
    return kept.tobytes()
