"""Pictures without what a camera or editor wrote into them: place, time, owner, thumbnails. No pixel is touched.

JPEG: ITU-T T.81, annex B; PNG: W3C Portable Network Graphics (Third Edition), section 11.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(b"tRNS gAMA cHRM sRGB iCCP cICP sBIT pHYs bKGD hIST sPLT".split())
"""Ancillary chunks that say how the pixels look."""
_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP, _APP_ICC, _APP_ADOBE = range(0xE0, 0xF0), 0xE2, 0xEE
_JFIF, _ICC = b"JFIF\0", b"ICC_PROFILE\0"


def stripped(data: bytes) -> bytes:
    """A JPEG or PNG with its pixels, their colours and nothing else; raises ValueError where it is broken off."""
    try:
        return b"".join(_png(data) if data.startswith(_PNG) else _jpeg(data))
    except (struct.error, IndexError) as error:
        raise ValueError("the picture is broken off") from error


def _png(data: bytes) -> Iterator[bytes]:
    yield _PNG
    at, name = len(_PNG), b""
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data):
            raise ValueError("the picture is broken off")
        if name[:1].isupper() or name in _PNG_KEPT:
            yield data[at:end]
        at = end


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while True:
        while data[at] == data[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = data[at + 1]
        if data[at] != 0xFF or marker == _SOI:
            raise ValueError("the picture is damaged")
        if marker == _EOI:
            yield data[at : at + 2]
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker == _SOS:
            end = _scan_end(data, end)
        if _looks(marker, data[at + 4 : end]):
            yield data[at:end]
        at = end


def _looks(marker: int, content: bytes) -> bool:
    """Whether a segment has to do with how the picture looks."""
    if marker == _APP_ICC:
        return content.startswith(_ICC)
    if marker == _APP[0]:
        return content.startswith(_JFIF)
    return marker == _APP_ADOBE or not (marker in _APP or marker == _COM)


def _scan_end(data: bytes, at: int) -> int:
    """Where the next marker stands behind coded pixels; stuffed zeros and restarts belong to these."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise ValueError("the picture is broken off")
        if data[at + 1] and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
