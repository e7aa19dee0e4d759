"""Where every song stands in the finished release."""

from __future__ import annotations

from dataclasses import dataclass

from glassmaster.model import Album, Seconds, Song


@dataclass(frozen=True)
class Place:
    """One song in running order; times in seconds, None from where a length is not known."""

    song: int
    """Index in `release.songs`."""
    number: int
    disc: int
    title: str
    artist: str
    isrc: str
    draft: bool
    start: Seconds | None
    """From the beginning of its disc."""
    length: Seconds | None
    gap: Seconds
    """Silence before it."""
    overlap: Seconds
    """How long it sounds together with the song before (crossfade)."""
    joined: bool

    @property
    def total(self) -> Seconds | None:
        """From the beginning of its disc to its end."""
        return None if self.start is None or self.length is None else self.start + self.length


def sequence(album: Album) -> tuple[Place, ...]:
    """All songs in running order; every disc starts at 0:00."""
    places: list[Place] = []
    for index, song in enumerate(album.release.songs):
        before = places[-1] if places and places[-1].disc == song.disc else None
        number = song.number or (before.number + 1 if before else 1)
        places.append(_place(album, index, song, number, before))
    return tuple(places)


def _place(album: Album, index: int, song: Song, number: int, before: Place | None) -> Place:
    overlap = song.crossfade if before else 0.0
    gap = album.release.gap_after(index - 1) if before else 0.0
    end = before.total if before else 0.0
    return Place(
        song=index,
        number=number,
        disc=song.disc,
        title=full_title(album, song),
        artist=song.artist or album.release.artist,
        isrc=song.isrc,
        draft=song.status == "draft",
        start=None if end is None else end + gap - overlap,
        length=_length(album, index),
        gap=gap,
        overlap=overlap,
        joined=song.joined and before is not None,
    )


def _length(album: Album, index: int) -> Seconds | None:
    cut, heard = album.cuts[index], album.mixdowns[index]
    return None if cut is None or heard is None else cut.frames / heard.source.rate_hz


def full_title(album: Album, song: Song) -> str:
    """The song's title with its version in brackets."""
    title = song.title or album.release.title
    return f"{title} ({song.version})" if song.version else title
