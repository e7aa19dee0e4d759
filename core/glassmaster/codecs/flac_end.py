"""Whether a FLAC file ends with a frame: decoders skip what stands behind it in silence (RFC 9639, section 9)."""

from __future__ import annotations

from pathlib import Path

_SYNC = (b"\xff\xf8", b"\xff\xf9")
_LONGEST_AT = slice(15, 18)
"""Bytes of the longest frame, in STREAMINFO (section 8.2); 0 where it is not known."""
_LONGEST = 1 << 20
_CRC16 = 0x8005


def ends_with_frame(path: Path) -> bool:
    """Whether the last bytes are a frame whose checksum holds (section 9.3)."""
    with path.open("rb") as file:
        longest = int.from_bytes(file.read(_LONGEST_AT.stop)[_LONGEST_AT], "big") or _LONGEST
        file.seek(max(0, file.seek(0, 2) - longest))
        tail = file.read()
    starts = [at for at in range(len(tail) - 1) if tail[at] == 0xFF and tail[at : at + 2] in _SYNC]
    return any(_crc16(tail[at:]) == 0 for at in reversed(starts))


def _crc16(data: bytes) -> int:
    """CRC-16 of a frame with its own behind it: 0 where both agree."""
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
