"""Small changes to streams of blocks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model import Audio, Block


def gained(audio: Audio, gain_db: float) -> Audio:
    """Every sample times one gain; the blocks themselves at 0 dB."""
    if gain_db == 0:
        return audio
    factor = np.float32(10 ** (gain_db / 20))

    def blocks() -> Iterator[Block]:
        for block in audio:
            yield block * factor

    return Audio(audio.rate, audio.channels, audio.frames, blocks)


def followed_by_silence(audio: Audio, frames: int) -> Audio:
    """`audio` with digital silence behind it."""
    if not frames:
        return audio

    def blocks() -> Iterator[Block]:
        yield from audio
        for at in range(0, frames, 65_536):
            yield np.zeros((min(65_536, frames - at), audio.channels), np.float32)

    return Audio(audio.rate, audio.channels, audio.frames + frames, blocks)


def between(audio: Audio, start: int, end: int) -> Audio:
    """The frames from `start` to `end` of a sound, which is read from its first frame."""
    if (start, end) == (0, audio.frames):
        return audio

    def blocks() -> Iterator[Block]:
        at = 0
        for block in audio:
            if len(kept := block[max(0, start - at) : max(0, end - at)]):
                yield kept
            at += len(block)
            if at >= end:
                return

    return Audio(audio.rate, audio.channels, end - start, blocks)


def regular(audio: Audio, size: int) -> Iterator[Block]:
    """The same sound in blocks of exactly `size` frames (the last may be shorter), whatever they were before."""
    kept: list[Block] = []
    held = 0
    for block in audio:
        while held + len(block) >= size:
            cut = size - held
            yield block[:cut] if not kept else np.concatenate([*kept, block[:cut]])
            block, kept, held = block[cut:], [], 0
        if len(block):
            kept.append(block.copy())
            held += len(block)
    if kept:
        yield np.concatenate(kept)
