"""WAV files, RF64 where they pass 4 GiB: known sizes first, then the samples, and nothing behind them.

RIFF/WAVE: "Multimedia Programming Interface and Data Specifications 1.0"; RF64: EBU Tech 3306 / ITU-R BS.2088.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from ..model import Audio
from .samples import finite, integers, packed

LIMIT = 0xFFFFFFFF
"""Most that a RIFF size field can say."""
_PCM, _FLOAT = 1, 3


def write(audio: Audio, path: Path, bits: int, limit: int = LIMIT, chunks: bytes = b"") -> None:
    """Write `audio` as integer PCM of 16 or 24 bits (its samples must stand on that grid) or as 32-bit float.

    `chunks` are whole ones to stand in front of the samples.

    Raises ValueError for samples that are not finite or not on the grid, OSError when the file cannot be written.
    """
    with path.open("wb") as file:
        file.write(header(audio, bits, limit, chunks))
        for part in _data(audio, bits):
            file.write(part)
        if _size(audio, bits) % 2:
            file.write(b"\0")


def header(audio: Audio, bits: int, limit: int = LIMIT, chunks: bytes = b"") -> bytes:
    """Everything in front of the first sample; an RF64 header when the file's size passes `limit`."""
    size = _size(audio, bits)
    front = chunks + _format(audio, bits)
    riff = 4 + len(front) + 8 + size + size % 2
    if riff <= limit:
        return struct.pack("<4sI4s", b"RIFF", riff, b"WAVE") + front + struct.pack("<4sI", b"data", size)
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, riff + 36, size, audio.frames, 0)
    return struct.pack("<4sI4s", b"RF64", LIMIT, b"WAVE") + sizes + front + struct.pack("<4sI", b"data", LIMIT)


def _size(audio: Audio, bits: int) -> int:
    return audio.frames * audio.channels * bits // 8


def _format(audio: Audio, bits: int) -> bytes:
    frame = audio.channels * bits // 8
    code = _FLOAT if bits == 32 else _PCM
    fields = struct.pack("<HHIIHH", code, audio.channels, audio.rate, audio.rate * frame, frame, bits)
    if code == _PCM:
        return struct.pack("<4sI", b"fmt ", 16) + fields
    count = min(audio.frames, LIMIT)
    return struct.pack("<4sI", b"fmt ", 18) + fields + struct.pack("<H4sII", 0, b"fact", 4, count)


def _data(audio: Audio, bits: int) -> Iterator[bytes]:
    for at, block in finite(audio):
        yield block.astype("<f4", copy=False).tobytes() if bits == 32 else packed(integers(block, bits, at), bits)
