"""The allow-list: which container a file is, told by its first bytes before any decoder sees it."""

from __future__ import annotations

from typing import BinaryIO

HEAD = 64
_W64 = bytes.fromhex("72696666 2e91cf11 a5d628db 04c10000")
_TAGS = 4
"""ID3 tags in front of each other; a decoder would go through any number of them."""
_TAGGED = ("MP3", "FLAC")
"""What may stand behind an ID3 tag. libsndfile would take anything there, whatever it is."""


def told(file: BinaryIO) -> tuple[str | None, int, bytes]:
    """(WAV, RF64, W64, AIFF, CAF, FLAC, MP3, OGG or None; where it starts behind ID3 tags; the bytes there)."""
    at = 0
    for _ in range(_TAGS):
        file.seek(at)
        head = file.read(HEAD)
        if head[:3] != b"ID3" or len(head) < 10:
            break
        at += _id3_size(head)
    found = _known(head)
    return (None if at and found not in _TAGGED else found), at, head


def _known(head: bytes) -> str | None:
    form = head[8:12]
    if head[:4] in (b"RIFF", b"RF64") and form == b"WAVE":
        return "WAV" if head[:4] == b"RIFF" else "RF64"
    if head[:4] == b"FORM" and form in (b"AIFF", b"AIFC"):
        return "AIFF"
    for magic, name in ((_W64, "W64"), (b"caff", "CAF"), (b"fLaC", "FLAC"), (b"OggS", "OGG")):
        if head.startswith(magic):
            return name
    return "MP3" if _mpeg(head) else None


def _mpeg(head: bytes) -> bool:
    """An MPEG audio frame header (ISO/IEC 11172-3, 2.4.1.3): sync, then no reserved value in any field."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and bitrate != 15 and rate != 3


def _id3_size(head: bytes) -> int:
    """Bytes of an ID3v2.4 tag (section 3.1): its size counts 7 bits a byte, without header and footer."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if head[5] & 0x10 else 0)
