"""Sound that breaks off, and where."""

from __future__ import annotations

from pathlib import Path

from ..errands import LONGEST_SECONDS
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


def within_reason(path: Path, frames: int, rate: int) -> None:
    """Raises `Refused` (exit 3) for a source that has no end, or says so: days of silence take few bytes."""
    if frames > LONGEST_SECONDS * rate:
        message = f"holds more than {LONGEST_SECONDS / 3600:.0f} hours of sound, or an endless stream"
        hint = "no mixdown or reference is that long: export it again"
        raise refuse(Exit.SOURCE, "too-long", path, message, hint)
