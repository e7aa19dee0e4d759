"""Ogg pages (RFC 3533): the same serial number in every encode, and a hash of all that makes the sound."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, refuse

SERIAL = 0x476C4D61
"""One for all our files; each holds a single stream, so nothing can collide."""
_HEAD = struct.Struct("<4sBBqIIIB")
_FLAGS_AT, _SERIAL_AT, _CRC_AT = 5, 14, 22
_END_OF_STREAM = 0x04
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_COMMENTS = 1
"""Number of the packet with the tags, in Opus and in Vorbis (RFC 7845, section 3; Vorbis I, section 4.2)."""


@dataclass(frozen=True)
class Page:
    """One page and where it stands in the file."""

    at: int
    raw: bytes
    granule: int
    lacing: bytes
    """Lengths of its segments; one below 255 ends a packet."""

    @property
    def body(self) -> bytes:
        return self.raw[_HEAD.size + len(self.lacing) :]


def pages(file: BinaryIO, path: Path) -> Iterator[Page]:
    """Every page from the file's start; raises `Refused` (exit 8) where one is missing or broken off."""
    at = 0
    while head := file.read(_HEAD.size):
        if len(head) < _HEAD.size or head[:4] != b"OggS":
            raise _damaged(path, at)
        lacing = file.read(head[-1])
        body = file.read(sum(lacing))
        if len(lacing) < head[-1] or len(body) < sum(lacing):
            raise _damaged(path, at)
        page = Page(at, head + lacing + body, _HEAD.unpack(head)[3], lacing)
        yield page
        at += len(page.raw)


def crc(page: bytes) -> int:
    """The checksum that belongs into a page (RFC 3533, section 6): CRC-32 0x04c11db7, unreflected, from 0.

    zlib computes the mirror image of it: bytes go in and the result comes out with their bits reversed.
    """
    blank = page[:_CRC_AT] + bytes(4) + page[_CRC_AT + 4 :]
    mirrored = zlib.crc32(blank.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def fix_serial(path: Path) -> None:
    """Give every page our serial number, so that the same sound gives the same bytes."""
    with path.open("r+b") as file:
        for page in pages(file, path):
            _write(file, page.at, page.raw[:_SERIAL_AT] + struct.pack("<I", SERIAL) + page.raw[_SERIAL_AT + 4 :])


def put(file: BinaryIO, page: Page, body: bytes) -> None:
    """Write another body of the same length, and the checksum that belongs to it, over a page of an open file."""
    _write(file, page.at, page.raw[: -len(body)] + body)


def end_at(path: Path, granule: int, frames_of: Callable[[bytes], int]) -> None:
    """Let the stream end at that position: packets that begin behind it go, and the last page says where it ends.

    `frames_of` tells how long a packet is. Decoders cut what the last packet has too much (RFC 7845, section 4.4), but
    some of them no more than one packet.
    """
    with path.open("r+b") as file:
        page = next(page for page in pages(file, path) if page.granule >= granule)
        packets, at = list(_complete(page)), page.granule
        while len(packets) > 1 and (begins := at - frames_of(packets[-1])) >= granule:
            packets, at = packets[:-1], begins
        segments = b"".join(b"\xff" * (len(each) // 255) + bytes([len(each) % 255]) for each in packets)
        head = page.raw[:_FLAGS_AT] + struct.pack("<Bq", page.raw[_FLAGS_AT] | _END_OF_STREAM, granule)
        head += page.raw[_SERIAL_AT : _HEAD.size - 1] + bytes([len(segments)])
        _write(file, page.at, head + segments + b"".join(packets))
        file.truncate()


def _complete(page: Page) -> Iterator[bytes]:
    """The packets that end on a page; the first one may have begun on the page before."""
    at = start = 0
    for length in page.lacing:
        at += length
        if length < 255:
            yield page.body[start:at]
            start = at


def _write(file: BinaryIO, at: int, raw: bytes) -> None:
    """Write a page with its checksum; the file stands behind it afterwards."""
    file.seek(at)
    file.write(raw[:_CRC_AT] + struct.pack("<I", crc(raw)) + raw[_CRC_AT + 4 :])


def payload_hash(path: Path) -> str:
    """SHA-256 of every packet but the comments, each behind its length, and of the last page's position.

    The headers make the sound as the audio packets do: Opus' output gain and pre-skip, Vorbis' codebooks. The last
    position is where the sound ends.
    """
    digest = hashlib.sha256()
    end = 0
    with path.open("rb") as file:
        for number, (packet, granule) in enumerate(_packets(file, path)):
            if number != _COMMENTS:
                digest.update(struct.pack("<I", len(packet)) + packet)
            end = granule
    digest.update(struct.pack("<q", end))
    return digest.hexdigest()


def _packets(file: BinaryIO, path: Path) -> Iterator[tuple[bytes, int]]:
    """(packet, position of the page that it ends on)."""
    held = bytearray()
    for page in pages(file, path):
        body, at = page.body, 0
        for length in page.lacing:
            held += body[at : at + length]
            at += length
            if length < 255:
                yield bytes(held), page.granule
                held.clear()


def prove(path: Path) -> None:
    """Raise `Refused` (exit 8) when a page's checksum is wrong or the stream does not come to its end.

    Decoders skip such pages in silence, and half a file reads as a shorter one.
    """
    last = 0
    with path.open("rb") as file:
        for page in pages(file, path):
            last = page.raw[_FLAGS_AT]
            if struct.unpack_from("<I", page.raw, _CRC_AT)[0] != crc(page.raw):
                raise _damaged(path, page.at)
        if not last & _END_OF_STREAM:
            raise _damaged(path, file.tell())


def _damaged(path: Path, at: int) -> Exception:
    return refuse(
        Exit.UNPROVEN,
        "file-damaged",
        path,
        f"The file is broken off or damaged at byte {at}.",
        "Build again; the file is made anew.",
    )
