"""MP3 files from outside: where the audio lies between tags, and the proof that the LAME tag holds of it."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .crc16 import crc16

LOW_BITRATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""kbit/s below 32 kHz (ISO/IEC 13818-3, Layer III); below 16 kHz up to 64."""
BITRATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""kbit/s from 32 kHz (ISO/IEC 11172-3, Layer III)."""
_CHUNK = 1 << 20
_ID3V2, _ID3V1, _APE = 10, 128, 32
_TAG_AT = 120
"""Bytes from "Info" or "Xing" to the LAME tag, which has 36."""
_MPEG_1 = 3
_MOST_LEFT_OUT = 1 << 12
"""Delay and padding have 12 bits each."""
_WRITERS = (b"LAME", b"Lavf", b"Lavc")


def held_bitrate(kbps: int, rate: int) -> int:
    """The highest bitrate at this sample rate that does not pass `kbps`, or the lowest there is."""
    can = BITRATES if rate >= 32_000 else tuple(b for b in LOW_BITRATES if rate >= 16_000 or b <= 64)
    return max((b for b in can if b <= kbps), default=can[0])


def bounds(file: BinaryIO) -> tuple[int, int]:
    """(first byte, byte behind the last) of the audio: ID3v2 in front, APEv2 and ID3v1 behind are left out."""
    start = 0
    while (head := _at(file, start, _ID3V2))[:3] == b"ID3":
        footer = _ID3V2 if head[5] & 0x10 else 0
        start += _ID3V2 + _syncsafe(head[6:10]) + footer
    end = file.seek(0, 2)
    if end - start >= _ID3V1 and _at(file, end - _ID3V1, 3) == b"TAG":
        end -= _ID3V1
    if end - start >= _APE and (foot := _at(file, end - _APE, _APE))[:8] == b"APETAGEX":
        size, _, flags = struct.unpack_from("<III", foot, 12)
        end -= size + (_APE if flags & 0x80000000 else 0)
    return start, end


def _at(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _syncsafe(size: bytes) -> int:
    return sum(byte << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))


def payload_hash(path: Path) -> str:
    """SHA-256 of all audio frames, the Info frame included, without any tags."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for part in _parts(file, *bounds(file)):
            digest.update(part)
    return digest.hexdigest()


def _parts(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end and (part := file.read(min(_CHUNK, end - start))):
        start += len(part)
        yield part


def settle_gapless(path: Path, frames: int, lead: int = 0) -> None:
    """Write into the LAME tag how much padding ends the file, so that players hear exactly `frames` frames.

    `lead` more frames than the encoder's own delay are left out at the start. ffmpeg counts the padding of the last
    MPEG frame alone, where LAME may end a song in the one before.
    """
    with path.open("r+b") as file:
        head = _at(file, 0, 256)
        at = _tag_at(head)
        (count,) = struct.unpack(">I", head[at - _TAG_AT + 8 : at - _TAG_AT + 12])
        delay = (int.from_bytes(head[at + 21 : at + 24], "big") >> 12) + lead
        padding = count * _frame_samples(head) - delay - frames
        if not (0 <= padding < _MOST_LEFT_OUT and delay < _MOST_LEFT_OUT):
            raise ValueError(f"a LAME tag holds no delay of {delay} with a padding of {padding}")
        tag = head[: at + 21] + (delay << 12 | padding).to_bytes(3, "big") + head[at + 24 : at + 34]
        file.seek(0)
        file.write(tag + crc16(tag).to_bytes(2, "big"))


def music_intact(path: Path) -> bool | None:
    """Whether length and CRC-16s of the LAME tag agree with the file; None when it has no such tag.

    Source: "MP3 Info Tag rev 1 specifications" (G. Bouvigne): MusicLength, MusicCRC, CRC-16 of Info Tag.
    """
    with path.open("rb") as file:
        start, end = bounds(file)
        head = _at(file, start, 256)
        at = _tag_at(head)
        if head[at : at + 4] not in _WRITERS:
            return None
        length, music, own = struct.unpack(">IHH", head[at + 28 : at + 36])
        if length != end - start or own != crc16(head[: at + 34]):
            return False
        value = 0
        for part in _parts(file, start + _frame_bytes(head), end):
            value = crc16(part, value)
        return bool(value == music)


def _tag_at(head: bytes) -> int:
    return max(head.find(b"Info", 0, 64), head.find(b"Xing", 0, 64)) + _TAG_AT


def _frame_samples(head: bytes) -> int:
    return 1152 if head[1] >> 3 & 3 == _MPEG_1 else 576


def _frame_bytes(head: bytes) -> int:
    """Length of the Layer III frame whose header these bytes begin with."""
    version, bitrate, rate, padding = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    hertz = (44_100, 48_000, 32_000)[rate] // {_MPEG_1: 1, 2: 2, 0: 4}[version]
    kbps = (BITRATES if version == _MPEG_1 else LOW_BITRATES)[bitrate - 1]
    return _frame_samples(head) // 8 * 1000 * kbps // hertz + padding
