"""What files are called and what is written into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from .files import File
from .model import Release, Tags
from .names import file_name
from .plugins import Offers


def file_paths(files: Sequence[File], release: Release, offers: Offers) -> dict[tuple[str, int], str]:
    """Each file's path inside the output folder, by deliverable and song; names are unique on every file system."""
    taken: dict[str, set[str]] = {}
    found = {}
    for file in files:
        folder = file.target.deliverable.name
        suffix = offers.formats[file.target.deliverable.format].suffix
        song = release.songs[file.song]
        if discs(release) > 1:
            folder = f"{folder}/Disc {song.disc}"
        name = file_name(
            song.number, tracks(release, song.disc), song.full_title, suffix, taken.setdefault(folder, set())
        )
        found[file.target.deliverable.name, file.song] = str(PurePosixPath(folder, name))
    return found


def discs(release: Release) -> int:
    """How many discs the release has."""
    return max(song.disc for song in release.songs)


def tracks(release: Release, disc: int) -> int:
    """How many songs are on a disc."""
    return sum(song.disc == disc for song in release.songs)


def tags_for(release: Release, file: File, album: Mapping[str, float | None], artwork_sha256: str) -> Tags:
    """What is written into one file; `album` holds the loudness and peak of its deliverable's files pooled."""
    song, measured = release.songs[file.song], file.encoded.measured
    return Tags(
        title=song.full_title,
        artist=song.artist or release.artist,
        album=release.title,
        album_artist=release.artist,
        track=song.number,
        tracks=tracks(release, song.disc),
        disc=song.disc,
        discs=discs(release),
        date=release.date,
        isrc=song.isrc,
        barcode=release.barcode,
        catalog_number=release.catalog_number,
        label=release.label,
        genre=release.genre,
        language=song.language or release.language,
        composer=song.composer,
        lyricist=song.lyricist,
        producer=song.producer,
        copyright=release.copyright,
        phonogram=release.phonogram,
        lyrics=song.lyrics,
        explicit=song.explicit,
        compilation=release.type == "compilation",
        track_gain_lufs=measured.integrated_lufs,
        album_gain_lufs=album["integrated_lufs"],
        track_peak=linear(measured.true_peak_dbtp),
        album_peak=linear(album["true_peak_dbtp"]),
        artwork=release.artwork,
        artwork_sha256=artwork_sha256,
    )


def linear(decibels: float | None) -> float | None:
    """A peak as a factor of full scale."""
    return None if decibels is None else 10 ** (decibels / 20)
