"""AIFF and Core Audio: chunk sizes against the size of the file.

Sources: Apple, Audio Interchange File Format 1.3 and AIFF-C draft 1991; Apple Core Audio Format Specification 1.0.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from .layout import MAX_CHUNKS, Layout, Reader

_PLAIN = (b"NONE", b"sowt", b"twos", b"in24")
_RAW = {16: "PCM_16", 24: "PCM_24", 32: "PCM_32"}


def aiff(reader: Reader) -> Layout:
    """The layout of an AIFF or AIFF-C file. Raises `Refused` (exit 3)."""
    found: dict[bytes, tuple[int, int]] = {}
    for name, at, size in _chunks(reader, 8 + 4, ">4sI", padded=True):
        found.setdefault(name, (at, size))
    if b"COMM" not in found or b"SSND" not in found:
        raise reader.broken("there is no sound in it, only a header")
    channels, frames, bits = struct.unpack(">HIH", reader.take(found[b"COMM"][0], 8))
    at, size = found[b"SSND"]
    offset = struct.unpack(">I", reader.take(at, 4))[0]
    kind = b"NONE" if found[b"COMM"][1] < 22 else reader.take(found[b"COMM"][0] + 18, 4)
    frame_bytes = channels * (-(-bits // 8)) if kind in _PLAIN else 0
    declared = max(frames * frame_bytes, size - 8 - offset if not frame_bytes else 0)
    exact = frame_bytes and declared == size - 8 - offset
    return Layout(
        "AIFF",
        _extended(reader.take(found[b"COMM"][0] + 8, 10)),
        channels,
        frame_bytes or None,
        at + 8 + offset,
        declared,
        reader.size - at - 8 - offset,
        raw=_RAW.get(bits, "") if exact else "",
        endian="<" if kind == b"sowt" else ">",
    )


def caf(reader: Reader) -> Layout:
    """The layout of a Core Audio file. Raises `Refused` (exit 3)."""
    rate, channels, frame_bytes = 0, 0, 0
    for name, at, size in _chunks(reader, 8, ">4sq", padded=False):
        if name == b"desc":
            told, _, _, frame_bytes, _, channels, _ = struct.unpack(">d4sIIIII", reader.take(at, 32))
            rate = round(told) if 0 <= told < 2**31 else 0
        elif name == b"data":
            declared = None if size == -1 else size - 4  # an edit count of 4 bytes stands in front
            return Layout("CAF", rate, channels, frame_bytes or None, at + 4, declared, reader.size - at - 4)
    raise reader.broken("there is no sound in it, only a header")


def _chunks(reader: Reader, at: int, head: str, *, padded: bool) -> Iterator[tuple[bytes, int, int]]:
    width = struct.calcsize(head)
    for _ in range(MAX_CHUNKS):
        if at + width > reader.size:
            return
        name, size = struct.unpack(head, reader.take(at, width))
        yield name, at + width, size
        at += width + max(0, size) + (size % 2 if padded else 0)


def _extended(data: bytes) -> int:
    """An 80-bit IEEE 754 extended number as AIFF keeps the sample rate, rounded; 0 if it is no rate at all."""
    exponent, mantissa = struct.unpack(">HQ", data)
    shift = (exponent & 0x7FFF) - 16383 - 63
    negative_or_absurd = exponent & 0x8000 or not -64 < shift <= 0
    return 0 if negative_or_absurd else round(mantissa * 2.0**shift)
