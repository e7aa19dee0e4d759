"""The broadcast extension of WAV files, `bext` version 2 (EBU Tech 3285): room for it when a file is written, and its
values once the finished file is known. No clock: the date is the release's.
"""

from __future__ import annotations

import struct
import unicodedata
from pathlib import Path
from typing import BinaryIO

from ..model import Audio, Stamp

_VERSION = 2
_TEXTS = struct.Struct("<256s32s32s10s8s")
"""Description, originator, originator's reference, date, time."""
_VERSION_AT, _LOUDNESS_AT, _SIZE = 346, 412, 602
_UNKNOWN = 0x7FFF
"""What EBU Tech 3285, section 2.4, wants where a value does not exist."""
_MOST = 0x7FFE
_MIDNIGHT = "00:00:00"


def room(audio: Audio, bits: int) -> bytes:
    """An empty chunk with the coding history of such a file (EBU R 98)."""
    mode = {1: "mono", 2: "stereo"}.get(audio.channels, "multi")
    history = f"A=PCM,F={audio.rate},W={bits},M={mode},T=glassmaster\r\n".encode("ascii")
    history += bytes(len(history) % 2)
    blank = bytearray(_SIZE)
    struct.pack_into("<H", blank, _VERSION_AT, _VERSION)
    struct.pack_into("<5H", blank, _LOUDNESS_AT, *[_UNKNOWN] * 5)
    return struct.pack("<4sI", b"bext", _SIZE + len(history)) + bytes(blank) + history


def fill(path: Path, stamp: Stamp) -> None:
    """Write what is known into the chunk of a WAV or RF64 file; a file without one stays as it is."""
    with path.open("r+b") as file:
        at = 12
        while len(head := _read(file, at, 8)) == 8:
            name, size = struct.unpack("<4sI", head)
            if name == b"bext":
                _put(file, at + 8, stamp)
            if name in (b"bext", b"data"):  # ours stands in front of the samples
                return
            at += 8 + size + size % 2


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _put(file: BinaryIO, at: int, stamp: Stamp) -> None:
    whole = len(stamp.date) == len("2026-11-20")
    texts = (stamp.title, stamp.originator, stamp.reference, stamp.date if whole else "", _MIDNIGHT if whole else "")
    figures = (
        stamp.integrated_lufs,
        stamp.loudness_range_lu,
        stamp.true_peak_dbtp,
        stamp.max_momentary_lufs,
        stamp.max_short_term_lufs,
    )
    file.seek(at)
    file.write(_TEXTS.pack(*map(_ascii, texts)))
    file.seek(at + _LOUDNESS_AT)
    file.write(struct.pack("<5h", *map(_hundredths, figures)))


def _ascii(text: str) -> bytes:
    """Letters without their accents; a field takes no others (EBU Tech 3285: ASCII)."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return "".join(each if each.isprintable() else " " for each in plain).encode("ascii", "replace")


def _hundredths(value: float | None) -> int:
    return _UNKNOWN if value is None else max(-_MOST, min(_MOST, round(100 * value)))
