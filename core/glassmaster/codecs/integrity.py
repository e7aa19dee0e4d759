"""What a file itself proves: checksums inside it recomputed, declared sizes compared with what is there, a full decode.

Each function gives what is wrong in words, nothing when all is well, and raises `Refused` only with exit 4: the
program that reads the format is missing.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, Refused
from ..model import Audio

_MD5_AT = slice(26, 42)
"""Of the unencoded sound, in STREAMINFO, the first metadata block (RFC 9639, section 8.2)."""
_SAY = 0xFFFFFFFF
"""A RIFF size that stands in the ds64 chunk instead (EBU Tech 3306)."""


def flac(path: Path) -> tuple[str, ...]:
    """The MD5 in the header is that of the decoded sound, and nothing stands behind the last frame."""

    def look() -> Iterator[str]:
        from .flac_end import ends_with_frame
        from .payload import pcm_digest

        with path.open("rb") as file:
            head = file.read(_MD5_AT.stop)
        recorded = head[_MD5_AT]
        if head[:4] != b"fLaC":
            yield "it does not begin as a FLAC file does"
        elif not any(recorded):
            yield "it carries no MD5 of its sound"
        elif pcm_digest(path, hashlib.md5(usedforsecurity=False)) != recorded.hex():
            yield "the MD5 inside it is not that of its sound"
        elif not ends_with_frame(path):
            yield "no frame ends where the file ends"

    return _told(look)


def mp3(path: Path) -> tuple[str, ...]:
    """Lengths and CRC-16s of the LAME tag agree with the music, and it decodes to the declared length."""

    def look() -> Iterator[str]:
        from . import libsndfile, mpeg

        intact = mpeg.music_intact(path)
        if intact is None:
            yield "it has no LAME tag, so nothing tells where its sound begins and ends"
        elif not intact:
            yield "the CRC-16 in its LAME tag is not that of its music"
        else:
            yield from _heard(libsndfile.decode(path))

    return _told(look)


def ogg(path: Path) -> tuple[str, ...]:
    """Every page's CRC-32 is right, the stream comes to its end, and it decodes."""

    def look() -> Iterator[str]:
        from . import libsndfile
        from .ogg import prove

        prove(path)
        yield from _heard(libsndfile.decode(path))

    return _told(look)


def m4a(path: Path, install: str) -> tuple[str, ...]:
    """The boxes fit into each other and into the file, and all packets decode to the length of the edit list."""

    def look() -> Iterator[str]:
        from . import m4a

        yield from _heard(m4a.decode(path, install))

    return _told(look)


def wavpack(path: Path, install: str) -> tuple[str, ...]:
    """Every block's checksum and the MD5 agree with the sound, and all of it is there."""

    def look() -> Iterator[str]:
        from . import program, wavpack

        yield from _heard(wavpack.decode(path, install))
        if program.find("wvunpack"):  # it alone compares the MD5
            for _ in program.spill("wvunpack", ["-q", "-v", str(path.resolve())], path, install, _hour(path)):
                pass

    return _told(look)


def _hour(path: Path) -> float:
    """Seconds of audio to allow for: bytes at 16 bit mono, 44.1 kHz, an hour at least."""
    return max(3600.0, path.stat().st_size / 88_200)


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


def _heard(audio: Audio) -> Iterator[str]:
    frames = sum(len(block) for block in audio)
    if frames != audio.frames:
        yield f"it declares {audio.frames} frames and decodes to {frames}"


def _told(look: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    try:
        return tuple(look())
    except Refused as refused:
        if refused.exit == Exit.STAGE:
            raise
        return tuple(finding.message for finding in refused.findings)
    except (OSError, RuntimeError, ValueError, ArithmeticError, LookupError, struct.error) as problem:
        return (f"it cannot be read to its end: {problem}",)
