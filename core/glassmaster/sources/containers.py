"""Which kind of file it is: told by its first bytes, so that only known containers ever reach a decoder."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ..codecs.heads import told
from ..errors import Exit, refuse

LOSSY = frozenset({"MP3", "OGG"})

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
    found, at, head = told(file)
    if not head and not at:
        raise refuse(Exit.SOURCE, "file-empty", path, "the file is empty (0 bytes)", "export the mixdown again")
    if found is None:
        raise _unknown(head, path)
    return found, at


def _unknown(head: bytes, path: Path) -> Exception:
    what = next((name for at, magic, name in _FOREIGN if head[at : at + len(magic)] == magic), "no sound file we know")
    return refuse(
        Exit.SOURCE,
        "container-unknown",
        path,
        f"the content is {what}, whatever the name says",
        "export it as WAV, AIFF, CAF or FLAC, 24-bit or float",
    )
