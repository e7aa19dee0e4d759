"""Spools: raw float32 sound on disk, little-endian and interleaved, so that a long song never has to be in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..model import Audio, Block
from ..pulse import beat

BLOCK = 65_536
_TYPE = np.dtype("<f4")


def read(path: Path, rate: int, channels: int, start: int, end: int) -> Audio:
    """Frames `start` to `end` of a spool as audio."""

    def blocks() -> Iterator[Block]:
        with path.open("rb") as file:
            file.seek(start * channels * _TYPE.itemsize)
            for at in range(start, end, BLOCK):
                frames = min(BLOCK, end - at)
                data = np.fromfile(file, _TYPE, frames * channels)
                if data.size < frames * channels:
                    raise OSError(f"{path} ends {frames - data.size // channels} frames early")
                beat()
                yield data.reshape(frames, channels)

    return Audio(rate, channels, end - start, blocks)


def write(blocks: Iterator[Block], path: Path) -> int:
    """Write blocks to a new spool and give the number of frames; what the generator returns is lost."""
    frames = 0
    with path.open("wb") as file:
        for block in blocks:
            frames += len(block)
            beat(len(block))
            file.write(np.ascontiguousarray(block, _TYPE).data)
    return frames
