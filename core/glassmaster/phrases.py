"""Words that findings share."""

from __future__ import annotations

from collections.abc import Iterable

from .model import Song

_MOST = 5


def where(song: Song) -> str:
    """How a song is called in messages and progress: "01 Opening"."""
    return f"{song.number:02d} {song.title}"


def some(names: Iterable[str]) -> str:
    """The first few, and how many more."""
    every = list(names)
    return ", ".join(every[:_MOST]) + (f" and {len(every) - _MOST} more" if len(every) > _MOST else "")


def clock(seconds: float) -> str:
    """ "79:57" """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def runs_on(song: Song) -> bool:
    """Whether the song is one piece with the one before."""
    return song.joined or song.crossfade > 0
