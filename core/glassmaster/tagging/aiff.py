"""What an AIFF file holds besides its sound and its ID3 tag: nothing, once we wrote it.

No text chunks (NAME, AUTH, "(c) ", ANNO; AIFF 1.3) beside ID3: they hold ASCII, ffmpeg takes them for the title in
place of the tag, MediaInfo shows every name twice, and exiftool reads them as MacRoman.
"""

# mypy: allow-untyped-calls
from __future__ import annotations

from pathlib import Path
from typing import Any

from .fields import OTHER

_TEXTS = frozenset({"NAME", "AUTH", "(c)", "ANNO"})
_SOUND = frozenset({"COMM", "SSND", "FVER", "ID3", "PEAK"})
"""Chunks that belong to the sound, or are told elsewhere."""
_MOST = 200


def read_others(path: Path) -> dict[str, str]:
    """As "other:CHUNK" whatever is in the file besides its sound and its ID3 tag."""
    with path.open("rb") as file:
        return {f"{OTHER}{each.id.strip()}": _told(each) for each in _chunks(file) if each.id.strip() not in _SOUND}


def _told(chunk: Any) -> str:
    if chunk.id.strip() in _TEXTS:
        return bytes(chunk.read())[:_MOST].rstrip(b"\0").decode("utf-8", "replace")
    return f"{chunk.data_size} bytes"


def delete_texts(path: Path) -> None:
    """Take text chunks out of the file."""
    with path.open("r+b") as file:
        for each in reversed([each for each in _chunks(file) if each.id.strip() in _TEXTS]):
            each.delete()


def _chunks(file: Any) -> list[Any]:
    from mutagen.aiff import AIFFFile

    return list(AIFFFile(file).root.subchunks())
