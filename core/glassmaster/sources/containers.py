"""Which kind of file it is: told by its first bytes, so that only known containers ever reach a decoder."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, refuse

LOSSY = frozenset({"MP3", "OGG"})
HEAD = 64
_W64 = bytes.fromhex("72696666 2e91cf11 a5d628db 04c10000")

_FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"DSD ", "DSD (DSF); it must be converted to PCM by the one who made it"),
    (0, b"FRM8", "DSD (DSDIFF); it must be converted to PCM by the one who made it"),
    (4, b"ftyp", "an MP4 or M4A file (AAC or ALAC)"),
    (0, b"BW64", "a BW64 file"),
    (0, b"RIFX", "a big-endian RIFX file"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"TTA1", "a True Audio file"),
    (0, b".snd", "an AU file"),
    (0, bytes.fromhex("3026b275"), "a Windows Media file"),
    (0, bytes.fromhex("1a45dfa3"), "a Matroska or WebM file"),
    (0, b"RIFF", "a RIFF file, but no WAVE"),
    (0, b"FORM", "an IFF file, but no AIFF"),
    (0, b"PK\x03\x04", "a ZIP archive; unpack it first"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
)


def container(file: BinaryIO, path: Path) -> tuple[str, int]:
    """(WAV, RF64, W64, AIFF, CAF, FLAC, MP3 or OGG; where it starts behind an ID3 tag).

    Raises `Refused` (exit 3) for everything else, by name where it is known.
    """
    at = 0
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise refuse(Exit.SOURCE, "file-empty", path, "the file is empty (0 bytes)", "export the mixdown again")
    if head[:3] == b"ID3" and len(head) >= 10:
        at = _behind_id3(head)
        file.seek(at)
        head = file.read(HEAD)
    found = _known(head) or ("MP3" if at else None)
    if found is None:
        raise _unknown(head, path)
    return found, at


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


def _behind_id3(head: bytes) -> int:
    """ID3v2.4, section 3.1: the size counts 7 bits a byte, without header and footer."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _unknown(head: bytes, path: Path) -> Exception:
    what = next((name for at, magic, name in _FOREIGN if head[at : at + len(magic)] == magic), "no sound file we know")
    return refuse(
        Exit.SOURCE,
        "container-unknown",
        path,
        f"the content is {what}, whatever the name says",
        "export it as WAV, AIFF, CAF or FLAC, 24-bit or float",
    )
