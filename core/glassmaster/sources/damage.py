"""Sound that breaks off, and where."""

from __future__ import annotations

from pathlib import Path

from ..errors import Exit, Refused, refuse


def damaged(path: Path, message: str) -> Refused:
    """A file whose sound breaks off."""
    return refuse(
        Exit.SOURCE, "file-damaged", path, message, "copy or export it again; what is left is not the whole song"
    )


def clock(frame: int, rate: int) -> str:
    """m:ss.mmm of a frame."""
    minutes, seconds = divmod(frame / rate, 60)
    return f"{int(minutes)}:{seconds:06.3f}"
