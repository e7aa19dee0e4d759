"""The ID3 chunk of a WAV or RF64 file, behind its samples."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, refuse

ID3 = (b"id3 ", b"ID3 ")
_SAY = 0xFFFFFFFF
"""An RF64 size field that points to the ds64 chunk (EBU Tech 3306)."""


def read(path: Path) -> bytes:
    """The ID3 tag inside the file; empty when there is none."""
    with path.open("rb") as file:
        for name, at, size in _chunks(file):
            if name in ID3:
                file.seek(at)
                return file.read(size)
    return b""


def write(path: Path, tag: bytes) -> None:
    """Put the tag behind everything else, in place of an older one at the end.

    Raises `Refused` (exit 5) when the file would pass what a RIFF header can say.
    """
    with path.open("r+b") as file:
        chunks = list(_chunks(file))
        name, at, size = chunks[-1]
        end = at - 8 if name in ID3 else at + size + size % 2
        total = end + 8 + len(tag) + len(tag) % 2 - 8
        _resize(file, path, total)
        file.seek(end)
        file.truncate()
        file.write(struct.pack("<4sI", ID3[0], len(tag)) + tag + b"\0" * (len(tag) % 2))


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """(name, offset of its content, size) of each chunk."""
    file.seek(12)
    long = 0
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        at = file.tell()
        if name == b"ds64":
            long = struct.unpack("<QQ", file.read(16))[1]
        if name == b"data" and size == _SAY:
            size = long
        yield name, at, size
        file.seek(at + size + size % 2)


def _resize(file: BinaryIO, path: Path, total: int) -> None:
    file.seek(0)
    if file.read(4) == b"RF64":
        file.seek(20)
        file.write(struct.pack("<Q", total))
    elif total <= _SAY:
        file.write(struct.pack("<I", total))
    else:
        message = "Tags would take this WAV over 4 GiB."
        raise refuse(Exit.OUTPUT, "tags-too-large", path, message, "Deliver FLAC, or split the song.")
