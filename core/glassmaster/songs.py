"""Which song somebody means: by title or number, as on the command line and in waivers."""

from __future__ import annotations

from collections.abc import Sequence

from .errors import Exit, refuse
from .model import Release
from .names import folded


def songs_called(name: str, release: Release) -> list[int]:
    """Indices of the songs that bear a title (with or without its version); else those of that number."""
    wanted = folded(name)
    fits = [n for n, song in enumerate(release.songs) if wanted in {folded(song.title), folded(song.full_title)}]
    if not fits and name.isdecimal():
        fits = [n for n, song in enumerate(release.songs) if song.number == int(name)]
    return fits


def songs_named(names: Sequence[str], release: Release) -> set[int]:
    """Indices of songs given by title or number. Raises `Refused` (exit 2) for a name that fits none, or several."""
    return {_song_named(name, release) for name in names}


def _song_named(name: str, release: Release) -> int:
    fits = songs_called(name, release)
    if len(fits) == 1:
        return fits[0]
    several = len({song.disc for song in release.songs}) > 1
    known = ", ".join(
        f'{f"disc {song.disc}, " if several else ""}{song.number} "{song.full_title}"' for song in release.songs
    )
    message = f'"{name}" names no song' if not fits else f'"{name}" names {len(fits)} songs'
    raise refuse(Exit.USAGE, "song-unknown", "song", message, f"there are: {known}")
