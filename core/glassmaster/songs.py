"""Which song is meant: by title or number, on the command line and in waivers; by name, in what was written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .errors import Exit, refuse
from .model import Release, Song
from .names import folded


def names_of(songs: Sequence[Song]) -> list[str]:
    """How each song of a release is known in release.lock: see `told_apart`."""
    return told_apart((song.disc, song.full_title) for song in songs)


def told_apart(titles: Iterable[tuple[object, object]]) -> list[str]:
    """Names from disc and full title, "1. Opening"; the second song called so on that disc is "1.2. Opening".

    No number is in them, so that a new running order frees nothing.
    """
    met: Counter[tuple[str, str]] = Counter()
    found = []
    for disc, title in titles:
        called = str(disc), str(title)
        met[called] += 1
        found.append(f"{disc}.{met[called]}. {title}" if met[called] > 1 else f"{disc}. {title}")
    return found


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
