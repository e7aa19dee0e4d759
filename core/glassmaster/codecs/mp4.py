"""M4A files from outside: what their boxes declare, and the edit list that makes them gapless.

Boxes: ISO/IEC 14496-12 (moov, mdhd, elst, stts, stsz), 14496-14 (esds); ALAC's magic cookie as Apple published it.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, refuse

_MOST = 1 << 26
"""A moov box of a day of sound takes 16 MB; ours is never read into memory beyond this."""
_CHUNK = 1 << 20
_HOLDS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts")
_PACKET = 1024
"""Frames of an AAC-LC packet (ISO/IEC 14496-3)."""
_COOKIE_BITS = 13
"""Where the `alac` box says the depth, counted from its name: flags, frame length and version stand before it."""


@dataclass(frozen=True)
class Track:
    """What the boxes say of the only audio track."""

    codec: str
    """"mp4a" (AAC) or "alac"."""
    rate: int
    channels: int
    start: int
    """First frame to be heard: the encoder's delay lies before it."""
    frames: int
    """Frames to be heard."""
    bits: int | None
    """Bits a sample inside ALAC."""
    sizes: tuple[int, ...]
    """Bytes of each packet."""
    samples: int
    """Frames that all packets together stand for."""
    data_at: int
    """Where the packets begin in the file; they lie one behind the other."""
    config: bytes
    """The sample description: what a decoder must know."""


def track(path: Path) -> Track:
    """Read the boxes. Raises `Refused` (exit 8) when they are damaged, or reach beyond the file's end."""
    try:
        with path.open("rb") as file:
            found = _track(_moov(file))
            size = file.seek(0, 2)
    except (struct.error, IndexError, KeyError, ValueError, ZeroDivisionError, RecursionError) as problem:
        raise _damaged(path, f"its boxes cannot be read ({problem})") from None
    if found.data_at + sum(found.sizes) > size:
        raise _damaged(path, "it declares more packets than it holds")
    if found.start + found.frames > found.samples:
        raise _damaged(path, "it declares more sound than its packets hold")
    return found


def _damaged(path: Path, what: str) -> Exception:
    return refuse(Exit.UNPROVEN, "file-damaged", path, f"The M4A file is damaged: {what}.", _ANEW)


_ANEW = "Build again; the file is made anew."


def _moov(file: BinaryIO) -> bytes:
    return next(_read(file, at, size) for name, at, size in _top(file) if name == b"moov")


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    if size > _MOST:
        raise ValueError("a box of that size")
    file.seek(at)
    return file.read(size)


