"""Where the sound lies in a FLAC file (RFC 9639, section 6: "fLaC", metadata blocks, frames)."""

from __future__ import annotations

from pathlib import Path

_LAST = 0x80


def span(path: Path) -> tuple[int, int]:
    """(first byte, byte behind the last) of the frames. Raises ValueError for what is no FLAC file."""
    with path.open("rb") as file:
        if file.read(4) != b"fLaC":
            raise ValueError(f"{path} does not begin as FLAC files do")
        while len(head := file.read(4)) == 4:
            start = file.seek(int.from_bytes(head[1:], "big"), 1)
            if head[0] & _LAST:
                return start, file.seek(0, 2)
    raise ValueError(f"{path} ends within its metadata")
