"""Sample-rate conversion by soxr at its best quality (VHQ: flat to 0.91 of Nyquist, aliases below -150 dB)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..model import Audio, Block
from .blocks import regular

_BLOCK = 65_536


def resampled_frames(frames: int, rate: int, to_rate: int) -> int:
    """Length after conversion: the nearest whole frame, so that a mark lands where its time says."""
    return (2 * frames * to_rate + rate) // (2 * rate)


def resampled(audio: Audio, to_rate: int) -> Audio:
    """`audio` at `to_rate` frames per second, in time with the original (linear phase, latency removed)."""
    if to_rate == audio.rate:
        return audio
    frames = resampled_frames(audio.frames, audio.rate, to_rate)

    def blocks() -> Iterator[Block]:
        left = frames
        for block in _converted(audio, to_rate):
            yield block[:left]
            left -= len(block[:left])
        if left > 0:  # soxr rounds the length down now and then
            yield np.zeros((left, audio.channels), np.float32)

    return Audio(to_rate, audio.channels, frames, blocks)


def _converted(audio: Audio, to_rate: int) -> Iterator[Block]:
    import soxr

    stream = soxr.ResampleStream(audio.rate, to_rate, audio.channels, dtype="float32", quality="VHQ")
    for block in regular(audio, _BLOCK):
        yield stream.resample_chunk(np.ascontiguousarray(block))
    yield stream.resample_chunk(np.zeros((0, audio.channels), np.float32), last=True)
