"""What a WAV or RF64 file holds besides its sound: an ID3 chunk behind the samples, and nothing else.

No RIFF INFO beside it: ffmpeg and all that stands on it read nothing but INFO then, which has no place for album
artist, ISRC or gain.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, refuse
from .fields import OTHER

ID3 = (b"id3 ", b"ID3 ")
_SAY = 0xFFFFFFFF
"""An RF64 size field that points to the ds64 chunk (EBU Tech 3306)."""
_LIST = b"LIST"
_SOUND = frozenset({b"ds64", b"fmt ", b"fact", b"data", b"PEAK", b"JUNK", b"PAD ", b"bext"})
"""Chunks that belong to the sound, or are told elsewhere."""


def read(path: Path) -> bytes:
    """The ID3 tag inside the file; empty when there is none."""
    with path.open("rb") as file:
        for name, at, size in _chunks(file):
            if name in ID3:
                file.seek(at)
                return file.read(size)
    return b""


def read_others(path: Path) -> dict[str, str]:
    """As "other:CHUNK" or "other:INFO ITEM" whatever is in the file besides its sound and its ID3 tag."""
    found: dict[str, str] = {}
    with path.open("rb") as file:
        for name, at, size in list(_chunks(file)):
            if name == _LIST:
                file.seek(at)
                for key, text in _items(file.read(size)):
                    found[f"{OTHER}INFO {key.decode('latin-1')}"] = text
            elif name not in _SOUND and name not in ID3:
                found[f"{OTHER}{name.decode('latin-1')}"] = f"{size} bytes"
    return found


def _items(content: bytes) -> Iterator[tuple[bytes, str]]:
    if content[:4] != b"INFO":
        yield content[:4], "a list"
        return
    at = 4
    while at + 8 <= len(content):
        key, size = struct.unpack_from("<4sI", content, at)
        yield key, content[at + 8 : at + 8 + size].rstrip(b"\0").decode("utf-8", "replace")
        at += 8 + size + size % 2


def write(path: Path, tag: bytes) -> None:
    """Put the tag behind everything else, in place of an older one, and of RIFF INFO, at the end; an empty one: none.

    Raises `Refused` (exit 5) when the file would pass what a RIFF header can say.
    """
    held = _chunk(ID3[0], tag) if tag else b""
    with path.open("r+b") as file:
        end = _end_of_sound(list(_chunks(file)))
        _resize(file, path, end + len(held) - 8)
        file.seek(end)
        file.truncate()
        file.write(held)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


def _end_of_sound(chunks: list[tuple[bytes, int, int]]) -> int:
    while chunks[-1][0] in (*ID3, _LIST):
        chunks.pop()
    _, at, size = chunks[-1]
    return at + size + size % 2


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
        file.seek(4)
        file.write(struct.pack("<I", total))
    else:
        message = "Tags would take this WAV over 4 GiB."
        raise refuse(Exit.OUTPUT, "tags-too-large", path, message, "Deliver FLAC, or split the song.")