def _top(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """(name, offset of its content, size of it) of each box of the file; ends with a box that is none."""
    at, end = 0, file.seek(0, 2)
    while at + 8 <= end:
        file.seek(at)
        size, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,), head = struct.unpack(">Q", file.read(8)), 16
        size = size or end - at
        if size < head:
            raise ValueError("a box shorter than its head")
        yield name, at + head, size - head
        at += size
    raise ValueError("no moov box")


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, offset of its content, offset behind it) of all boxes inside, depth first."""
    while at + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, at)
        if not 8 <= size <= end - at:
            raise ValueError("a box that does not fit into its parent")
        yield name, at + 8, at + size
        if name in _HOLDS:
            yield from _boxes(data, at + 8, at + size)
        at += size


def _track(moov: bytes) -> Track:
    found = {name: moov[at:end] for name, at, end in _boxes(moov, 0, len(moov))}
    movie, media = _timescale(found[b"mvhd"]), _timescale(found[b"mdhd"])
    described = found[b"stsd"]
    lossless = described[12:16] == b"alac"
    length, start = _edit(found[b"elst"])
    if length * media % movie:
        raise ValueError("its edit list is no whole number of frames")
    return Track(
        codec=described[12:16].decode("latin-1"),
        rate=media,
        channels=struct.unpack_from(">H", described, 32)[0] if lossless else _aac_channels(described),
        start=start,
        frames=length * media // movie,
        bits=described[described.index(b"alac", 16) + _COOKIE_BITS] if lossless else None,
        sizes=_sizes(found[b"stsz"]),
        samples=_samples(found[b"stts"]),
        data_at=struct.unpack_from(">I" if b"stco" in found else ">Q", found.get(b"stco") or found[b"co64"], 8)[0],
        config=described,
    )


def _aac_channels(described: bytes) -> int:
    """From the AudioSpecificConfig inside `esds` (ISO/IEC 14496-3, 1.6.2.1): the entry itself says 2 for mono, too.

    Five bits for the kind of AAC, four for the rate (15: 24 more bits say it), four for the channels.
    """
    at = described.index(b"esds") + 8
    for fixed in (3, 13, 0):  # inside ES_Descriptor lies DecoderConfigDescriptor, and there the config
        at += 1
        while described[at] & 0x80:
            at += 1
        at += 1 + fixed
    bits = int.from_bytes(described[at : at + 8].ljust(8, b"\0"), "big")
    return bits >> (27 if bits >> 55 & 15 == 15 else 51) & 15


def _timescale(box: bytes) -> int:
    return int(struct.unpack_from(">I", box, 20 if box[0] else 12)[0])


def _edit(box: bytes) -> tuple[int, int]:
    """(duration in the movie's time scale, first frame in the media's) of the only edit."""
    (count,) = struct.unpack_from(">I", box, 4)
    if count != 1:
        raise ValueError(f"an edit list of {count} edits")
    length, start = struct.unpack_from(">Qq" if box[0] else ">Ii", box, 8)
    if start < 0:
        raise ValueError("an empty edit")
    return length, start


def _sizes(box: bytes) -> tuple[int, ...]:
    same, count = struct.unpack_from(">II", box, 4)
    if same:
        return (int(same),) * min(int(count), _MOST)
    return tuple(struct.unpack_from(f">{count}I", box, 12))


def _samples(box: bytes) -> int:
    (count,) = struct.unpack_from(">I", box, 4)
    pairs = struct.unpack_from(f">{2 * count}I", box, 8)
    return sum(number * length for number, length in zip(pairs[::2], pairs[1::2], strict=True))


def payload_hash(path: Path) -> str:
    """SHA-256 of all packets, each behind its length, of the decoder's configuration and of what is heard of them."""
    found = track(path)
    digest = hashlib.sha256(found.config + struct.pack("<QQQ", found.start, found.frames, found.samples))
    digest.update(struct.pack(f"<{len(found.sizes)}I", *found.sizes))
    with path.open("rb") as file:
        file.seek(found.data_at)
        left = sum(found.sizes)
        while left and (part := file.read(min(_CHUNK, left))):
            digest.update(part)
            left -= len(part)
    return digest.hexdigest()


def settle(path: Path, start: int, frames: int) -> None:
    """Write into the edit list which frames are to be heard: `frames` of them, from frame `start` of the packets.

    The movie's and the track's durations follow (ISO/IEC 14496-12, 8.2.2, 8.3.2, 8.6.6); all of version 0, as ffmpeg
    writes them.
    """
    with path.open("r+b") as file:
        moov_at, size = next((at, size) for name, at, size in _top(file) if name == b"moov")
        moov = _read(file, moov_at, size)
        places = {name: at for name, at, _ in _boxes(moov, 0, len(moov))}
        for name, offset, value in ((b"mvhd", 16, frames), (b"tkhd", 20, frames), (b"elst", 8, frames)):
            _put(file, moov_at + places[name], offset, value)
        _put(file, moov_at + places[b"elst"], 12, start)


def _put(file: BinaryIO, at: int, offset: int, value: int) -> None:
    file.seek(at)
    if file.read(1) != b"\0":
        raise ValueError("a box of another version than ffmpeg writes")
    file.seek(at + offset)
    file.write(struct.pack(">I", value))


def smpb(path: Path) -> str:
    """The text of iTunes' gapless tag `iTunSMPB` - delay, padding, length - for players that read no edit list.

    All three together are whole packets, as a decoder gives them: the boxes count the last one as far as it is heard.
    """
    found = track(path)
    padding = max(0, len(found.sizes) * _PACKET - found.start - found.frames)
    return f" 00000000 {found.start:08X} {padding:08X} {found.frames:016X}" + " 00000000" * 8
