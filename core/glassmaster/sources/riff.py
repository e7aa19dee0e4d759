"""RIFF, RF64 and Wave64: chunk sizes against the size of the file.

Sources: Microsoft/IBM Multimedia Programming Interface 1.0 (RIFF), EBU Tech 3306 (RF64), Sony Wave64 white paper.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .layout import MAX_CHUNKS, Layout, Reader

_OPEN = {0, 0x7FFFF000, 0xFFFFFFFF, 2**64 - 1}  # what writers to a pipe put down: nothing, or the most they know
_W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_RAW = {(1, 16): "PCM_16", (1, 24): "PCM_24", (1, 32): "PCM_32", (3, 32): "FLOAT", (3, 64): "DOUBLE"}


@dataclass(frozen=True)
class _Chunk:
    name: bytes
    at: int
    size: int


def riff(reader: Reader, container: str) -> Layout:
    """The layout of a WAV, RF64 or W64 file. Raises `Refused` (exit 3)."""
    layout, large = Layout(container), 0
    for chunk in _w64_chunks(reader) if container == "W64" else _chunks(reader):
        if chunk.name == b"ds64":
            large = struct.unpack("<Q", reader.take(chunk.at + 8, 8))[0]
        elif chunk.name == b"fmt ":
            layout = _format(reader, chunk, container)
        elif chunk.name == b"data":
            return _data(reader, layout, chunk, large)
    raise reader.broken("there is no sound in it, only a header")


def _chunks(reader: Reader) -> Iterator[_Chunk]:
    at = 12
    for _ in range(MAX_CHUNKS):
        if at + 8 > reader.size:
            return
        name, size = struct.unpack("<4sI", reader.take(at, 8))
        yield _Chunk(name, at + 8, size)
        at += 8 + size + size % 2


def _w64_chunks(reader: Reader) -> Iterator[_Chunk]:
    at = 40
    for _ in range(MAX_CHUNKS):
        if at + 24 > reader.size:
            return
        name, tail, size = struct.unpack("<4s12sQ", reader.take(at, 24))
        yield _Chunk(name if tail == _W64_TAIL else b"", at + 24, max(0, size - 24))
        at += max(24, -(-size // 8) * 8)


def _format(reader: Reader, chunk: _Chunk, container: str) -> Layout:
    tag, channels, rate, _, frame_bytes, bits = struct.unpack("<HHIIHH", reader.take(chunk.at, 16))
    mask = 0
    if tag == 0xFFFE and chunk.size >= 40:
        mask, tag = struct.unpack("<IH", reader.take(chunk.at + 20, 6))
    width = frame_bytes // channels * 8 if channels and frame_bytes % channels == 0 else 0
    plain = tag in (1, 3) and width in (8, 16, 24, 32, 64) and bits <= width
    return Layout(
        container,
        rate,
        channels,
        frame_bytes if plain and frame_bytes else None,
        mask=mask,
        raw=_RAW.get((tag, width), "") if plain and bits == width else "",
    )


def _data(reader: Reader, layout: Layout, chunk: _Chunk, large: int) -> Layout:
    if layout.rate_hz is None:
        raise reader.broken("the description of the sound is missing in front of it")
    present = reader.size - chunk.at
    declared: int | None = large if layout.container == "RF64" and chunk.size == 0xFFFFFFFF else chunk.size
    if declared in _OPEN and present and not (declared == 0 and _is_chunk(reader, chunk.at)):
        declared = None
    stray = 0 if layout.container == "W64" else _stray(reader, chunk.at, declared)
    return replace(layout, data_at=chunk.at, declared=declared, present=present, stray=stray)


def _stray(reader: Reader, at: int, declared: int | None) -> int:
    """Bytes behind the sound that form no chunk: sound that the header was never told of."""
    if declared is None:
        return 0
    end = at + declared + declared % 2
    return 0 if _is_chunk(reader, end) else max(0, reader.size - end)


def _is_chunk(reader: Reader, at: int) -> bool:
    if at + 8 > reader.size:
        return False
    name, size = struct.unpack("<4sI", reader.take(at, 8))
    return all(0x20 <= byte < 0x7F for byte in name) and at + 8 + size <= reader.size
