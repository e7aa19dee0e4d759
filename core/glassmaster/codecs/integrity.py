"""What a file itself proves before it is decoded: checksums inside it recomputed, declared sizes against what is there.

Each function gives what is wrong in words, nothing when all is well. Whoever decodes the file compares the rest: its
length, and the MD5 of its samples where it carries one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from ..errors import Refused

_MD5_AT = slice(26, 42)
"""Of the unencoded sound, in STREAMINFO, the first metadata block (RFC 9639, section 8.2)."""
_SAY = 0xFFFFFFFF
"""A RIFF size that stands in the ds64 chunk instead (EBU Tech 3306)."""


def flac(path: Path) -> tuple[str, ...]:
    """It carries an MD5 of its sound, and nothing stands behind the last frame."""

    def look() -> Iterator[str]:
        from .flac_end import ends_with_frame

        with path.open("rb") as file:
            begins = file.read(4) == b"fLaC"
        if not begins:
            yield "it does not begin as a FLAC file does"
        elif not flac_md5(path):
            yield "it carries no MD5 of its sound"
        elif not ends_with_frame(path):
            yield "no frame ends where the file ends"

    return _told(look)


def flac_md5(path: Path) -> str:
    """MD5 of the sound, as a FLAC file carries it; empty: none."""
    with path.open("rb") as file:
        found = file.read(_MD5_AT.stop)[_MD5_AT]
    return found.hex() if any(found) else ""


def mp3(path: Path) -> tuple[str, ...]:
    """Lengths and CRC-16s of the LAME tag agree with the music."""

    def look() -> Iterator[str]:
        from . import mpeg

        intact = mpeg.music_intact(path)
        if intact is None:
            yield "it has no LAME tag, so nothing tells where its sound begins and ends"
        elif not intact:
            yield "the CRC-16 in its LAME tag is not that of its music"

    return _told(look)


def ogg(path: Path) -> tuple[str, ...]:
    """Every page's CRC-32 is right, and the stream comes to its end."""

    def look() -> Iterator[str]:
        from .ogg import prove

        prove(path)
        yield from ()

    return _told(look)


def m4a(path: Path) -> tuple[str, ...]:
    """The boxes fit into each other and into the file."""

    def look() -> Iterator[str]:
        from . import mp4

        mp4.track(path)
        yield from ()

    return _told(look)


def wavpack(path: Path) -> tuple[str, ...]:
    """Its blocks follow one another from the first byte to the last."""

    def look() -> Iterator[str]:
        from . import wavpack

        wavpack.layout(path)
        end = wavpack.told_end(path)
        if end != path.stat().st_size:
            yield f"its blocks and tags end at byte {end}, the file at {path.stat().st_size}"

    return _told(look)


def wave(path: Path) -> tuple[str, ...]:
    """The chunks of a WAV or RF64 file fill it exactly, and its format agrees with itself."""
    return _told(lambda: _riff(path))


def _riff(path: Path) -> Iterator[str]:
    size = path.stat().st_size
    with path.open("rb") as file:
        kind, declared, form = struct.unpack("<4sI4s", file.read(12))
        long = 0
        if kind == b"RF64":
            declared, long = struct.unpack("<8xQQ", file.read(24))
        if kind not in (b"RIFF", b"RF64") or form != b"WAVE":
            yield "it does not begin as a WAV file does"
            return
        names = list(_chunks(file, "<4sI", long))
        yield from _format(file, names)
    yield from _filled(names, size, declared + 8, b"data")


def _format(file: BinaryIO, names: list[tuple[bytes, int]]) -> Iterator[str]:
    """The size of a frame and the bytes a second are said twice over."""
    before = next((at for (_, at), (name, _) in pairwise([(b"", 12), *names]) if name == b"fmt "), 0)
    file.seek(before + 10)
    channels, rate, second, frame, bits = struct.unpack("<HIIHH", file.read(14))
    if frame != channels * -(-bits // 8) or second != rate * frame:
        yield "its format chunk contradicts itself"


def aiff(path: Path) -> tuple[str, ...]:
    """The chunks of an AIFF file fill it exactly."""

    def look() -> Iterator[str]:
        with path.open("rb") as file:
            kind, declared, form = struct.unpack(">4sI4s", file.read(12))
            if kind != b"FORM" or form not in (b"AIFF", b"AIFC"):
                yield "it does not begin as an AIFF file does"
                return
            names = list(_chunks(file, ">4sI", 0))
        yield from _filled(names, path.stat().st_size, declared + 8, b"SSND")

    return _told(look)


def _chunks(file: BinaryIO, layout: str, long: int) -> Iterator[tuple[bytes, int]]:
    """(name, offset behind it) of each chunk from the first one on."""
    at = 12
    file.seek(at)
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack(layout, head)
        if name == b"data" and size == _SAY:
            size = long
        at += 8 + size + size % 2
        yield name, at
        file.seek(at)


def _filled(chunks: list[tuple[bytes, int]], size: int, declared: int, sound: bytes) -> Iterator[str]:
    if sound not in [name for name, _ in chunks]:
        yield "it holds no sound"
    elif chunks[-1][1] != size:
        yield f"its chunks end at byte {chunks[-1][1]}, the file at {size}"
    elif declared not in (size, size - 1):  # some leave the pad byte of the last chunk out
        yield f"it declares {declared} bytes and has {size}"


def _told(look: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    try:
        return tuple(look())
    except Refused as refused:
        return tuple(finding.message for finding in refused.findings)
    except (OSError, RuntimeError, ValueError, ArithmeticError, LookupError, struct.error) as problem:
        return (f"it cannot be read to its end: {problem}",)
