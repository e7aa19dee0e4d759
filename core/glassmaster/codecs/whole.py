"""Whether a file ends where its container says: nothing missing, and nothing behind it that players skip in silence.

RIFF/RF64: EBU Tech 3306; AIFF: Apple, "Audio Interchange File Format 1.3"; FLAC: RFC 9639, sections 8.2 and 9; MP4:
ISO/IEC 14496-12, section 4.2.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_SAY = 0xFFFFFFFF
_FLAC_SYNC = (b"\xff\xf8", b"\xff\xf9")
_MOST_FRAME = 1 << 20
_FRONT = 4096
"""Where the format chunk stands at the latest: behind ds64 and bext."""
_CRC16 = 0x8005


def flaw(path: Path) -> str:
    """What does not fit at the file's end, in words; empty where all does, or where nothing tells."""
    with path.open("rb") as file:
        head = file.read(12)
        end = file.seek(0, 2)
        if head[:4] in (b"RIFF", b"RF64", b"FORM"):
            return _sized(_chunk_end(file, head), end) or _odd_format(file, head)
        if head[:4] == b"fLaC":
            return "" if _flac_ends(file, end) else "no frame ends where the file ends"
        return _sized(_boxes_end(file, end), end) if head[4:8] == b"ftyp" else ""


def _sized(said: int, end: int) -> str:
    return "" if said == end else f"its header tells of {said} bytes, the file has {end}"


def _chunk_end(file: BinaryIO, head: bytes) -> int:
    size = int.from_bytes(head[4:8], "big" if head[:4] == b"FORM" else "little")
    if head[:4] == b"RF64" and size == _SAY:
        file.seek(20)
        size = int.from_bytes(file.read(8), "little")
    return 8 + size + size % 2


def _odd_format(file: BinaryIO, head: bytes) -> str:
    """A WAV says the size of a frame and the bytes a second twice over."""
    if head[:4] == b"FORM":
        return ""
    file.seek(12)
    start = file.read(_FRONT)
    at = start.find(b"fmt ") + 10
    channels, rate, second, frame, bits = struct.unpack_from("<HIIHH", start.ljust(_FRONT, b"\0"), at)
    fits = frame == channels * -(-bits // 8) and second == rate * frame
    return "" if fits else "its format chunk contradicts itself"


def _boxes_end(file: BinaryIO, end: int) -> int:
    """Where the last box ends that begins within the file."""
    at = 0
    while at < end:
        file.seek(at)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        at += size if size >= 8 else (end - at if size == 0 else end)
    return at


def _flac_ends(file: BinaryIO, end: int) -> bool:
    """Whether the last bytes are a frame with its checksum."""
    file.seek(8)
    streaminfo = file.read(34)
    longest = int.from_bytes(streaminfo[7:10], "big") or _MOST_FRAME
    file.seek(max(0, end - longest))
    tail = file.read()
    starts = [at for at in range(len(tail) - 1) if tail[at] == 0xFF and tail[at : at + 2] in _FLAC_SYNC]
    return any(_crc16(tail[at:]) == 0 for at in reversed(starts))


def _crc16(data: bytes) -> int:
    """CRC-16 of a frame, its own behind it: 0 where both agree (RFC 9639, section 9.3)."""
    value = 0
    for byte in data:
        value = ((value << 8) & 0xFFFF) ^ _TABLE[value >> 8 ^ byte]
    return value


def _entry(byte: int) -> int:
    value = byte << 8
    for _ in range(8):
        value = (value << 1) ^ (_CRC16 if value & 0x8000 else 0)
    return value & 0xFFFF


_TABLE = tuple(_entry(byte) for byte in range(256))
